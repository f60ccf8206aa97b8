"""`releasebus publish`: put one message on a topic as it is, and hear what the ledger says."""

import asyncio
import json
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_KAFKA,
    DEFAULT_LANGUAGE,
    AsJson,
    BootstrapServers,
    Namespace,
    SpokenLanguage,
)
from cli.publish_edi import SUFFIX, Bringing, bring
from cli.voice import console, emit
from producers.login import Servers
from schemas.doors import Door, door_of
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.message_types import ON_TOPIC
from schemas.notices import ANSWERED, Answered
from schemas.topics import DIRECTORY_INPUTS, INPUTS, Topic
from schemas.words import Language

TOPICS = {topic.name: topic for topic in (*INPUTS, *DIRECTORY_INPUTS)}
WELL = frozenset({"applied", "duplicate", "waiting"})
SealingKey = Annotated[
    str,
    typer.Option(
        metavar="KEY_ID:PUBLIC_KEY",
        help="Of the terminal: seal the driver in Certified Pick up's own pick-up right.",
    ),
]
File = Annotated[
    str, typer.Argument(help="The file with the message's data, or - ; or an interchange.edi.")
]
OnTopic = Annotated[str, typer.Option(help=f"One of {', '.join(TOPICS)}.")]
Source = Annotated[
    str,
    typer.Option(
        help="The sender: an NxtPort id, `register` or another door, or a whole ce_source."
    ),
]
OfType = Annotated[
    str, typer.Option("--type", help="Such as accept, or a whole ce_type.", metavar="TYPE")
]
OfPartner = Annotated[
    str, typer.Option(metavar="NAME", help="Of an .edi file: whose interchange it is.")
]
OnBehalfOf = Annotated[
    str,
    typer.Option(
        metavar="NXTPORT_ID",
        help="Of an .edi file: the partner's organisation, where --source speaks for it.",
    ),
]
KeyFile = Annotated[Path | None, typer.Option(help="Sign with the sender's key in this file.")]


@dataclass(frozen=True, slots=True)
class Post:
    """One message to be published."""

    topic: Topic
    key: bytes
    value: bytes
    envelope: Envelope
    key_file: Path | None = None

    @property
    def organisation(self) -> str:
        """Whose outbox the answer comes on."""
        source = self.envelope.source
        return door_of(source) or source.removeprefix(ORGANISATION_SOURCE)


