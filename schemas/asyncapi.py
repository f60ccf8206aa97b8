"""The AsyncAPI 3.0 document: which message stands on which topic, with which headers and key."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schemas import topics
from schemas.envelope import MAX_ATTRIBUTE_LENGTH, SPEC_VERSION
from schemas.evolution.upcasts import SCHEMA_VERSION
from schemas.json_schemas import MESSAGES, OUTPUTS
from schemas.message_types import ON_TOPIC
from schemas.messages import ContainerMessage, OrganisationMessage, Resume, Tick
from schemas.override_messages import SettleDispute
from schemas.signatures import (
    AUTHENTICATION,
    CALL_HEADERS,
    CHANNEL,
    DOMAIN,
    LONGEST_SIGNATURE,
    ON_BEHALF_OF,
    SIGNATURE,
    SIGNED_HEADERS,
)
from schemas.topics import Topic

KAFKA_BINDING = "0.5.0"
_FOR_THE_BUS_ALONE = {"x-internal": True}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """A topic, or a family of topics with parameters in their name, as the document tells it.

    `received` is from the bus's side: it receives what parties send. `internal` topics are
    nobody's business but the bus's own.
    """

    id: str
    topic: Topic
    messages: tuple[str, ...]
    received: bool = False
    internal: bool = False
    parameters: tuple[str, ...] = ()


def document() -> Json:
    """Return the document; payloads are references to the schemas beside it."""
    channels = tuple(_channels())
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "The release bus",
            "version": f"{SCHEMA_VERSION}.0.0",
            "description": (
                "Release rights of containers, from the carrier to the gate. Every record is a "
                "CloudEvent in Kafka's binary mode. An answer to each message comes on its "
                "sender's outbox, by the ce_id that the sender gave."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.id: _channel(channel) for channel in channels},
        "operations": {
            f"{_action(channel)}_{channel.id}": _operation(channel) for channel in channels
        },
        "components": {
            "messages": _messages(),
            "schemas": {"cloudEvent": CLOUD_EVENT},
            "parameters": {name: {"description": text} for name, text in PARAMETERS.items()},
        },
    }


# --- which message on which topic --------------------------------------------------------------

_LOGGED = {
    topics.LEDGER_LOG.name: (ContainerMessage, Resume, SettleDispute, Tick),
    topics.DIRECTORY_LOG.name: (OrganisationMessage, Tick),
}
_SAID = {
    topics.LEDGER_FACTS.name: ("fact_record",),
    topics.DIRECTORY_FACTS.name: ("fact_record",),
    topics.BOARD.name: ("board_line",),
    topics.HEADS.name: ("head",),
    topics.DEAD_LETTERS.name: ("dead_letter",),
    topics.EDI_IN.name: ("interchange", "interchange_file"),
    topics.EDI_OUT.name: ("interchange",),
    topics.EDI_ANSWERS.name: ("partner_answer",),
}
_RECEIVED = {topics.EDI_IN.name}
_INTERNAL = {topics.LEDGER_LOG.name, topics.DIRECTORY_LOG.name, topics.LEDGER_FACTS.name}

PARAMETERS = {
    "port": "The port, a UN/LOCODE in lower case: beanr.",
    "terminal": "The terminal's code in that port, in lower case: 1742.",
    "organisation": "The organisation's NxtPort id in lower case: nxt21000000001.",
    "system": "The community system, as its folder in adapters/ is called: antwerp_cpu.",
}


def _channels() -> Iterable[Channel]:
    for topic in topics.FIXED:
        if topic not in topics.OUTBOXES_OF_DOORS:  # told as the outboxes below
            yield _fixed(topic)
    rights = topics.pickup_rights("{port}", "{terminal}")
    yield Channel(
        "pickup_rights", rights, ("entitlement", "heartbeat"), parameters=("port", "terminal")
    )
    outbox = topics.outbox("{organisation}")
    yield Channel("outbox", outbox, ("notice",), parameters=("organisation",))
    documents = ("system_document",)
    out, back = topics.system_out("{system}"), topics.system_in("{system}")
    yield Channel("system_out", out, documents, internal=True, parameters=("system",))
    yield Channel(
        "system_in", back, documents, received=True, internal=True, parameters=("system",)
    )
    for own in topics.OF_THEIR_OWN.values():
        yield Channel(_identity(own), own, documents, received=True, internal=True)


def _fixed(topic: Topic) -> Channel:
    name, identity = topic.name, _identity(topic)
    if name in ON_TOPIC:
        return Channel(identity, topic, _names(ON_TOPIC[name]), received=True)
    if name in _LOGGED:
        kinds = tuple(
            MESSAGES[each] for each in MESSAGES if issubclass(MESSAGES[each], _LOGGED[name])
        )
        return Channel(identity, topic, _names(kinds), internal=True)
    return Channel(identity, topic, _SAID[name], name in _RECEIVED, name in _INTERNAL)


def _identity(topic: Topic) -> str:
    return topic.name.replace(".", "_")


def _names(models: Iterable[Any]) -> tuple[str, ...]:
    names = {model: name for name, model in MESSAGES.items()}
    return tuple(names[model] for model in models)


def _channel(channel: Channel) -> Json:
    topic = channel.topic
    told: Json = {
        "address": topic.name,
        "description": f"{_sentence(topic.purpose)} The record key: {topic.key}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in channel.messages},
    }
    if channel.parameters:
        told["parameters"] = {
            name: {"$ref": f"#/components/parameters/{name}"} for name in channel.parameters
        }
    told["bindings"] = {"kafka": _topic_binding(topic)}
    return told | (_FOR_THE_BUS_ALONE if channel.internal else {})


def _topic_binding(topic: Topic) -> Json:
    config: Json = dict(topic.config())
    config["cleanup.policy"] = [config["cleanup.policy"]]
    for number in {"retention.ms", "max.message.bytes", "segment.ms"} & config.keys():
        config[number] = int(config[number])
    return {
        "partitions": topic.partitions,
        "topicConfiguration": config,
        "bindingVersion": KAFKA_BINDING,
    }


def _operation(channel: Channel) -> Json:
    told = {
        "action": _action(channel),
        "channel": {"$ref": f"#/channels/{channel.id}"},
        "summary": _sentence(channel.topic.purpose),
    }
    return told | (_FOR_THE_BUS_ALONE if channel.internal else {})


def _action(channel: Channel) -> str:
    return "receive" if channel.received else "send"


def _sentence(purpose: str) -> str:
    return f"{purpose[0].upper()}{purpose[1:]}."


# --- the messages ------------------------------------------------------------------------------

SIGNED_BY: Json = {
    SIGNATURE: {
        "type": "string",
        "maxLength": LONGEST_SIGNATURE,
        "description": (
            "On what parties send: a JWS (RFC 7515) with its payload left out, EdDSA (Ed25519), "
            "its header exactly alg and kid. The payload is a fixed list of netstrings: "
            f"{DOMAIN.decode()}, the topic's name, the record key, the headers "
            f"{', '.join(SIGNED_HEADERS)} (empty where left out), SHA-256 of the value in hex; "
            f"then name and value of each of {', '.join(CALL_HEADERS)} that is there."
        ),
    },
    ON_BEHALF_OF: {
        "type": "string",
        "description": "The NxtPort id of whom a gateway speaks for; it signs as itself.",
    },
    AUTHENTICATION: {
        "type": "string",
        "description": "How the gateway knew that party, in its own words; kept as evidence.",
    },
    CHANNEL: {
        "type": "string",
        "description": "Over what the party's message came to the gateway, such as https.",
    },
}
CLOUD_EVENT: Json = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka protocol binding in binary mode; all values UTF-8.",
    "required": ["ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time"],
    "properties": {
        "ce_id": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_ATTRIBUTE_LENGTH,
            "description": "Once used, for ever used: the same id with other content is refused.",
        },
        "ce_source": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_ATTRIBUTE_LENGTH,
            "description": (
                "urn:releasebus:organisation: and the sender's NxtPort id; a door of onboarding "
                "is urn:releasebus: and its name."
            ),
        },
        "ce_type": {"type": "string", "minLength": 1, "maxLength": MAX_ATTRIBUTE_LENGTH},
        "ce_specversion": {"type": "string", "const": SPEC_VERSION},
        "ce_time": {
            "type": "string",
            "format": "date-time",
            "description": "When it happened at the source; it never orders anything.",
        },
        "ce_subject": {"type": "string", "description": "What it is about: the container."},
        "ce_dataschema": {"type": "string"},
        "content-type": {"type": "string", "description": "application/json where left out."},
        **SIGNED_BY,
    },
}
_CLOUD_EVENT = {"$ref": "#/components/schemas/cloudEvent"}

_OUTPUT_TITLES = {
    "board_line": "A container as anybody in the port may see it",
    "entitlement": "The right to collect one container",
    "fact_record": "One entry of the ledger",
    "head": "The signed head of a shard's chain",
    "heartbeat": "How far a terminal's view is complete",
    "notice": "An answer, or what happens to a party's container",
    "partner_answer": "What an EDIFACT partner answered, that it did not, or was not sent",
}
# They are of the bus as a whole rather than of an event, and come without an envelope.
_WITHOUT_ENVELOPE = {"heartbeat", "head"}


def _messages() -> Json:
    said = {name: _output(name) for name in OUTPUTS}
    return (
        {name: _input(name) for name in MESSAGES}
        | said
        | {
            "dead_letter": {
                "title": "What could not be read",
                "description": (
                    "Key, headers and bytes as they came, or a digest of bytes that may show an "
                    "identity; what was wrong stands in headers that begin with dlq-."
                ),
                "contentType": "application/octet-stream",
            },
            "interchange": {
                "title": "An EDIFACT interchange, bytes as they came or as they are sent",
                "headers": _CLOUD_EVENT,
                "contentType": "application/EDIFACT",
            },
            "interchange_file": {
                "title": "Word of a file that no record takes, from the gateway that watches it",
                "description": (
                    "The SHA-256 of the file in small hex digits, its bytes, its name. The file "
                    "lies in its partner's folder; the gateway's signature is over its digest."
                ),
                "headers": _CLOUD_EVENT,
                "payload": {
                    "type": "object",
                    "required": ["sha256", "size", "name"],
                    "properties": {
                        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                        "size": {"type": "integer", "minimum": 0},
                        "name": {"type": "string"},
                    },
                },
            },
            "system_document": {
                "title": "A document in the system's own format",
                "contentType": "application/octet-stream",
            },
        }
    )


def _input(name: str) -> Json:
    ce_type = f"releasebus.{name}"
    return {
        "name": ce_type,
        "title": MESSAGES[name].__name__,
        "headers": {
            "type": "object",
            "allOf": [_CLOUD_EVENT, {"properties": {"ce_type": {"const": ce_type}}}],
        },
        "payload": {"$ref": f"./messages/{name}.json"},
        "correlationId": {"location": "$message.header#/ce_id"},
        "bindings": {"kafka": _key(name)},
    }


def _key(name: str) -> Json:
    model = MESSAGES[name]
    if issubclass(model, ContainerMessage | Resume | SettleDispute):
        whose = "The container number, as in the message."
    elif issubclass(model, OrganisationMessage):
        whose = "The organisation's NxtPort id, as in the message."
    else:
        # A tick is put on every partition by its number.
        return {"bindingVersion": KAFKA_BINDING}
    return {"key": {"type": "string", "description": whose}, "bindingVersion": KAFKA_BINDING}


def _output(name: str) -> Json:
    told: Json = {"name": name, "title": _OUTPUT_TITLES[name]}
    if name not in _WITHOUT_ENVELOPE:
        told["headers"] = _CLOUD_EVENT
    told["payload"] = {"$ref": f"./outputs/{name}.json"}
    if name == "notice":
        told["correlationId"] = {"location": "$message.payload#/answer/message_id"}
    told["bindings"] = {"kafka": {"key": {"type": "string"}, "bindingVersion": KAFKA_BINDING}}
    return told
