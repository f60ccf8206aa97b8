"""What is asked of Ci5, field by field."""

import json

import pytest

from adapters.ci5 import SYSTEM
from adapters.ci5.render import ASKS
from adapters.contract import HTTP_METHOD, HTTP_PATH, ON_BEHALF_OF
from ledger.law.authority import ROLES
from schemas import messages as m
from schemas.messages import ContainerMessage, Modality
from tests.adapters.fos import Fos, sample
from tests.adapters.story import AGENT, CONTAINER, DRIVER, FORWARDER, HAULIER, to


def test_a_release_asks_for_the_delivery_order() -> None:
    (document,) = Fos().say(AGENT, m.Release, release_to=to(FORWARDER))

    said = json.loads(document.content)
    assert len(said.pop("demande")) == 36
    assert said == {
        "etape": "bon-a-delivrer",
        "action": "creer",
        "conteneur": CONTAINER,
        "port": "FRFOS",
        "terminal": "EURFO",
        "connaissements": ["BLTEST0001"],
        "reference": "AGT-REL-0001",
        "demandeur": {"code": "AG01", "nom": "Demo Agent NV"},
        "destinataire": {"code": "TR01", "nom": "Demo Forwarder BV"},
        "valable_du": "2025-03-01T08:00:00+00:00",
    }
    headers = dict(document.headers)
    assert (headers[HTTP_METHOD], headers[HTTP_PATH]) == ("POST", "/demandes")
    assert headers["rb_profile"] == "ci5/assumed-2026 unverified"
    assert headers[ON_BEHALF_OF] == AGENT


@pytest.mark.parametrize(
    ("modality", "mode"),
    [(Modality.TRUCK, "route"), (Modality.BARGE, "fleuve"), (Modality.RAIL, "rail")],
)
def test_a_haulier_is_nominated_with_its_mode_and_without_a_driver(
    modality: Modality, mode: str
) -> None:
    fos = Fos()
    (release,) = fos.say(AGENT, m.Release, release_to=to(HAULIER))
    fos.answer(release)
    fos.hear(sample("vu_a_quai"))
    driver = {"driver": DRIVER} if modality is Modality.TRUCK else {}
    (document,) = fos.say(HAULIER, m.AssignPickup, modality=modality, **driver)

    said = json.loads(document.content)
    assert (said["etape"], said["action"], said["mode"]) == (
        "nomination-transporteur", "creer", mode,
    )  # fmt: skip
    assert said["passage"] == "CI50000000001"
    assert said["demandeur"] == {"code": "AG01", "nom": "Demo Agent NV"}
    assert said["transporteur"] == {"code": "TP01", "nom": "Demo Haulier BV"}
    assert dict(document.headers)[ON_BEHALF_OF] == AGENT
    assert DRIVER.ciphertext not in document.content.decode()


@pytest.mark.parametrize(
    ("model", "action"), [(m.Block, "bloquer"), (m.Delete, "supprimer"), (m.Revoke, "reprendre")]
)
def test_a_reason_goes_out_without_a_code(model: type[ContainerMessage], action: str) -> None:
    fos = Fos()
    (release,) = fos.say(AGENT, m.Release, release_to=to(FORWARDER))
    fos.answer(release)
    (document,) = fos.say(AGENT, model, reason="sortie avec 482913")

    said = json.loads(document.content)
    assert (said["action"], said["motif"]) == (action, "[redacted]")


def test_everything_that_can_be_asked_has_its_step() -> None:
    assert set(ASKS) == set(ROLES) - {*m.PHYSICAL_FACTS, m.ConfirmPickupEnd}
    assert SYSTEM.actions[m.Release.TYPE] == "Ci5 bon-a-delivrer creer"
