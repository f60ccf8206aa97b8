"""Every community system that is found keeps the contract: no line is added for a new one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adapters
from adapters.contract import (
    HTTP_ETAG,
    HTTP_STATUS,
    IN_REPLY_TO,
    NOTHING,
    ON_BEHALF_OF,
    Document,
    Headers,
    Parsed,
    Part,
    Parties,
    PartyMissing,
    Request,
    System,
)
from adapters.parties import linked, organisations_named, quays_named
from adapters.registry import systems
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage
from schemas.ports import AIRPORTS, PORTS
from tests.adapters import story
from tests.adapters.anywhere import ASKED, a_day_at, asked_of, directory_at, facts_at
from tests.adapters.rotterdam import DIRECTORY, facts_of_rotterdam
from tests.adapters.story import CARD, CIPHERTEXT, CONTAINER, a_day, facts_by_type

SYSTEMS = [*systems().values()]

# What a system of a port where the ledger decides must be told: who may have the container, who
# collects it, what its lights say, and each of these taken back (cpu.md §4.2).
LEDGER_TELLS = (
    "released", "updated", "blocked", "unblocked", "deleted", "expired",
    "transferred", "accepted", "declined", "transfer_revoked", "chain_revoked",
    "discharged", "customs_status_set", "terminal_released", "terminal_blocked",
    "pickup_assigned", "pickup_ended", "gated_in", "gated_out", "refused",
)  # fmt: skip
SYSTEM_IS_ASKED = tuple(ASKED)
"""Where the system decides: whatever a party may ask there."""

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


@cache
def parties_of(system_name: str) -> Parties:
    system = systems()[system_name]
    own = of_its_own(system)
    more: Parties = own.PARTIES if own else {}
    if system.authority == "ledger":
        return {**story.PARTIES, **more}
    if system.authority == "system":
        return {**directory_at(system).by_id, **more}
    return {**DIRECTORY.by_id, **more}


@cache
def facts_of_kind(system_name: str) -> dict[str, RecordedFact]:
    system = systems()[system_name]
    own = of_its_own(system)
    more: dict[str, RecordedFact] = own.FACTS if own else {}
    if system.authority == "system":
        return {**facts_at(system), **more}
    # What stands above the ports hears of what happens in any of them.
    above = facts_of_rotterdam() if system.authority is None else {}
    return {**facts_by_type(), **above, **more}


@cache
def day_at(system_name: str) -> list[RecordedFact]:
    system = systems()[system_name]
    own = of_its_own(system)
    if own:
        day: list[RecordedFact] = own.DAY
        return day
    return (a_day_at(system) if system.authority == "system" else a_day()).facts


def facts_of(system: System) -> dict[str, RecordedFact]:
    """A fact of every type that may come to be where the system stands."""
    return facts_of_kind(system.name)


def day_of(system: System) -> list[RecordedFact]:
    return day_at(system.name)


def rendered(system: System, recorded: RecordedFact) -> tuple[Document, ...]:
    return system.functions.render(recorded, parties_of(system.name), NOTHING).documents


def asked(system: System, kind: type[ContainerMessage]) -> tuple[Document, ...]:
    """What the system is asked of *kind*, for a container whose release was asked of it before."""
    released, recorded = asked_of(system, kind)
    parties = parties_of(system.name)
    first = system.functions.render(released, parties, NOTHING)
    if kind is m.Release:
        return first.documents
    return system.functions.render(recorded, parties, first.memory).documents


def all_documents(system: System) -> Iterator[Document]:
    for recorded in (*facts_of(system).values(), *day_of(system)):
        yield from rendered(system, recorded)
    for kind in SYSTEM_IS_ASKED if system.authority == "system" else ():
        yield from asked(system, kind)


def questions_of(system: System) -> Iterator[Request]:
    """All that the system is asked because of what it said, or may have said in vain.

    It says its samples, of itself and in answer to each call of a day, two in a row.
    """
    yield from questions_after(system, NOTHING, ())
    memory = NOTHING
    for recorded in day_of(system):
        rendered = system.functions.render(recorded, parties_of(system.name), memory)
        memory = rendered.memory
        yield from questions_after(system, memory, rendered.documents)


def questions_after(
    system: System, memory: str, documents: tuple[Document, ...]
) -> Iterator[Request]:
    said = [b"", *(system.functions.redact(each.read_bytes()) for each in samples_of(system))]
    for about, first in product(({}, *answers_to(documents)), said):
        heard = system.functions.parse(first, about, memory)
        yield from asked_then(system, heard)
        for second in said if heard.memory != memory else ():
            yield from asked_then(system, system.functions.parse(second, {}, heard.memory))


def answers_to(documents: tuple[Document, ...]) -> Iterator[Headers]:
    for document in documents:
        for status in ("200", "404", "412"):
            yield {IN_REPLY_TO: document.id, HTTP_STATUS: status, HTTP_ETAG: '"1"'}


def asked_then(system: System, heard: Parsed) -> Iterator[Request]:
    yield from heard.requests
    yield from system.functions.poll("", heard.memory)


def samples_of(system: System) -> list[Path]:
    found = (Path(folder, system.name, "samples") for folder in adapters.__path__)
    return sorted(file for folder in found for file in folder.glob("*.*"))


@every_system
def test_it_serves_the_ports_that_name_it_and_knows_who_decides_there(system: System) -> None:
    of_system = {port.locode for port in PORTS.values() if port.system == system.name}

    decides = {PORTS[port].authority for port in of_system}
    assert decides == (set() if system.authority is None else {system.authority})
    # Who is no port's own system may hear of facts in ports that there are.
    assert system.ports == of_system or (
        not of_system and system.ports <= PORTS.keys() | AIRPORTS.keys()
    )
    assert {
        each.locode for each in AIRPORTS.values() if each.system == system.name
    } <= system.ports


def told_at_least(system: System) -> dict[str, tuple[Document, ...]]:
    """What a system of its kind is told at the least, and the documents that this one makes."""
    if system.authority == "ledger":
        return {name: rendered(system, facts_of(system)[name]) for name in LEDGER_TELLS}
    if system.authority == "system":
        return {kind.TYPE: asked(system, kind) for kind in SYSTEM_IS_ASKED}
    return {}


@every_system
def test_it_is_told_what_no_port_can_do_without_or_says_why_not(system: System) -> None:
    documents = told_at_least(system)

    assert {what for what, made in documents.items() if not made} == {
        each.what for each in system.profile.untold
    }
    assert all(each.why.endswith(".") for each in system.profile.untold)


@every_system
def test_what_a_party_asks_names_whose_account_it_is_asked_with(system: System) -> None:
    """Delivery knows by it with whose credentials the call is made (README.md, accounts)."""
    for kind in SYSTEM_IS_ASKED if system.authority == "system" else ():
        documents = asked(system, kind)
        named = {dict(each.headers).get(ON_BEHALF_OF) for each in documents} - {None}
        assert (len(named) == 1) is bool(documents), (kind, named)
        assert named <= parties_of(system.name).keys()


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

    assert system.functions.proofread(replace(document, content=document.content[:-2]))


@every_told
def test_what_no_model_schema_or_directory_has_is_found_by_the_proofreader(system: System) -> None:
    """JSON against its model, XML against its schema, EDIFACT against its directory."""
    spoilt = [
        replace(document, content=content)
        for document in all_documents(system)
        for content in spoilt_contents(document.content)
    ]

    assert spoilt
    assert [each for each in spoilt if not system.functions.proofread(each)] == []


def spoilt_contents(content: bytes) -> Iterator[bytes]:
    """A document with one more, in each place at its top, than anybody knows; by its own form."""
    if content.startswith(b"UN"):
        yield content.replace(b"'UNT", b"'ZZZ+1'UNT", 1)
    elif content.startswith(b"FSU/"):
        yield content + b"NOBODY KNOWS THIS\r\n"
    elif content.lstrip().startswith(b"<"):
        end = content.rindex(b"</")
        yield content[:end] + b"<NobodyKnowsThis/>" + content[end:]
    elif content.lstrip().startswith(b"{"):
        read: dict[str, Any] = json.loads(content)
        yield json.dumps({**read, "nobodyKnowsThis": 1}).encode()


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
        assert document.receiver in {*parties_of(system.name), system.name}
        assert document.content_type in system.media_out
        assert document.correlation_id
        own = of_its_own(system)
        assert document.subject == getattr(own, "SUBJECT", CONTAINER)


@pytest.mark.searches  # of all that a system has samples of, and answers to it
@every_system
def test_every_document_and_question_says_what_profile_it_follows(system: System) -> None:
    assert system.profile.header in {
        ("rb_profile", f"{system.profile.name} unverified"), ("rb_profile", system.profile.name),
    }  # fmt: skip
    for document in all_documents(system):
        assert system.profile.header in document.headers, document
    for question in questions_of(system):
        assert system.profile.header in question.headers, question


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
            for organisation in parties_of(system.name).values()
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
        memory = system.functions.render(recorded, parties_of(system.name), memory).memory

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


@every_system
def test_samples_lie_beside_it_and_are_read_the_same_whenever_they_come(system: System) -> None:
    samples = samples_of(system)

    assert samples
    for sample in samples:
        data = system.functions.redact(sample.read_bytes())
        read = system.functions.parse(data, {"ce_id": "1"}, NOTHING)
        assert read == system.functions.parse(data, {"ce_id": "1"}, NOTHING)
        assert all(part.id for part in read.messages)


@pytest.mark.parametrize(
    "system",
    [system for system in SYSTEMS if system.authority != "ledger"],
    ids=lambda system: str(system.name),
)
def test_some_sample_is_heard(system: System) -> None:
    """Where the ledger decides, a body is known by its ce_type alone."""
    heard = [
        system.functions.parse(system.functions.redact(sample.read_bytes()), {}, NOTHING)
        for sample in samples_of(system)
    ]

    assert any(each.messages or each.requests for each in heard)


@every_system
def test_whom_a_sample_calls_by_an_account_is_found_by_it(system: System) -> None:
    for sample in samples_of(system):
        data = system.functions.redact(sample.read_bytes())
        for part in system.functions.parse(data, {}, NOTHING).messages:
            found = linked(part, lambda _: story.to(story.FORWARDER), system.name)

            assert isinstance(found, Part)
            assert f'"{Scheme.EXTERNAL}"' not in found.message.model_dump_json()


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
