"""What is asked of S)ONE, call by call."""

import json

from adapters.contract import HTTP_METHOD, HTTP_PATH, NOTHING, ON_BEHALF_OF, Document
from adapters.sone import SYSTEM
from adapters.sone.assumed import ASKS, NO_COMMENT
from adapters.sone.tracking import CALLBACK
from ledger.law.authority import ROLES
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage, Modality, Role
from schemas.system_facts import RequestMade
from schemas.value import altered
from tests.adapters.le_havre import PARTIES, LeHavre
from tests.adapters.story import AGENT, CONTAINER, DRIVER, FORWARDER, HAULIER, to
from tests.rows import each_row

MESSAGES: dict[type[ContainerMessage], dict[str, object]] = {
    m.Update: {},
    m.Block: {"reason": "unpaid"},
    m.Unblock: {},
    m.Delete: {},
    m.Revoke: {},
    m.Transfer: {"release_to": to(FORWARDER)},
    m.Accept: {},
    m.Decline: {"reason": "not ours"},
    m.AssignPickup: {"modality": Modality.TRUCK, "driver": DRIVER},
    m.UpdatePickup: {"modality": Modality.BARGE},
    m.RevokePickup: {},
    m.SetMeansOfTransport: {"means_of_transport": Modality.RAIL},
}

# message | the calls that it becomes, and the mode in the last
TABLE = [
    (m.Update, ["bon-a-delivrer/modifier"], None),
    (m.Block, ["bon-a-delivrer/bloquer"], None),
    (m.Unblock, ["bon-a-delivrer/debloquer"], None),
    (m.Delete, ["bon-a-delivrer/supprimer"], None),
    (m.Revoke, ["bon-a-delivrer/reprendre"], None),
    (m.Transfer, ["bon-a-delivrer/transmettre"], None),
    (m.Accept, ["bon-a-delivrer/accepter"], None),
    (m.Decline, ["bon-a-delivrer/refuser"], None),
    (m.AssignPickup, ["identification-transporteur/creer", "demande-de-sortie/creer"], 3),
    (m.UpdatePickup, ["identification-transporteur/modifier"], 8),
    (m.RevokePickup, ["invalidation-de-sortie/creer"], None),
    (m.SetMeansOfTransport, ["identification-transporteur/modifier"], 2),
]


def asked() -> RecordedFact:
    havre = LeHavre()
    (fact,) = havre.story.released(release_to=to(FORWARDER))
    return fact


def asked_with(model: type[ContainerMessage], sender: str = FORWARDER) -> RecordedFact:
    """The request that a message becomes, whatever the ledger would say of its sender."""
    havre = LeHavre()
    havre.send(havre.story.released(release_to=to(FORWARDER)))
    havre.accept(havre.sent[-1])
    made = asked()
    message = model.model_validate({"container": CONTAINER, "port": "FRLEH", **MESSAGES[model]})
    assert isinstance(made.fact, RequestMade)
    receiver = FORWARDER if model is m.Transfer else None
    return altered(
        made,
        stay=havre.story.file.stays[0],
        cause=altered(made.cause, message_type=model.TYPE, organisation=sender),
        fact=altered(
            made.fact, message=message.model_dump_json(exclude_none=True), receiver=receiver
        ),
    )


def rendered(recorded: RecordedFact, memory: str = NOTHING) -> tuple[Document, ...]:
    return SYSTEM.functions.render(recorded, PARTIES, memory).documents


def paths(documents: tuple[Document, ...]) -> list[str]:
    return [dict(each.headers)[HTTP_PATH] for each in documents]


def test_the_first_request_of_a_container_has_it_and_its_bills_tracked() -> None:
    unit, bill, _ = rendered(asked())

    assert paths((unit, bill)) == [
        "/tracking-code/v1/track-handling-unit",
        "/tracking-code-in-mass/v1/track-document",
    ]
    assert json.loads(bill.content) == {
        "documentReference": "BLTEST0001", "way": "Import", "place": "MTDF", "url": CALLBACK,
    }  # fmt: skip
    tracked = json.loads(unit.content)
    assert len(tracked.pop("externalReference")) == 36
    assert tracked == {
        "reference": CONTAINER, "way": "Import", "place": "MTDF", "url": CALLBACK,
    }  # fmt: skip


