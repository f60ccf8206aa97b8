"""What a message may be: which on which topic, what it must name, and how far it may go."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas import messages as m
from schemas.air_messages import AIR_MESSAGES
from schemas.message_types import BY_TYPE, ON_TOPIC
from schemas.messages import ContainerMessage, Message
from schemas.override_messages import OVERRIDE_MESSAGES
from schemas.registrations import REGISTRATION_MESSAGES
from schemas.system_messages import SYSTEM_MESSAGES
from schemas.topics import CARRIER, CUSTOMS, KEYS, PARTY, REGISTRATIONS, TERMINAL
from tests.rows import each_row
from tests.schemas.samples import NAMES, sample

# What makes no sense without it (cpu.md §2); container and port come with every one of them.
MUST_NAME = {
    "release": {"terminal", "bills_of_lading", "release_identification"},
    "transfer": {"release_to"},
    "assign_pickup": {"modality"},
    "set_means_of_transport": {"means_of_transport"},
    "report_customs_status": {"status"},
    **{kind.TYPE.partition(".")[2]: {"terminal"} for kind in m.TERMINAL_REPORTS},
    "confirm_pickup_end": {"terminal", "pickup_id"},
    "add_note": {"state"},
    "withdraw_note": {"about"},
    "observe_release": {"terminal"},
    "answer_request": {"request_id", "accepted"},
    **{kind.TYPE.partition(".")[2]: {"organisation"} for kind in REGISTRATION_MESSAGES},
    "register_organisation": {"organisation", "name", "roles"},
    "submit_registration": {"organisation", "flow", "name", "roles"},
    "confirm_billing": {"organisation", "billing"},
    "link_scr_account": {"organisation", "account", "external_id"},
    "register_at_system": {"organisation", "system", "code"},
    "register_key": {"organisation", "public_key", "proof"},
    "revoke_key": {"organisation", "key_id"},
    "appoint_gateway": {"organisation", "gateway"},
    "dismiss_gateway": {"organisation", "gateway"},
    **{kind.TYPE.partition(".")[2]: {"organisation"} for kind in OVERRIDE_MESSAGES},
    "settle_dispute": {"container", "release_id"},
    "resume": {"container"},
    "tick": {"at"},
}
# design.md §3; a holder and an agent transfer and revoke alike.
TOPICS = {
    CARRIER.name: "release update block unblock revoke delete transfer add_note withdraw_note",
    PARTY.name: (
        "transfer accept decline revoke assign_pickup update_pickup revoke_pickup"
        " set_means_of_transport add_note withdraw_note"
    ),
    TERMINAL.name: (
        "report_discharge report_terminal_release report_terminal_block report_scanning"
        " report_terminal_unblock report_gate_in report_gate_out confirm_pickup_end"
        " add_note withdraw_note"
    ),
    CUSTOMS.name: "report_customs_status add_note withdraw_note",
    REGISTRATIONS.name: (
        "register_organisation register_at_system submit_registration take_up_registration"
        " approve_registration deny_registration activate_account log_in_to_console"
        " confirm_billing start_subscription end_subscription first_cpu_login request_wallet"
        " approve_wallet fund_wallet link_wallet link_scr_account register_key revoke_key"
        " appoint_gateway dismiss_gateway"
    ),
    KEYS.name: "register_key revoke_key appoint_gateway dismiss_gateway",
}


def kind_of(name: str) -> type[Message]:
    return BY_TYPE[f"releasebus.{name}"]


def refused(name: str, content: dict[str, Any]) -> set[Any]:
    """The members that the message is not read for."""
    with pytest.raises(ValidationError) as caught:
        kind_of(name).model_validate(content)
    return {error["loc"][0] for error in caught.value.errors()}


@each_row("name", NAMES)
def test_a_message_names_what_it_must(name: str) -> None:
    about_a_box = issubclass(kind_of(name), ContainerMessage)
    must = MUST_NAME.get(name, set()) | ({"container", "port"} if about_a_box else set())

    assert refused(name, {}) == must
    for member in must:
        without = {key: value for key, value in sample(name).items() if key != member}
        assert refused(name, without) == {member}


@each_row("name", NAMES)
def test_a_message_reads_back_as_it_was_written(name: str) -> None:
    message = kind_of(name).model_validate(sample(name))

    assert kind_of(name).model_validate_json(message.model_dump_json(exclude_none=True)) == message


@each_row("name", NAMES)
def test_an_unknown_member_is_kept_apart_and_refuses_nothing(name: str) -> None:
    message = kind_of(name).model_validate(sample(name) | {"vesselName": "MSC OSCAR"})

    assert message.model_extra == {"vesselName": "MSC OSCAR"}


@each_row("name", NAMES)
def test_a_message_cannot_be_changed(name: str) -> None:
    message = kind_of(name).model_validate(sample(name))
    member = next(iter(sample(name)))

    with pytest.raises(ValidationError):
        setattr(message, member, "x")


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_carries_its_own_messages(topic: str) -> None:
    assert {kind.TYPE.partition(".")[2] for kind in ON_TOPIC[topic]} == set(TOPICS[topic].split())


def test_every_message_but_the_buss_own_comes_on_some_topic() -> None:
    assert ON_TOPIC.keys() == TOPICS.keys()
    carried = {kind for kinds in ON_TOPIC.values() for kind in kinds}
    assert set(BY_TYPE.values()) - carried == {
        m.Resume,
        m.Tick,
        *SYSTEM_MESSAGES,
        *AIR_MESSAGES,
        *OVERRIDE_MESSAGES,
    }


@each_row(
    ("name", "values"),
    [
        ("accept", {"container": ""}),
        ("accept", {"container": "C" * 256}),
        ("accept", {"port": "BE\nANR"}),
        ("accept", {"terminal": "\x00"}),
        ("accept", {"bills_of_lading": [""]}),
        ("accept", {"bills_of_lading": ["B"] * 41}),
        ("update", {"bills_of_lading": ["B"] * 41}),
        ("report_gate_out", {"bills_of_lading": ["B"] * 41}),
        ("release", {"bills_of_lading": []}),
        ("release", {"bills_of_lading": ["B"] * 41}),
        ("release", {"expires_at": "2026-03-01T08:00:00"}),
        ("release", {"haulage": "somebody"}),
        ("block", {"reason": "x" * 2001}),
        ("assign_pickup", {"modality": "airship"}),
        ("assign_pickup", {"driver": {"key_id": "k", "ciphertext": "x", "mask": "123456789"}}),
        ("report_customs_status", {"status": "cleared"}),
        ("observe_release", {"status": "declared"}),
        ("observe_release", {"holders": [{"scheme": "vat", "code": "B"}] * 41}),
    ],
)
def test_a_value_that_cannot_be_is_not_read(name: str, values: dict[str, Any]) -> None:
    assert refused(name, sample(name) | values) == set(values)


def test_terminals_and_customs_report_and_all_others_ask() -> None:
    assert {*m.PHYSICAL_FACTS} == {*m.TERMINAL_REPORTS, m.ReportCustomsStatus}
    assert not {*m.PHYSICAL_FACTS} & {*m.AGENT_MESSAGES, *m.CHAIN_MESSAGES}
