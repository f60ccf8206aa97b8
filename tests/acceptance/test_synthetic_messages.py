"""The synthetic messages of cpu.md §8 and identity_scr_portbase.md §F, each with its tests.

Of what comes in, each member is changed by itself: either something else comes of the message, or
the member stands below among those that are not read, with the reason. Of what goes out, the test
that is named compares the whole body.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from adapters.contract import NOTHING, Memory, Parsed
from adapters.registry import systems
from tests.adapters.antwerp_cpu import samples as cpu
from tests.adapters.antwerp_cpu.test_parse import BODIES
from tests.adapters.portbase import samples as portbase
from tests.adapters.scr import samples as scr
from tests.rows import each_row

FILES = Path(__file__).parent / "synthetic"

CPU, SCR, PORTBASE = "adapters.antwerp_cpu", "adapters.scr", "adapters.portbase"
_PARSE, _RENDER = f"{CPU}.test_parse:test_", f"{CPU}.test_render:test_"
_SCR, _CALLS = f"{SCR}.test_parse:test_", f"{PORTBASE}.test_calls:test_"
_WRITES = "producers.door.antwerp_cpu.test_writes:test_"
_CREDENTIALS = "consumers.dispatch.delivery.test_credentials:test_"
_STATES = f"{PORTBASE}.test_states:test_"
_EACH = f"{_SCR}what_each_sample_comes_to"
_EVENT = f"{_SCR}the_case_of_an_event_does_not_count"
_P12 = "acceptance.test_synthetic_messages_of_edifact:test_p12_"
_P13 = "acceptance.test_synthetic_messages_of_edifact:test_p13_"

ROWS: Mapping[str, tuple[str, ...]] = {
    "E1": (f"{_PARSE}e1_the_agents_release_with_its_first_nomination",),
    "E2": (
        f"{CPU}.test_wire_read:test_every_member_of_an_answer_is_needed_and_no_other_is_allowed",
        f"{_WRITES}each_body_comes_on_its_topic_and_reads_as_its_message",
    ),
    "E3": (f"{_RENDER}e3_a_light_is_told_to_the_terminal",),
    "E4": (f"{_PARSE}e4_a_transfer_names_for_whom_the_sender_acts",),
    "E5": (f"{_RENDER}e5_a_transfer_is_told_to_the_next_party",),
    "E6": (f"{_PARSE}e6_to_e8_accept_decline_and_revoke",),
    "E7": (f"{_PARSE}e6_to_e8_accept_decline_and_revoke",),
    "E8": (f"{_PARSE}e6_to_e8_accept_decline_and_revoke",),
    "E9": (f"{_RENDER}e9_a_revoke_after_acceptance_is_not_validated",),
    "E10": (f"{_PARSE}e10_a_bulk_is_as_many_messages_as_it_has_rights",),
    "E11": (
        f"{_PARSE}e11_a_truck_with_its_drivers_card_is_refused_and_kept_out_of_sight",
        f"{_WRITES}the_card_is_sealed_before_anything_is_published",
    ),
    "E12": (f"{_PARSE}e12_a_barge_or_rail_right_is_made_anew",),
    "E13": (f"{_PARSE}e13_the_terminals_light",),
    "E14": (f"{_PARSE}e14_goes_by_either_of_its_names",),
    "E15a": (
        "consumers.gate.test_validation:test_e15_a_container_that_customs_holds_is_not_valid",
    ),
    "E15b": (
        "consumers.gate.test_validation:test_e15_a_container_that_customs_holds_is_not_valid",
    ),
    "E16": (f"{CPU}.test_reads:test_e16_the_terminal_reads_a_release_in_detail",),
    # Of E17 the fields are those of S1.
    "E17": (f"{_SCR}s1_an_event_asks_for_the_release_and_tells_nothing_by_itself",),
    "S1": (f"{_SCR}s1_an_event_asks_for_the_release_and_tells_nothing_by_itself",),
    "S2": (f"{_SCR}s2_the_first_look_is_a_release_with_the_accept_that_scr_does_not_know",),
    "S3": (f"{_SCR}s3_an_update_says_what_is_new_alone_and_names_the_release_by_its_number",),
    "S4": (_EACH, _EVENT),
    "S5": (_EACH, _EVENT),
    "S6": (_EACH, _EVENT),
    "S7": (_EACH, _EVENT),
    "S8": (_EACH, f"{_SCR}the_notices_of_a_revoke_to_the_whole_chain_are_one_effect_of_one_hop"),
    "S9": (_EACH, _EVENT),
    "S10": (_EACH, f"{_SCR}what_is_deleted_is_over_and_a_deletion_is_all_that_is_told_of_it"),
    "S11": (
        f"{_CREDENTIALS}each_call_bears_a_token_that_our_key_signed_and_no_call_had_before",
        f"{SCR}.test_redact:test_a_token_in_the_body_is_taken_out_whatever_its_member_is_called",
    ),
    "P1": (f"{_CALLS}p1_the_first_of_a_bill_asks_that_it_be_followed",),
    "P2": (f"{PORTBASE}.test_ids:test_the_bill_in_a_body",),
    "P3": (f"{_STATES}p3_is_adopted_and_tells_nothing_of_a_container_that_is_not_released",),
    "P4": (f"{_STATES}p4_releases_one_of_two_containers_and_tells_its_discharge_with_its_time",),
    "P5": (f"{_CALLS}p5_a_transfer_to_an_operator_nominates_it_by_its_ean",),
    "P6": (f"{_STATES}p6_names_an_operator_whom_nobody_here_nominated",),
    "P7a": (f"{_CALLS}p7_a_transfer_to_a_party_authorises_it_and_a_revoke_withdraws",),
    "P7b": (f"{_CALLS}p7_a_transfer_to_a_party_authorises_it_and_a_revoke_withdraws",),
    "P8": (f"{_STATES}p8_holds_each_container_that_an_inspection_names",),
    "P9": (f"{_STATES}p9_withdraws_what_left_the_list_before_it_left_the_quay",),
    "P10": (f"{_STATES}p10_tells_the_release_and_that_the_container_left",),
    "P11a": (f"{_CALLS}p11_an_assigned_pickup_pre_notifies_the_visit_and_shows_no_driver",),
    "P11b": (f"{PORTBASE}.test_visits:test_p11_cor_expires_the_release_and_customs_are_green",),
    "P12": (
        f"{_P12}a_carriers_order_is_a_release_field_by_field",
        f"{_P12}such_a_release_is_ordered_at_its_terminal_field_by_field",
    ),
    "P13": (f"{_P13}a_trucks_notice_is_read_and_steers_nothing",),
}
"""Each message, and the tests that show it: as a module of tests/, and a function of it."""


def numbers_of_samples() -> set[str]:
    """The numbers of all files that hold a synthetic message."""
    folders = (cpu.FOLDER, portbase.FOLDER, scr.FOLDER, FILES)
    names = [path.name for folder in folders for path in folder.iterdir()]
    return {name.partition("_")[0] for name in names if re.match(r"[EPS][0-9]", name)}


def test_every_synthetic_message_has_its_row_and_its_file() -> None:
    # E17 is S1 with other values; S11 is a header that is made anew for each call.
    assert ROWS.keys() - {"E17", "S11"} == numbers_of_samples()
    numbered = {int(number[1:].rstrip("ab")) for number in ROWS if number[0] == "E"}
    assert numbered == set(range(1, 18))
    assert {f"S{n}" for n in range(1, 12)} <= ROWS.keys()
    assert {int(number[1:].rstrip("ab")) for number in ROWS if number[0] == "P"} == set(
        range(1, 14)
    )


@each_row("number", ROWS)
def test_the_tests_that_a_row_names_are_there(number: str) -> None:
    for test in ROWS[number]:
        module, _, name = test.partition(":")
        there = vars(import_module(f"tests.{module}"))
        assert callable(there.get(name)), test


# --- what comes in, member by member ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Came:
    """A message as it comes in, and where it stands in the story of its own."""

    system: str
    content: Any
    headers: tuple[tuple[str, str], ...] = ()
    memory: Memory = NOTHING
    over: Any = None

    def comes_to(self, content: Any) -> str:
        """Return all that comes of *content* in the place of the message."""
        whole = content if self.over is None else scr.over(self.over, content)
        parse = systems()[self.system].functions.parse
        parsed = parse(json.dumps(whole).encode(), dict(self.headers), self.memory)
        return repr((_messages(parsed), parsed.problems, parsed.requests, parsed.memory))


def _messages(parsed: Parsed) -> list[tuple[object, ...]]:
    """Without their ids: made of the bytes, those differ whatever was changed."""
    return [
        (part.message, part.findings, part.occurred_at, part.on_behalf_of, {**part.accounts})
        for part in parsed.messages
    ]


def _of_cpu(number: str, **changes: object) -> Came:
    headers = (("ce_type", cpu.PREFIX + BODIES[number]), ("ce_id", "1"))
    return Came("antwerp_cpu", json.loads(cpu.changed(number, **changes)), headers)


def _of_portbase(number: str, *before: str) -> Came:
    memory = NOTHING
    for each in before:
        memory = systems()["portbase"].functions.parse(portbase.sample(each), {}, memory).memory
    return Came("portbase", portbase.members(number), (), memory)


def _of_scr(name: str) -> Came:
    return Came("scr", scr.sample(name), (("ce_id", "event-1"),))


def _then_of_scr(number: int, *before: int) -> Came:
    watched = scr.Watched()
    for length in range(len(before) + 1):
        watched.answered(scr.shown(*before[:length]))
    content = scr.sample(f"S{number}_changed")
    return Came("scr", content, (), watched.memory, scr.shown(*before))


EVENTS = (
    "S1_transfer", "S3_update", "S4_block", "S5_unblock", "S6_transfer", "S7_greenlights",
    "S8_revoke", "S9_gate-out", "S10_delete",
)  # fmt: skip


@cache
def came() -> Mapping[str, Came]:
    """Every message that comes in."""
    return {
        **{number: _of_cpu(number) for number in BODIES if number != "E11"},
        # The card that stands in it is sealed at the door before anything reads it.
        "E11": _of_cpu("E11", actionType="Revoke", pickupParty=None),
        **{name: _of_scr(name) for name in (*EVENTS, "S2_release")},
        "S3_changed": _then_of_scr(3),
        "S4_changed": _then_of_scr(4, 3),
        "S5_changed": _then_of_scr(5, 3, 4),
        "S6_changed": _then_of_scr(6, 3),
        "S7_changed": _then_of_scr(7, 3, 6),
        "S8_changed": _then_of_scr(8, 3, 6),
        "S9_changed": _then_of_scr(9, 3),
        "S10_changed": _then_of_scr(10, 3, 6),
        "P2": _of_portbase("P2"),
        "P3": _of_portbase("P3"),
        "P4": _of_portbase("P4"),
        "P6": _of_portbase("P6", "P4"),
        "P8": _of_portbase("P8", "P4"),
        "P9": _of_portbase("P9", "P4", "P6", "P8"),
        "P10": _of_portbase("P10", "P3"),
        "P11b": _of_portbase("P11b", "P3"),
    }


_NEWS = "whom SCR told is read of `organization`: a link may give another VAT later"
_TWICE = "it stands outside of the bill, too, and is read there"
_SHIP = "the ship and its voyage: no stay is found by them at Portbase"
_NAME = "a name beside a code"
_KIND = "every event is a state: it is compared with what is known"
_BOX = "the box itself: no message of the bus carries it from there"
_EMPTY = "where the empty box goes: no message of the bus carries it"
_ELSEWHERE = "NxtPort and the terminal tell the ledger themselves"
_BESIDE = "another member of the same message says it, too"

_VISIT = "billOfLading.vesselVisit."
NOT_READ: Mapping[str, Mapping[str, str]] = {
    "E12": {"dataBrokerNxtEntityId": "who brings the data has no role (docs/inferred.md, 1.1)"},
    **{name: {"vat": _NEWS} for name in EVENTS},
    "S2_release": {
        "createdAt": "when it last changed is read: updatedAt",
        "conditions": "what they mean is not public",
        "gateOut": _ELSEWHERE,
        "pinRetrieved": "whether there is a PIN is no business of the bus",
        "greenLights.commercialRelease": _ELSEWHERE,
        "greenLights.customsRelease": _ELSEWHERE,
        "greenLights.terminalRelease": _ELSEWHERE,
        "release_data.billOfLading.agent": "the agent is who made it: creator",
        "release_data.billOfLading.lineCode": "the agent is who made it: creator",
        "release_data.billOfLading.portOfDestination": "the port is pickupLoCode",
        "release_data.billOfLading.portOfLoading": "no message of the bus carries it",
        "release_data.billOfLading.vessel": _NAME,
        "release_data.billOfLading.voyageNumber": "the visit is stayNumber and lloydsNumber",
        "release_data.container.loadStatus": _BOX,
        "release_data.container.termsAndConditions": "no message of the bus carries it",
        "release_data.container.turnInLoCode": _EMPTY,
        "release_data.container.turnInLocation": _EMPTY,
        "release_data.container.turnInReference": _EMPTY,
    },
    "S4_changed": {"blocked": _BESIDE},
    "S7_changed": {
        "greenLights.commercialRelease": _ELSEWHERE,
        "greenLights.customsRelease": _ELSEWHERE,
        "greenLights.terminalRelease": _ELSEWHERE,
    },
    "S8_changed": {"pinRetrieved": _ELSEWHERE, "previousOwner": _BESIDE},
    "S9_changed": {"gateOut": _ELSEWHERE, "pinRetrieved": _ELSEWHERE},
    "P3": {
        "0.eventType": _KIND,
        "0.origin": "who asked for it makes no difference",
        "0.billOfLading.blNumber": _TWICE,
        "0.billOfLading.portOfDischarge.locationName": _NAME,
        "0.billOfLading.dischargeTerminal.name": _NAME,
        "0.billOfLading.dischargeTerminal.ownerFullName": _NAME,
        "0.billOfLading.handlingAgent.name": "a name, and no code: nobody is known by it",
        f"0.{_VISIT}crn": _SHIP,
        f"0.{_VISIT}visitStatus": _SHIP,
        f"0.{_VISIT}visitDeclaration.portVisit.etaPort": _SHIP,
        f"0.{_VISIT}visitDeclaration.portVisit.ataPort": _SHIP,
        "0.billOfLading.transportEquipments.0.sizeType.code": _BOX,
        "0.billOfLading.transportEquipments.0.tareWeight": _BOX,
        "0.billOfLading.transportEquipments.0.carrierSealNumber": _BOX,
    },
    "P4": {
        "eventType": _KIND,
        "billOfLading.blNumber": _TWICE,
        "billOfLading.dischargeTerminal.name": _NAME,
        f"{_VISIT}crn": _SHIP,
        f"{_VISIT}visitStatus": _SHIP,
        f"{_VISIT}visitDeclaration.portVisit.etaPort": _SHIP,
        f"{_VISIT}visitDeclaration.portVisit.ataPort": _SHIP,
        "billOfLading.transportEquipments.0.sizeType.code": _BOX,
        "billOfLading.transportEquipments.1.sizeType.code": _BOX,
    },
    **{
        name: {"eventType": _KIND, "billOfLading.blNumber": _TWICE}
        for name in ("P6", "P8", "P9", "P10")
    },
}
"""Of each message the members of which nothing comes, and why."""


@each_row("name", sorted(came()))
def test_of_each_member_something_comes_or_it_stands_here_why_not(name: str) -> None:
    message = came()[name]
    as_it_is = message.comes_to(message.content)

    silent = {
        ".".join(map(str, path))
        for path in _members(message.content)
        if message.comes_to(_put(message.content, path)) == as_it_is
    }
    assert silent == NOT_READ.get(name, {}).keys()


@each_row("name", sorted(came()))
def test_each_message_that_comes_in_is_understood(name: str) -> None:
    message = came()[name]
    parse = systems()[message.system].functions.parse
    whole = message.content if message.over is None else scr.over(message.over, message.content)
    parsed = parse(json.dumps(whole).encode(), dict(message.headers), message.memory)

    if name == "P11b":  # an answer: what it answers is known by the call alone
        return
    assert parsed.problems == ()


Path_ = tuple[str | int, ...]


def _members(content: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _members(value, (*path, name))
    elif isinstance(content, list) and content:
        for place, value in enumerate(content):
            yield from _members(value, (*path, place))
    else:
        yield path


def _put(content: Any, path: Path_) -> Any:
    """Return *content* with another value at *path*."""
    changed = json.loads(json.dumps(content))
    *way, last = path
    inner = changed
    for step in way:
        inner = inner[step]
    inner[last] = _another(inner[last])
    return changed


def _another(value: Any) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return ["X"]
        case str() if re.match(r"\d{4}-\d\d-\d\dT", value):
            return f"2031{value[4:]}"
        case str() if re.fullmatch(r"[A-Z]{4}\d{7}", value):
            return "CPUU1000047"
        case str() if value:
            return ("Y" if value[0] == "X" else "X") + value[1:]
        case _:
            return "2031-01-02T03:04:05Z"
