"""Cargonaut, Schiphol: how air consignments stand, from Cargo-XML and FSU text; status only."""

from adapters.cargonaut.parse import correlation_of_bytes, parse
from adapters.cargonaut.profile import MEDIA_FSU, MEDIA_XFNM, MEDIA_XFSU, NAME, PROFILE
from adapters.cargonaut.redact import redact
from adapters.cargonaut.render import RENDERED, correlation_of_fact, proofread, render
from adapters.cargonaut.told import OURS
from adapters.contract import Functions, System

SYSTEM = System(
    name=NAME,
    title="Cargonaut (Schiphol), air",
    ports=frozenset(airport.locode for airport in OURS.values()),
    authority=None,
    media_in=frozenset({MEDIA_XFSU, MEDIA_XFNM, MEDIA_FSU}),
    media_out=frozenset({MEDIA_XFNM, MEDIA_FSU}),
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
