"""Who we are on Kafka is said in one place, whole or not at all, and never shown."""

from pathlib import Path

import pytest

from consumers.reach import BrokerAway, reach_broker
from producers.client import BusAddress
from producers.login import (
    LOGIN_VARIABLES,
    Broker,
    Login,
    LoginUnclear,
    Mechanism,
    Protocol,
    connection,
    login_in,
)

SECRET = "not-to-be-seen"
USER = {"RELEASEBUS_KAFKA_USER": "intake"}


def test_without_a_user_nobody_logs_in() -> None:
    assert login_in({}) is None
    assert connection("here:9092") == {"bootstrap_servers": "here:9092"}
    assert connection(Broker("here:9092")) == {"bootstrap_servers": "here:9092"}


def test_a_user_logs_in_over_tls_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    (tmp_path / "intake").write_text(f"{SECRET}\n", encoding="utf-8")
    login = login_in({**USER, "RELEASEBUS_KAFKA_PASSWORD_FILE": str(tmp_path / "intake")})
    assert login == Login("intake", SECRET, Protocol.SASL_SSL, Mechanism.SCRAM_SHA_512)

    settings = connection(Broker("here:9092", login))
    assert settings.pop("ssl_context") is not None
    assert settings == {
        "bootstrap_servers": "here:9092",
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "intake",
        "sasl_plain_password": SECRET,
    }


def test_plain_text_is_taken_only_where_it_is_asked_for() -> None:
    login = login_in(
        {
            **USER,
            "RELEASEBUS_KAFKA_PASSWORD": SECRET,
            "RELEASEBUS_KAFKA_PROTOCOL": "SASL_PLAINTEXT",
            "RELEASEBUS_KAFKA_MECHANISM": "SCRAM-SHA-256",
        }
    )
    settings = connection(Broker("here:9092", login))
    assert settings["security_protocol"] == "SASL_PLAINTEXT"
    assert settings["ssl_context"] is None
    assert settings["sasl_mechanism"] == "SCRAM-SHA-256"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (USER, "RELEASEBUS_KAFKA_PASSWORD_FILE"),
        ({"RELEASEBUS_KAFKA_PASSWORD": SECRET}, "RELEASEBUS_KAFKA_USER"),
        ({"RELEASEBUS_KAFKA_PASSWORD_FILE": "/there"}, "RELEASEBUS_KAFKA_USER"),
        ({**USER, "RELEASEBUS_KAFKA_PASSWORD_FILE": "/no/such/file"}, "/no/such/file: No such"),
        (
            {
                **USER,
                "RELEASEBUS_KAFKA_PASSWORD": SECRET,
                "RELEASEBUS_KAFKA_PASSWORD_FILE": "/no",
            },
            "not both",
        ),
        (
            {
                **USER,
                "RELEASEBUS_KAFKA_PASSWORD": SECRET,
                "RELEASEBUS_KAFKA_PROTOCOL": "PLAINTEXT",
            },
            "SASL_SSL, SASL_PLAINTEXT",
        ),
        (
            {**USER, "RELEASEBUS_KAFKA_PASSWORD": SECRET, "RELEASEBUS_KAFKA_MECHANISM": "PLAIN"},
            "SCRAM-SHA-512",
        ),
    ],
)
def test_half_a_login_is_refused_and_says_what_lacks(
    environment: dict[str, str], told: str
) -> None:
    with pytest.raises(LoginUnclear, match=told) as refused:
        login_in(environment)
    assert SECRET not in str(refused.value)
    assert environment.keys() <= LOGIN_VARIABLES


def test_a_password_stands_in_no_repr_and_no_text() -> None:
    broker = Broker("here:9092", Login("intake", SECRET))
    address = BusAddress(broker, "test.")
    shown = f"{broker} {broker!r} {broker.login} {broker.login!r} {address} {address!r}"
    assert "intake" in shown
    assert SECRET not in shown
    assert str(broker) == "here:9092"


async def test_a_broker_that_is_away_is_told_as_away_also_to_who_logs_in() -> None:
    login = Login("intake", SECRET, Protocol.SASL_PLAINTEXT)
    with pytest.raises(BrokerAway) as away:
        await reach_broker(Broker("127.0.0.1:1", login))
    assert SECRET not in repr(away.value)
