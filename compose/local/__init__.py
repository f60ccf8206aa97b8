"""Kafka and PostgreSQL on one machine without containers, started and stopped as values."""

from compose.local.embedded_broker import EmbeddedBroker
from compose.local.engine import EngineBroken, EngineUnavailable
from compose.local.kafka import LocalKafka
from compose.local.postgres import LocalPostgres, StopMode
from compose.local.secured_kafka import SecuredKafka

__all__ = [
    "EmbeddedBroker",
    "EngineBroken",
    "EngineUnavailable",
    "LocalKafka",
    "LocalPostgres",
    "SecuredKafka",
    "StopMode",
]
