"""S)ONE, Le Havre and the Seine axis: handling units and transport orders, in and out."""

from adapters.contract import Functions, System
from adapters.exit_steps.secrets import redact
from adapters.sone.actions import ACTIONS
from adapters.sone.crosswalk import PORTS
from adapters.sone.parse import correlation_of_bytes, parse
from adapters.sone.poll import poll
from adapters.sone.profile import JSON, MEDIA, MULTIPART, NAME, PROFILE
from adapters.sone.render import RENDERED, correlation_of_fact, proofread, render

SYSTEM = System(
    name=NAME,
    title="S)ONE (SOGET, HAROPA)",
    ports=PORTS,
    authority="system",
    media_in=frozenset({MEDIA}),
    media_out=frozenset({JSON, MULTIPART}),
    renders=RENDERED,
    profile=PROFILE,
    functions=Functions(
        correlation_of_fact=correlation_of_fact,
        correlation_of_bytes=correlation_of_bytes,
        render=render,
        parse=parse,
        redact=redact,
        proofread=proofread,
        poll=poll,
    ),
    actions=ACTIONS,
)
