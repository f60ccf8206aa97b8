"""Messages of the bus as a partner writes them: the way back of what is understood.

What a partner that is played sends, and what is written for one that has no EDIFACT of its own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from adapters.contract import Part
from adapters.edifact.judge import UN, Kind
from adapters.edifact.meaning import drafts as d
from adapters.edifact.meaning.carriers import CODE_LIST, coded
from adapters.edifact.meaning.checks import EARLIER
from adapters.edifact.meaning.makers import LEAVES_BY
from adapters.edifact.partners.partner import Function, Meaning, Partner, Sends
from adapters.edifact.write import Draft, Line, line
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality, PartyRef

Word = TypeVar("Word", Meaning, Function, Modality)

NAMES: Final = frozenset(
    {
        "container",
        "port",
        "terminal",
        "bills_of_lading",
        "release_identification",
        "stay_number",
        "vessel_imo",
    }
)
"""Members that every message may have."""

OF_AN_ORDER: Final = NAMES | {
    "valid_from",
    "expires_at",
    "order_reference",
    "equipment_type",
    "carrier",
}


class NotSaid(Exception):
    """No message of the partner can say this; its file, or the message, has to be another."""


def said(part: Part, partner: Partner, number: str, at: datetime) -> Draft:
    """Return the message of *partner* that is understood as *part*; NotSaid where there is none.

    *number* is that of the document (BGM 1004), *at* when it is written. Nothing of *part* is
    left out: what has no place in the message is a reason not to write it.
    """
    message, happened = part.message, part.occurred_at or at
    match message:
        case m.Release():
            return _order(partner, message, number, Function.ORIGINAL, happened)
        case m.Update():
            return _order(partner, message, number, Function.REPLACE, happened)
        case m.Delete():
            return _order(partner, message, number, Function.DELETION, happened)
        case m.ReportDischarge():
            return _discharge(partner, message, number, happened)
        case m.ReportGateIn() | m.ReportGateOut():
            return _passage(partner, message, number, happened)
        case m.SetMeansOfTransport():
            return _notice(partner, message, part.on_behalf_of, number, happened)
        case _:
            raise NotSaid(f"No message says {message.TYPE}.")


# --- each message --------------------------------------------------------------------------------


def _order(
    partner: Partner, message: m.ContainerMessage, number: str, function: Function, at: datetime
) -> Draft:
    _only(message, OF_AN_ORDER)
    sends = _sends(partner, "COREOR")
    return _draft(sends, _of_order(partner, sends, message, number, function, at))


def _of_order(
    partner: Partner,
    sends: Sends,
    message: m.ContainerMessage,
    number: str,
    function: Function,
    at: datetime,
) -> Iterator[Line]:
    told: dict[str, Any] = {name: getattr(message, name, None) for name in OF_AN_ORDER}
    moments = {"137": at, "7": told["valid_from"], "36": told["expires_at"]}
    dates = [d.moment(each, when, partner) for each, when in moments.items() if when]
    rest = [*_references(message)]
    if told["order_reference"]:
        rest.append(line("RFF", ("ON", told["order_reference"])))
    if function is Function.REPLACE:
        # Which document it was nobody remembers here; the release is what it was about.
        rest.append(line("RFF", (EARLIER, message.release_identification or number)))
    rest += [d.ship(message.vessel_imo), _place(sends, message)]
    yield _top(sends, Meaning.RELEASE, number, function)
    yield from d.dated(sends.directories[0], dates, rest)
    yield _sender(partner)
    yield from _carrier(told["carrier"])
    yield d.container(message.container, told["equipment_type"])
    # Each equipment of the message has to have a reference, whichever.
    yield from d.bills(message.bills_of_lading) if message.bills_of_lading else [_first()]
    yield line("CNT", ("16", "1"))


def _discharge(partner: Partner, message: m.ReportDischarge, number: str, at: datetime) -> Draft:
    _only(message, NAMES)
    sends = _sends(partner, "COARRI")
    body = (
        _top(sends, Meaning.DISCHARGE, number),
        d.ship(message.vessel_imo),
        _place(sends, message),
        _sender(partner),
        d.container(message.container),
        *_references(message),
        *d.bills(message.bills_of_lading),
        d.moment("203", at, partner),
        line("CNT", ("16", "1")),
    )
    return _draft(sends, iter(body))


def _passage(
    partner: Partner, message: m.ReportGateIn | m.ReportGateOut, number: str, at: datetime
) -> Draft:
    _only(message, NAMES | {"modality"})
    sends = _sends(partner, "CODECO")
    meaning = Meaning.GATE_IN if isinstance(message, m.ReportGateIn) else Meaning.GATE_OUT
    means = message.modality if isinstance(message, m.ReportGateOut) else None
    body = (
        _top(sends, meaning, number),
        *([d.ship(message.vessel_imo)] if message.vessel_imo else []),
        _sender(partner),
        d.container(message.container),
        *_references(message),
        *d.bills(message.bills_of_lading),
        d.moment("7", at, partner),
        _place(sends, message),
        *([line("TDT", "1", "", _code(sends.means, means))] if means else []),
        line("CNT", ("16", "1")),
    )
    return _draft(sends, iter(body))


def _notice(
    partner: Partner,
    message: m.SetMeansOfTransport,
    operator: PartyRef | None,
    number: str,
    at: datetime,
) -> Draft:
    _only(message, (NAMES - {"vessel_imo"}) | {"means_of_transport"})
    sends = _sends(partner, "COPINO")
    means = message.means_of_transport
    withdrawn = means is Modality.UNKNOWN
    if not withdrawn and means not in LEAVES_BY:
        raise NotSaid(f"A COPINO says nothing of {means}.")
    if operator is None or operator.scheme is not Scheme.VAT:
        raise NotSaid("A COPINO names its operator by a VAT number.")
    rest = (
        line("RFF", (sends.vat_references[0], operator.code)),
        line("TDT", "1", "", _code(sends.means, Modality.BARGE if withdrawn else means)),
        *([_place(sends, message)] if message.terminal else []),
    )
    body = (
        _top(sends, Meaning.PICKUP, number, Function.DELETION if withdrawn else Function.ORIGINAL),
        *d.dated(sends.directories[0], (d.moment("137", at, partner),), rest),
        _sender(partner),
        d.container(message.container),
        *_references(message),
        *d.bills(message.bills_of_lading),
        line("CNT", ("16", "1")),
    )
    return _draft(sends, iter(body))


# --- parts of them -------------------------------------------------------------------------------


def _only(message: m.ContainerMessage, names: frozenset[str]) -> None:
    """Refuse what the partner's message has no place for."""
    beyond = message.model_dump(exclude_defaults=True).keys() - names
    if beyond:
        raise NotSaid(f"It has no place for {', '.join(sorted(beyond))}.")


