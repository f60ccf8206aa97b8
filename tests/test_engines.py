"""The tests take the best engines that are to be had, and say which."""

from collections.abc import Mapping

import pytest

from tests.engines import (
    DATABASE_VARIABLE,
    KAFKA_IMAGE,
    KAFKA_VARIABLE,
    POSTGRES_IMAGE,
    Choice,
    Engines,
    Origin,
    choose_database,
    choose_kafka,
)

GIVEN = {
    KAFKA_VARIABLE: "broker:9092",
    DATABASE_VARIABLE: "postgresql+psycopg://someone:secret@db:5432/postgres",
}


@pytest.mark.parametrize(
    ("environment", "no_docker", "no_local", "origin"),
    [
        (GIVEN, None, None, Origin.GIVEN),
        (GIVEN, "no Docker engine", "no Java", Origin.GIVEN),
        ({}, None, None, Origin.CONTAINER),
        ({}, None, "no Java", Origin.CONTAINER),
        ({}, "no Docker engine", None, Origin.LOCAL),
        ({}, "no Docker engine", "no Java", Origin.EMBEDDED),
    ],
)
def test_the_best_engines_are_taken(
    environment: Mapping[str, str], no_docker: str | None, no_local: str | None, origin: Origin
) -> None:
    asked: list[str] = []

    def lack_of_containers(image: str) -> str | None:
        asked.append(image)
        return no_docker

    for choose, image in ((choose_kafka, KAFKA_IMAGE), (choose_database, POSTGRES_IMAGE)):
        choice = choose(
            environment, lack_of_containers=lack_of_containers, lack_of_local=lambda: no_local
        )
        assert choice.origin is origin
        assert choice.is_real is (origin is not Origin.EMBEDDED)
        assert asked == ([] if environment else [image])
        asked.clear()


def test_an_embedded_engine_is_named_with_what_the_machine_lacks() -> None:
    embedded = choose_kafka(
        {}, lack_of_containers=lambda _: "no Docker engine", lack_of_local=lambda: "no Java"
    )
    assert str(embedded) == "noida-db (EMBEDDED), since: no Docker engine; no Java"
    real = Choice("PostgreSQL", Origin.LOCAL)
    assert not Engines(embedded, real).are_real
    assert Engines(real, real).are_real


def test_a_given_database_is_told_without_its_password() -> None:
    choice = choose_database(GIVEN, lack_of_containers=lambda _: None, lack_of_local=lambda: None)
    assert str(choice) == "PostgreSQL (given by the environment, db:5432)"
