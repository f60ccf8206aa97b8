"""Every community system that is found keeps the contract: no line is added for a new one."""

import json
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import NOTHING, Document, PartyMissing, System
from adapters.parties import organisations_named, quays_named
from adapters.registry import systems
from schemas.facts import RecordedFact
from schemas.organisations import Organisation
from schemas.ports import PORTS
from tests.adapters.rotterdam import DIRECTORY, a_day_in_rotterdam, facts_of_rotterdam
from tests.adapters.story import CARD, CIPHERTEXT, CONTAINER, a_day, facts_by_type

SYSTEMS = [*systems().values()]
# What stands above the ports hears of what happens in any of them.
FACTS = {
    "ledger": facts_by_type(),
    "system": facts_of_rotterdam(),
    None: facts_by_type() | facts_of_rotterdam(),
}
DAYS = {"ledger": a_day, "system": a_day_in_rotterdam, None: a_day}
# What a port's system cannot do without: who may collect, and that it was collected; where it
# decides itself, what it is asked.
AT_LEAST = {
    "ledger": {
        "released", "transferred", "accepted", "pickup_assigned", "pickup_ended", "gated_out",
    },
    "system": {"request_made"},
    None: set(),
}  # fmt: skip

TOLD = [system for system in SYSTEMS if system.renders]
"""The systems that are told what happens."""

every_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: str(system.name))
every_told = pytest.mark.parametrize("system", TOLD, ids=lambda system: str(system.name))


def of_its_own(system: System) -> Any:
    """What the system's own tests bring, where it is told of no facts but its own; or None."""
    module = f"tests.adapters.{system.name}.facts"
    if find_spec(f"tests.adapters.{system.name}") is None or find_spec(module) is None:
        return None
    return import_module(module)


def parties_of(system: System) -> dict[str, Organisation]:
    own = of_its_own(system)
    return {**DIRECTORY.by_id, **(own.PARTIES if own else {})}


def facts_of(system: System) -> dict[str, RecordedFact]:
    """A fact of every type that may come to be where the system stands."""
    own = of_its_own(system)
    return {**FACTS[system.authority], **(own.FACTS if own else {})}


def day_of(system: System) -> list[RecordedFact]:
    own = of_its_own(system)
    facts: list[RecordedFact] = own.DAY if own else DAYS[system.authority]().facts
    return facts


def rendered(system: System, recorded: RecordedFact) -> tuple[Document, ...]:
    return system.functions.render(recorded, parties_of(system), NOTHING).documents


def all_documents(system: System) -> Iterator[Document]:
    for recorded in (*facts_of(system).values(), *day_of(system)):
        yield from rendered(system, recorded)


@every_system
def test_it_serves_the_ports_that_name_it_and_knows_who_decides_there(system: System) -> None:
    of_system = {port.locode for port in PORTS.values() if port.system == system.name}

    decides = {PORTS[port].authority for port in of_system}
    assert decides == (set() if system.authority is None else {system.authority})
    # Who is no port's own system may hear of facts in ports that there are.
    assert system.ports == of_system or (not of_system and system.ports <= PORTS.keys())


@every_system
def test_it_renders_what_no_port_can_do_without(system: System) -> None:
    assert system.renders >= AT_LEAST[system.authority]


@every_system
def test_it_renders_just_what_it_says_it_renders(system: System) -> None:
    documents = {name: rendered(system, fact) for name, fact in facts_of(system).items()}

    assert {name for name, found in documents.items() if found} == (
        system.renders & facts_of(system).keys()
    )


@every_system
def test_what_is_rendered_reads_back_whole(system: System) -> None:
    for document in all_documents(system):
        assert system.functions.proofread(document) == (), document


@every_told
def test_a_document_cut_short_is_found_by_the_proofreader(system: System) -> None:
    document = next(all_documents(system))
    cut = Document(
        id=document.id,
        type=document.type,
        receiver=document.receiver,
        content_type=document.content_type,
        content=document.content[:-2],
        correlation_id=document.correlation_id,
        subject=document.subject,
        time=document.time,
    )

    assert system.functions.proofread(cut)


