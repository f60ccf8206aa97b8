"""A system made of the template: states in, requests out, on a profile nobody has confirmed."""

from adapters._template.parse import correlation_of_bytes, parse
from adapters._template.profile import MEDIA, NAME, PORTS, PROFILE
from adapters._template.render import (
    RENDERED,
    correlation_of_fact,
    proofread,
    render,
)
from adapters.contract import Functions, System
from adapters.exit_steps.secrets import redact

SYSTEM = System(
    name=NAME,
    title="The template",
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
)
