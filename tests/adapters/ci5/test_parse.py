"""Ci5's steps and answers by the assumed profile, field by field, in whatever order."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ci5 import SYSTEM
from adapters.contract import HTTP_STATUS, IN_REPLY_TO, NOTHING, Parsed
from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, Modality, PartyRef
from schemas.observed import ObservedLight, ObservedStatus
from schemas.stay import ReleaseStatus
from schemas.system_messages import AnswerRequest, ObservedPickup, ObserveRelease
from tests.adapters.fos import SAMPLES, Fos, sample
from tests.adapters.story import AGENT, CONTAINER, FORWARDER, HAULIER, to
from tests.rows import each_row

parse = SYSTEM.functions.parse
STEPS = (
    "vu_a_quai", "bon_a_delivrer", "bon_de_douane", "nomination_transporteur",
    "autorisation_de_sortie", "sortie",
)  # fmt: skip


def heard(*bodies: bytes) -> list[Parsed]:
    memory, found = NOTHING, []
    for body in bodies:
        found.append(parse(body, {}, memory))
        memory = found[-1].memory
    return found


def observed(parsed: Parsed) -> ObserveRelease:
    (part,) = parsed.messages
    assert isinstance(part.message, ObserveRelease)
    return part.message


def test_a_step_that_is_dated_far_ahead_can_be_taken_back() -> None:
    headers = {"ce_time": "2026-03-02T08:00:00+00:00"}
    released = sample("bon_de_douane", date="2206-03-01T07:00:00+01:00")
    withdrawn = sample("bon_de_douane", date="2026-03-02T09:00:00+01:00", etat="annule")
    first = parse(released, headers, NOTHING)
    then = parse(withdrawn, headers, first.memory)

    assert first.messages[0].findings == ("time_ahead: $.date",)
    assert observed(first).customs is CustomsStatus.RELEASED
    assert observed(then).customs is CustomsStatus.NOT_RELEASED


def test_the_same_step_at_another_terminal_is_another_step() -> None:
    first, second = (heard(sample("vu_a_quai", terminal=quay))[0] for quay in ("EURFO", "MEDFO"))

    assert first.messages[0].id != second.messages[0].id


def external(code: str) -> PartyRef:
    return PartyRef(scheme=Scheme.EXTERNAL, code=f"ci5:{code}")


@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("vu_a_quai", "discharged", True),
        ("bon_a_delivrer", "status", ObservedStatus.RELEASED),
        ("bon_a_delivrer", "agent", external("AG01")),
        ("bon_a_delivrer", "holders", (external("TR01"),)),
        ("bon_a_delivrer", "bills_of_lading", ("BLTEST0001",)),
        ("bon_de_douane", "customs", CustomsStatus.RELEASED),
        (
            "nomination_transporteur",
            "pickup",
            ObservedPickup(operator=external("TP01"), modality=Modality.TRUCK),
        ),
        ("autorisation_de_sortie", "terminal_light", ObservedLight.RELEASED),
        ("sortie", "gate_out", True),
    ],
)
def test_what_each_step_comes_to(name: str, member: str, value: object) -> None:
    (parsed,) = heard(sample(name))

    said = observed(parsed)
    assert getattr(said, member) == value
    assert (said.container, said.port, said.terminal) == (CONTAINER, "FRFOS", "EURFO")
    assert said.stay_number == "CI50000000001"


@each_row("name", STEPS)
@each_row("state", ["annule", "peut-être"])
def test_a_step_that_does_not_hold_gives_nothing(name: str, state: str) -> None:
    (parsed,) = heard(sample(name, etat=state))

    said = observed(parsed)
    assert said.status is not ObservedStatus.RELEASED
    assert said.customs is not CustomsStatus.RELEASED
    assert said.terminal_light is not ObservedLight.RELEASED
    assert said.pickup is None
    assert not said.gate_out
    assert ("code_unknown: $.etat" in parsed.messages[0].findings) == (state != "annule")


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("VAQ", "vu_a_quai"),
        ("Vu à quai", "vu_a_quai"),
        ("BAD", "bon_a_delivrer"),
        ("BàD", "bon_a_delivrer"),
        ("Bon à délivrer", "bon_a_delivrer"),
        ("AMD", "nomination_transporteur"),
    ],
)
def test_the_names_of_ap_plus_are_aliases(alias: str, name: str) -> None:
    spelt = name.replace("_", "-")
    (by_alias,) = heard(sample(name, etape=alias))
    (by_name,) = heard(sample(name, etape=spelt))

    assert observed(by_alias) == observed(by_name)


@each_row("order", list(itertools.permutations(range(4))))
def test_however_steps_overtake_each_other_they_come_to_the_same(order: tuple[int]) -> None:
    bodies = (
        sample("vu_a_quai"),
        sample("bon_a_delivrer"),
        sample("nomination_transporteur"),
        sample("nomination_transporteur", transporteur="TP02", date="2026-03-01T11:30:00+01:00"),
    )
    last = observed(heard(*(bodies[place] for place in order))[-1])

    assert last.discharged is True
    assert last.status is ObservedStatus.RELEASED
    assert last.pickup == ObservedPickup(operator=external("TP02"), modality=Modality.TRUCK)


def test_a_step_told_twice_says_nothing_twice() -> None:
    first, again = heard(sample("vu_a_quai"), sample("vu_a_quai"))

    assert len(first.messages) == 1
    assert (again.messages, again.problems, again.memory) == ((), (), first.memory)


def test_a_passage_that_is_over_does_not_come_back() -> None:
    _, new, late = heard(
        sample("sortie"),
        sample("vu_a_quai", passage="CI50000000002"),
        sample("bon_a_delivrer"),
    )

    assert observed(new).gate_out is None
    assert [problem.code for problem in late.problems] == ["passage_over"]


@each_row(
    ("body", "code", "position"),
    [
        (sample("vu_a_quai", etape="danse"), "code_unknown", "$.etape"),
        (sample("vu_a_quai", port="FRLEH"), "port_unknown", "$.port"),
        (sample("vu_a_quai", date="hier"), "field_invalid", "$.date"),
        (sample("vu_a_quai", date="2026-03-01T08:00:00"), "field_invalid", "$.date"),
        (sample("vu_a_quai", terminal=None), "field_missing", "$.terminal"),
        (sample("vu_a_quai", conteneur=""), "field_invalid", "$.container"),
        (sample("vu_a_quai", agent="x" * 300), "field_invalid", "$.code"),
        (
            sample("bon_a_delivrer", connaissements=[f"B{place}" for place in range(41)]),
            "field_invalid",
            "$.bills_of_lading",
        ),
        (sample("reponse"), "request_unknown", "$.demande"),
        (b"{}", "type_unknown", "$"),
        (b"[1]", "type_unknown", "$"),
    ],
)
def test_what_cannot_be_read_says_where(body: bytes, code: str, position: str) -> None:
    (parsed,) = heard(body)

    assert [(each.code, each.position) for each in parsed.problems] == [(code, position)]
    assert parsed.messages == ()


def test_what_nobody_knows_is_a_finding() -> None:
    (parsed,) = heard(sample("vu_a_quai", couleur="rouge"))

    assert parsed.messages[0].findings == (
        "code_normalised: $.etape",
        "unknown_member: $.couleur",
    )


words = st.sampled_from(
    [*json.loads((SAMPLES / "nomination_transporteur.json").read_bytes()), "demande", "statut"]
)


@given(st.dictionaries(words, st.none() | st.text(max_size=8) | st.integers() | st.just([1])))
def test_nothing_raises_and_nothing_is_lost(content: object) -> None:
    parsed = parse(json.dumps(content).encode(), {}, NOTHING)

    assert parsed.messages or parsed.problems


@given(words, st.none() | st.text(max_size=8) | st.integers() | st.just([1]))
def test_a_sample_with_one_member_gone_wrong_raises_nothing(name: str, value: object) -> None:
    parsed = parse(sample("nomination_transporteur", **{name: value}), {}, NOTHING)

    assert parsed.messages or parsed.problems


def test_what_was_not_redacted_is_not_read() -> None:
    body = sample("vu_a_quai", commentaire="code 482913")
    (problem,) = parse(body, {}, NOTHING).problems

    assert problem.sensitive
    assert parse(SYSTEM.functions.redact(body), {}, NOTHING).messages


def test_a_request_that_is_taken_without_a_word_is_open_and_one_refused_so_is_a_problem() -> None:
    assert parse(b"", {HTTP_STATUS: "202"}, NOTHING).problems == ()
    assert parse(b"", {HTTP_STATUS: "422"}, NOTHING).problems
    assert parse(b"", {}, NOTHING).problems


def test_a_memory_that_is_none_is_a_problem_not_a_fresh_start() -> None:
    parsed = parse(sample("vu_a_quai"), {}, '{"version":9}')

    assert [problem.code for problem in parsed.problems] == ["memory_unreadable"]


def test_what_comes_belongs_to_its_container_or_to_that_of_the_call() -> None:
    correlation = SYSTEM.functions.correlation_of_bytes
    reply = {IN_REPLY_TO: f"ledger-3-12.ci5.demande.{CONTAINER}.ci5"}

    assert correlation(sample("vu_a_quai"), {}) == CONTAINER
    assert correlation(sample("reponse"), reply) == CONTAINER
    assert correlation(sample("reponse"), {IN_REPLY_TO: "x.y.z.w.v"}) == ""


# --- with the ledger -----------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "accepted"), [("accepté", True), ("refuse", False)])
def test_an_answer_ends_its_request_once(status: str, *, accepted: bool) -> None:
    fos = Fos()
    (document,) = fos.say(AGENT, m.Release, release_to=to(FORWARDER))
    (part,) = fos.answer(document, status, motif="TCT 482913 expiré").messages

    assert isinstance(part.message, AnswerRequest)
    assert part.message.accepted is accepted
    assert part.message.reason == "[redacted]"
    again = fos.answer(document, status)
    assert (again.messages, again.problems) == ((), ())
    other = "accepté" if status == "refuse" else "refuse"
    assert [each.code for each in fos.answer(document, other).problems] == ["request_unknown"]


def test_a_request_that_is_pending_stays_open() -> None:
    fos = Fos()
    (document,) = fos.say(AGENT, m.Release, release_to=to(FORWARDER))

    assert fos.answer(document, "en attente").messages == ()
    assert len(fos.answer(document).messages) == 1


def test_a_container_goes_from_the_quay_to_the_gate() -> None:
    fos = Fos()
    (document,) = fos.say(AGENT, m.Release, release_to=to(FORWARDER))
    fos.answer(document)
    for hour, name in enumerate(STEPS[:3]):
        fos.hear(sample(name, date=f"2025-03-01T0{hour}:00:00+01:00"))
    (stay,) = fos.story.file.stays
    assert (stay.agent, stay.accepted_holder) == (AGENT, FORWARDER)

    fos.hear(sample("nomination_transporteur", date="2025-03-01T03:00:00+01:00"))
    fos.hear(sample("autorisation_de_sortie", date="2025-03-01T04:00:00+01:00"))

    (stay,) = fos.story.file.stays
    assert stay.pickup is not None
    assert stay.pickup.operator == HAULIER
    assert missing_to_leave(stay, fos.story.now, Policy()) == ()
    fos.hear(sample("sortie", date="2025-03-01T05:00:00+01:00"))
    (stay,) = fos.story.file.stays
    assert stay.status is ReleaseStatus.GATED_OUT