@ending
def publish(  # noqa: PLR0913 - a command's options are its parameters
    file: File,
    *,
    topic: OnTopic = "",
    source: Source = "",
    type_: OfType = "",
    partner: OfPartner = "",
    on_behalf_of: OnBehalfOf = "",
    message_id: Annotated[
        str, typer.Option("--id", help="The ce_id; a new one by default. One id counts once.")
    ] = "",
    key: Annotated[
        str, typer.Option(help="The record key; by default what the message is about.")
    ] = "",
    content_type: Annotated[str, typer.Option(help="Of the data.")] = "application/json",
    sealing_key: SealingKey = "",
    key_file: KeyFile = None,
    wait_seconds: Annotated[
        float, typer.Option(min=0, help="How long to wait for the answer; 0: not at all.")
    ] = 10.0,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Publish FILE as one message, as it is but for --sealing-key, and hear the ledger's answer.

    FILE.edi goes in as --partner's whole interchange, which is answered on edi.out.v1. Ends with
    1 where the message is refused or unreadable, or no answer comes in time.
    """
    if file.lower().endswith(SUFFIX):
        _refuse_unheard({"topic": topic, "type": type_, "id": message_id, "key": key})
        whole = Bringing(partner, _read(file), source, on_behalf_of, key_file)
        bring(bootstrap_servers, namespace, whole, as_json=as_json)
        return
    _check_said(topic, source, type_)
    value = _sealed(_read(file), sealing_key) if sealing_key else _read(file)
    envelope = Envelope(
        id=message_id or str(uuid.uuid4()),
        source=_source(source),
        type=_type(type_, topic),
        time=datetime.now(UTC),
        subject=key or _subject(value),
        content_type=content_type,
    )
    post = Post(TOPICS[topic], envelope.subject.encode(), value, envelope, key_file)
    answer = asyncio.run(_publish(bootstrap_servers, namespace, post, wait_seconds))
    _report(post, answer, language, as_json=as_json, waited=wait_seconds > 0)


def _refuse_unheard(said: Mapping[str, str]) -> None:
    """Raise Told where something is said that an interchange says itself, or follows from it."""
    unheard = ", ".join(f"--{name}" for name, value in said.items() if value)
    if unheard:
        raise Told(f"Of an .edi file nothing comes of {unheard}: leave it away.", Exit.USAGE)


def _check_said(topic: str, source: str, type_: str) -> None:
    if topic not in TOPICS:
        raise Told(f"Messages come on {', '.join(TOPICS)}; not on {topic!r}.", Exit.USAGE)
    if not source or not type_:
        raise Told("Say who sends it and what it is: --source and --type.", Exit.USAGE)


async def _publish(
    bootstrap_servers: Servers, namespace: str, post: Post, wait_seconds: float
) -> Answered | None:
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run
    from producers.client import BusAddress  # noqa: PLC0415 - the same
    from producers.outbox import Outbox  # noqa: PLC0415 - the same
    from producers.raw import RawProducer  # noqa: PLC0415 - the same
    from producers.signing import message_key  # noqa: PLC0415 - the same

    signs = None if post.key_file is None else message_key(post.key_file)
    await reach_broker(bootstrap_servers)
    outbox = Outbox(bootstrap_servers, namespace, post.organisation)
    outbox.expect([post.envelope.id])
    await outbox.open()
    try:
        async with RawProducer(BusAddress(bootstrap_servers, namespace), signs) as producer:
            headers = headers_of(post.envelope)
            await producer.publish(post.topic, post.key or None, post.value, headers)
        if not wait_seconds:
            return None
        async with asyncio.timeout(wait_seconds):
            return await outbox.answer(post.envelope.id)
    except TimeoutError:
        return None
    finally:
        await outbox.close()


def _report(
    post: Post, answer: Answered | None, language: Language, *, as_json: bool, waited: bool
) -> None:
    if as_json:
        told = None if answer is None else ANSWERED.shown(answer)
        emit({"id": post.envelope.id, "topic": post.topic.name, "answer": told})
    elif answer is None:
        console().print(f"published as {post.envelope.id}")
    else:
        from cli.words import answer_in_words  # noqa: PLC0415 - heavy: only when it is run

        console().print(answer_in_words(answer, language), markup=False)
    if answer is None and waited and not as_json:
        raise Told(
            "No answer came in time. Look whether intake and apply run, and whether the sender "
            "is registered: a stranger gets none.",
            Exit.FOUND,
        )
    if (answer is None and waited) or (answer is not None and answer.outcome not in WELL):
        raise typer.Exit(Exit.FOUND)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    path = Path(file)
    if not path.is_file():
        raise Told(f"There is no file {file!r}; - reads from standard input.", Exit.USAGE)
    return path.read_bytes()


def _sealed(value: bytes, sealing_key: str) -> bytes:
    from adapters.antwerp_cpu.sealing import sealed  # noqa: PLC0415 - heavy: only when it is run
    from producers.sealing import seal  # noqa: PLC0415 - the same
    from schemas.unreadable import Unreadable  # noqa: PLC0415 - the same

    key_id, _, public_key = sealing_key.partition(":")
    body = sealed(value, lambda card: seal(card, public_key, key_id))
    if isinstance(body, Unreadable):
        raise Told(f"Nothing was published. At {body.position}: {body.sentence}", Exit.USAGE)
    return body


def _source(said: str) -> str:
    if ":" in said:
        return said
    return Door(said).source if said in set(Door) else ORGANISATION_SOURCE + said


def _type(said: str, topic: str) -> str:
    known = {model.TYPE.removeprefix("releasebus."): model.TYPE for model in ON_TOPIC[topic]}
    return known.get(said, said)


def _subject(value: bytes) -> str:
    """Return the container or organisation in *value*, or nothing where there is none."""
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(content, dict):
        return ""
    names = ("container", "equipmentNumber", "organisation")
    found = next((content[name] for name in names if content.get(name)), "")
    return found if isinstance(found, str) else ""