def test_it_is_tracked_once() -> None:
    first = SYSTEM.functions.render(asked(), PARTIES, NOTHING)

    assert [each.type for each in rendered(asked(), first.memory)] == [
        "soget.sone.bon-a-delivrer-creer"
    ]


def test_a_release_asks_for_the_delivery_order_field_by_field() -> None:
    *_, order = rendered(asked())

    said = json.loads(order.content)
    fact = asked().fact
    assert isinstance(fact, RequestMade)
    assert said == {
        "externalReference": fact.request_id,
        "handlingUnit": {"reference": CONTAINER},
        "place": {"place": "FRLEH", "location": "MTDF"},
        "requester": {"code": "CDEM", "name": "Demo Agent NV"},
        "recipient": {"code": "2308522", "name": "Demo Forwarder BV"},
        "billsOfLading": ["BLTEST0001"],
        "releaseReference": "AGT-REL-0001",
        "validFrom": "2025-03-01T08:00:00+00:00",
    }
    assert dict(order.headers)[HTTP_METHOD] == "POST"


@each_row(("model", "calls", "mode"), TABLE)
def test_what_each_message_becomes(
    model: type[ContainerMessage], calls: list[str], mode: int | None
) -> None:
    memory = SYSTEM.functions.render(asked(), PARTIES, NOTHING).memory
    documents = rendered(asked_with(model), memory)

    assert paths(documents) == [f"/steps/v1/{call}" for call in calls]
    assert json.loads(documents[-1].content).get("mode") == mode
    assert all(SYSTEM.functions.proofread(each) == () for each in documents)


def test_everything_that_can_be_asked_is_in_the_table() -> None:
    asked_for = set(ROLES) - {*m.PHYSICAL_FACTS, m.ConfirmPickupEnd}

    assert set(ASKS) == asked_for
    assert {row[0] for row in TABLE} | {m.Release} == asked_for


def test_an_invalidation_has_a_comment_in_any_case() -> None:
    memory = SYSTEM.functions.render(asked(), PARTIES, NOTHING).memory
    (document,) = rendered(asked_with(m.RevokePickup), memory)

    assert json.loads(document.content)["comment"] == NO_COMMENT


def test_no_driver_and_no_code_goes_out() -> None:
    memory = SYSTEM.functions.render(asked(), PARTIES, NOTHING).memory
    recorded = asked_with(m.Block)
    assert isinstance(recorded.fact, RequestMade)
    said = m.Block(container=CONTAINER, port="FRLEH", reason="code 482913").model_dump_json()
    with_code = altered(recorded, fact=altered(recorded.fact, message=said))

    (document,) = rendered(with_code, memory)
    assert b"482913" not in document.content
    assert json.loads(document.content)["comment"] == "[redacted]"
    for each in rendered(asked_with(m.AssignPickup, HAULIER), memory):
        assert DRIVER.ciphertext.encode() not in each.content
        assert b"driver" not in each.content.lower()


def test_a_forwarder_with_trucks_of_its_own_is_given_the_delivery_order() -> None:
    memory = SYSTEM.functions.render(asked(), PARTIES, NOTHING).memory
    both = altered(PARTIES[FORWARDER], roles=(Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR))
    parties = {**PARTIES, FORWARDER: both}
    (document,) = SYSTEM.functions.render(asked_with(m.Transfer), parties, memory).documents

    assert document.type == "soget.sone.bon-a-delivrer-transmettre"


def test_an_account_that_was_not_accepted_gives_no_code() -> None:
    agent = PARTIES[AGENT]
    pending = altered(agent, accounts=(altered(agent.accounts[0], status="rejected"),))
    *_, order = SYSTEM.functions.render(asked(), {**PARTIES, AGENT: pending}, NOTHING).documents

    assert json.loads(order.content)["requester"] == {"name": "Demo Agent NV"}


def test_a_party_asks_with_its_own_account_and_the_bus_tracks_with_its_own() -> None:
    unit, bill, order = rendered(asked())

    assert [dict(each.headers).get(ON_BEHALF_OF) for each in (unit, bill, order)] == [
        None, None, AGENT,
    ]  # fmt: skip


def test_every_document_says_that_its_profile_is_unverified() -> None:
    for document in rendered(asked()):
        assert dict(document.headers)["rb_profile"] == "sone/partners-api-2026 unverified"
        assert f".{CONTAINER}." in document.id
