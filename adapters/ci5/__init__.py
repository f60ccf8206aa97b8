"""Ci5, Marseille-Fos and further ports: steps in and requests out, on an assumed profile."""

from adapters.ci5.parse import correlation_of_bytes, parse
from adapters.ci5.profile import MEDIA, NAME, PROFILE
from adapters.ci5.render import ACTIONS, RENDERED, correlation_of_fact, proofread, render
from adapters.ci5.words import PORTS
from adapters.contract import Functions, System
from adapters.exit_steps.secrets import redact

SYSTEM = System(
    name=NAME,
    title="Ci5 (MGI, assumed)",
    ports=PORTS,
    authority="system",
    media_in=frozenset({MEDIA}),
    media_out=frozenset({MEDIA}),
    renders=RENDERED,
    profile=PROFILE,
    functions=Functions(
        correlation_of_fact=correlation_of_fact,
        correlation_of_bytes=correlation_of_bytes,
        render=render,
        parse=parse,
        redact=redact,
        proofread=proofread,
    ),
    actions=ACTIONS,
)