@every_system
def test_the_same_fact_makes_the_same_documents(system: System) -> None:
    for recorded in facts_of(system).values():
        assert rendered(system, recorded) == rendered(system, recorded)


@every_system
def test_no_two_documents_share_an_id(system: System) -> None:
    ids = [document.id for recorded in day_of(system) for document in rendered(system, recorded)]

    assert len(ids) == len(set(ids))
    assert all(len(each) <= 255 for each in ids)


@every_system
def test_documents_are_for_organisations_and_of_the_media_declared(system: System) -> None:
    for document in all_documents(system):
        assert document.receiver in {*parties_of(system), system.name}
        assert document.content_type in system.media_out
        assert document.correlation_id
        assert document.subject == CONTAINER


@every_system
def test_no_secret_stands_in_any_document(system: System) -> None:
    for document in all_documents(system):
        written = document.content + repr((document.headers, document.id)).encode()
        assert CARD.encode() not in written
        assert CIPHERTEXT.encode() not in written


@every_system
def test_the_parties_that_a_fact_names_are_enough(system: System) -> None:
    for recorded in facts_of(system).values():
        named = organisations_named(recorded)
        quays = quays_named(recorded)
        handed = {
            organisation.id: organisation
            for organisation in parties_of(system).values()
            if organisation.id in named or any(organisation.runs(*quay) for quay in quays)
        }

        few = system.functions.render(recorded, handed, NOTHING)

        assert few.documents == rendered(system, recorded)


@every_told
def test_a_party_that_is_not_handed_over_is_missed_not_left_out(system: System) -> None:
    with pytest.raises(PartyMissing):
        system.functions.render(facts_of(system)[min(system.renders)], {}, NOTHING)


@every_system
def test_memory_survives_being_stored(system: System) -> None:
    memory = NOTHING
    for recorded in day_of(system):
        memory = system.functions.render(recorded, parties_of(system), memory).memory

    assert memory.encode().decode() == memory


@every_told
def test_documents_of_one_container_have_one_order(system: System) -> None:
    made = [(fact, document) for fact in day_of(system) for document in rendered(system, fact)]

    assert len({document.correlation_id for _, document in made}) == 1
    assert all(
        document.correlation_id == system.functions.correlation_of_fact(fact)
        for fact, document in made
    )


@every_system
def test_ports_are_locodes_and_the_profile_says_what_is_unverified(system: System) -> None:
    assert all(len(port) == 5 and port.isupper() for port in system.ports)
    assert len({note.code for note in system.profile.unverified}) == len(system.profile.unverified)
    assert all(note.says and note.source for note in system.profile.unverified)


anything = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["alfapassNumber", "identificationCode", "pin", "actionType", "x"]
                ),
                inner,
                max_size=3,
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
)


@every_system
@given(data=anything, body=st.sampled_from(["", "nonsense", "nxtport.certified-pickup.X"]))
def test_parsing_never_raises_and_leaves_nothing_out(
    system: System, data: bytes, body: str
) -> None:
    parsed = system.functions.parse(data, {"ce_type": body, "ce_id": "1"}, NOTHING)

    assert parsed.messages or parsed.problems
    assert system.functions.correlation_of_bytes(data, {}) is not None


@every_system
@given(data=anything)
def test_redacting_twice_changes_nothing(system: System, data: bytes) -> None:
    once = system.functions.redact(data)

    assert system.functions.redact(once) == once


@every_system
@pytest.mark.parametrize("secret", ["000000012", "4711"])
@pytest.mark.parametrize(
    "body",
    [
        '{"alfapassNumber":"%s"}',
        '{"a":[{"ALFAPASSNUMBER":"%s"}]}',
        '{"pin":"%s"}',
        '{"a":{"pinCode":%s}}',
        '{"alfapassNumber":"%s"',
        '{"alfapassNumber":"%s","alfapassNumber":"%s"}',
        "alfapass %s",
        "[" * 500 + '"%s"' + "]" * 500,
        '\xff{"pin":"%s"}',
    ],
)
def test_no_secret_passes_the_redaction(system: System, body: str, secret: str) -> None:
    data = body.replace("%s", secret).encode("latin-1")

    assert secret.encode() not in system.functions.redact(data)
