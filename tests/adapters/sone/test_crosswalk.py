"""Places, actors and event types: data, and the same both ways."""

from adapters.exit_steps.steps import Step
from adapters.sone import crosswalk
from adapters.sone.crosswalk import Quay
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from schemas.ports import PORTS


def test_terminal_de_france_is_mtdf_there_and_tdf_at_smdg() -> None:
    assert crosswalk.quay_of("MTDF") == Quay("FRLEH", "TDF")
    assert crosswalk.location_of(Quay("FRLEH", "TDF")) == "MTDF"


def test_the_same_code_is_another_quay_in_another_port() -> None:
    assert crosswalk.location_of(Quay("FRDKK", "TDF")) == "TDF"


def test_every_row_leads_back() -> None:
    for code in ("MTDF", "QATL", "TMS", "EUP", "TGO"):
        quay = crosswalk.quay_of(code)
        assert quay is not None
        assert crosswalk.location_of(quay) == code
        assert quay.port in crosswalk.PORTS


def test_its_ports_are_those_that_name_it_overseas_too() -> None:
    assert {port.locode for port in PORTS.values() if port.system == "sone"} == crosswalk.PORTS
    assert "GPPTP" in crosswalk.PORTS


def test_an_actor_without_a_row_is_an_external_id_that_says_whose() -> None:
    assert crosswalk.actor_of("CCGM") == PartyRef(scheme=Scheme.SCAC, code="CMDU")
    assert crosswalk.actor_of("2308522") == PartyRef(scheme=Scheme.EXTERNAL, code="sone:2308522")


def test_every_step_has_an_event_type() -> None:
    assert set(crosswalk.STEPS.values()) == set(Step)
    assert "DIR" not in crosswalk.STEPS
