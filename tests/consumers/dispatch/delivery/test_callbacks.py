"""A call that asks a system to tell by itself bears the door's address, or is not made."""

import base64
import json
from pathlib import Path

import pytest

from adapters.contract import callback
from consumers.dispatch.delivery.bounded import NOT_KEPT
from consumers.dispatch.delivery.callbacks import NoCallback, addressed
from consumers.dispatch.delivery.calls import Again, Delivered
from consumers.dispatch.delivery.carriers import carrier_to
from consumers.dispatch.delivery.targets import Target
from tests.adapters.portbase.samples import members
from tests.consumers.dispatch.delivery.made import a_document
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver

DOOR = {"portbase": "https://bus.example.org/hooks/portbase/sEcReT"}
TRACK = a_document(
    content=json.dumps({**members("P1"), "webhookUrl": callback("portbase")}).encode()
)


def test_the_address_stands_in_the_call_and_its_id_is_the_same() -> None:
    filled = addressed(TRACK, DOOR)

    assert json.loads(filled.content)["webhookUrl"] == DOOR["portbase"]
    assert json.loads(filled.content)["trackRequests"] == members("P1")["trackRequests"]
    assert filled.id == TRACK.id


def test_what_only_looks_like_it_is_left_as_it_is() -> None:
    for content in (
        b'{"name": "see {door}/hooks/portbase"}',
        b'{"url": "{door}/hooks/sone"}',
        b"not JSON",
    ):
        assert addressed(a_document(content=content), DOOR).content == content


def test_nobody_is_asked_to_call_an_address_that_is_not_there() -> None:
    with pytest.raises(NoCallback):
        addressed(TRACK, {"sone": DOOR["portbase"]})


async def test_until_the_address_is_configured_the_call_waits_and_says_so(there: Receiver) -> None:
    target = Target("Rotterdam", "portbase", url=f"{there.url}/in")
    without, with_it = carrier_to(target), carrier_to(target, DOOR)

    held = await without.bring(TRACK)
    made = await with_it.bring(TRACK)
    await without.close()
    await with_it.close()

    assert isinstance(held.verdict, Again)
    assert "--webhooks" in held.verdict.why
    assert made.verdict == Delivered(200)
    (came,) = there.came
    assert json.loads(came.content)["webhookUrl"] == DOOR["portbase"]


async def test_into_a_folder_no_address_is_written(tmp_path: Path) -> None:
    carrier = carrier_to(Target("x", "portbase", folder=str(tmp_path)), DOOR)

    await carrier.bring(TRACK)

    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == TRACK.content


SECRET = "s3cretPartOfThePathXYZabc"


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (
            b'{"rejectedValue": "%s"}',
            b'{"rejectedValue": "https://door/hooks/portbase/[redacted]"}',
        ),
        (b"no such host: %s", b"no such host: https://door/hooks/portbase/[redacted]"),
        (b'{"nothing": "of it"}', b'{"nothing": "of it"}'),
    ],
)
async def test_the_secret_of_an_address_is_kept_of_no_answer(
    there: Receiver, answer: bytes, kept: bytes
) -> None:
    url = f"https://door/hooks/portbase/{SECRET}"
    there.answers["/in"] = [Answer(400, content=answer.replace(b"%s", url.encode()))]
    carrier = carrier_to(Target("Rotterdam", "portbase", url=f"{there.url}/in"), {"portbase": url})

    brought = await carrier.bring(TRACK)
    await carrier.close()

    assert brought.content == kept


@pytest.mark.parametrize(
    "dressed",
    [
        "".join(f"\\u{ord(each):04x}" for each in SECRET),
        "".join(f"%{ord(each):02x}" for each in SECRET),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
async def test_an_answer_that_disguises_it_is_not_kept(there: Receiver, dressed: str) -> None:
    url = f"https://door/hooks/portbase/{SECRET}"
    there.answers["/in"] = [Answer(200, content=dressed.encode())]
    carrier = carrier_to(Target("Rotterdam", "portbase", url=f"{there.url}/in"), {"portbase": url})

    brought = await carrier.bring(TRACK)
    await carrier.close()

    assert (brought.verdict, brought.content) == (Delivered(200), NOT_KEPT)


async def test_an_address_without_a_secret_takes_nothing_out(there: Receiver) -> None:
    url = "https://door/hooks/portbase"
    there.answers["/in"] = [Answer(200, content=url.encode())]
    carrier = carrier_to(Target("Rotterdam", "portbase", url=f"{there.url}/in"), {"portbase": url})

    brought = await carrier.bring(TRACK)
    await carrier.close()

    assert brought.content == url.encode()


async def test_no_header_of_an_answer_that_bears_the_secret_is_kept(there: Receiver) -> None:
    url = f"https://door/hooks/portbase/{SECRET}"
    there.answers["/in"] = [Answer(200, {"ETag": f'"{SECRET}"', "X-Of": "7"})]
    carrier = carrier_to(Target("Rotterdam", "portbase", url=f"{there.url}/in"), {"portbase": url})

    brought = await carrier.bring(TRACK)
    await carrier.close()

    assert "etag" not in brought.headers
    assert brought.headers["x-of"] == "7"
