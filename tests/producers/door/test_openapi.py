"""The OpenAPI document describes every route of the door, by the models that read the bodies."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from starlette.routing import Route

from producers.door.app import app_of, systems
from producers.door.openapi import FILE, document
from tests.adapters.antwerp_cpu.samples import members
from tests.producers.door.house import ROOT, House

DOCS = Path(__file__).parents[3] / "docs" / "schemas"


def test_it_describes_every_route_and_no_other() -> None:
    routes = [route for route in app_of(House().door()).routes if isinstance(route, Route)]
    served = {(route.path, method.lower()) for route in routes for method in route.methods or ()}
    served -= {(path, "head") for path, _ in served}  # Starlette's, with each that only asks

    described = {(path, verb) for path, each in document()["paths"].items() for verb in each}
    assert described == served
    assert len(served) == sum(len(system.described) for system in systems())


def test_every_reference_leads_somewhere() -> None:
    content = document()
    for found in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(content)):
        place = content
        for step in found.split("/"):
            place = place[step]


def test_what_is_only_assumed_is_marked() -> None:
    marked = {
        (method, path.rpartition("/")[2])
        for path, each in document()["paths"].items()
        for method, operation in each.items()
        if "x-unverified" in operation and not path.startswith("/hooks/")
    }

    assert marked == {
        ("put", "commercial-release"),
        ("put", "gate-out"),
        ("get", "{equipment_number}"),
        ("get", "release-rights"),
        ("get", "release-lights-status"),
        ("get", "green-light-status"),
        ("get", "notifications"),
        ("get", "entities"),
        ("get", "publickey"),
    }


def test_of_a_webhook_it_is_said_that_nobody_confirmed_how_its_system_is_known() -> None:
    hooks = [each["post"] for path, each in document()["paths"].items() if "/hooks/" in path]

    assert len(hooks) == 2
    assert all("x-unverified" in each and each["security"] == [] for each in hooks)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/{port_locode}/containers/{equipment_number}/import/commercial-release", "E1"),
        ("/{port_locode}/containers/{equipment_number}/import/pickup-rights", "E11"),
        ("/{port_locode}/sync-validation/pickup/containers", "E15a"),
    ],
)
def test_cpus_own_samples_fit_it(path: str, number: str) -> None:
    content = document()
    (operation,) = content["paths"][ROOT + path].values()
    asked = operation["requestBody"]["content"]["application/json"]["schema"]

    validator = jsonschema.Draft202012Validator({**content, **asked})
    assert list(validator.iter_errors(members(number))) == []
    assert list(validator.iter_errors([])) != []


def test_the_one_that_is_published_is_current() -> None:
    assert json.loads((DOCS / FILE).read_text(encoding="utf-8")) == document()