def _sends(partner: Partner, kind: str) -> Sends:
    sends = partner.sends.get(kind)
    if sends is None:
        raise NotSaid(f"{partner.name} sends no {kind}.")
    return sends


def _draft(sends: Sends, body: Iterator[Line]) -> Draft:
    directory = sends.directories[0]
    return Draft("1", Kind(sends.type, directory[:1], directory[1:], UN), tuple(body))


def _code(codes: Mapping[str, Word], word: Word) -> str:
    """Return the first of the partner's codes for *word*."""
    found = next((code for code, each in codes.items() if each is word), None)
    if found is None:
        raise NotSaid(f"The partner has no code for {word}.")
    return found


def _top(
    sends: Sends, meaning: Meaning, number: str, function: Function = Function.ORIGINAL
) -> Line:
    return line("BGM", _code(sends.documents, meaning), number, _code(sends.functions, function))


def _references(message: m.ContainerMessage) -> Iterator[Line]:
    if message.release_identification:
        yield line("RFF", ("RE", message.release_identification))
    if message.stay_number:
        yield line("RFF", ("ATZ", message.stay_number))


def _first() -> Line:
    return line("RFF", ("SQ", "1"))


def _place(sends: Sends, message: m.ContainerMessage) -> Line:
    spot = next((each for each in sends.terminal if each.tag == "LOC"), None)
    if spot is None:
        raise NotSaid("The partner names its quays in no LOC.")
    return d.quay(spot.qualifier, message.port, message.terminal or "")


def _sender(partner: Partner) -> Line:
    return line("NAD", "MS", partner.identities[0].code)


def _carrier(carrier: PartyRef | None) -> Iterator[Line]:
    if carrier is None:
        return
    named = coded(carrier.scheme, carrier.code)
    if CODE_LIST not in named[1:2]:
        raise NotSaid("A carrier is named by its SCAC, or as bic:CODE or smdg:CODE.")
    yield line("NAD", "CA", named)
