"""A system is let in by its own secret or token alone, and what is wrong is told at the start."""

import hmac
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from producers.door.door import SystemsUnreadable
from producers.door.hooks.known import Webhooks, WebhooksUnusable, webhooks_in
from schemas.signatures import base64url

SYSTEMS = ("scr", "portbase", "sone")
SECRET = "s" * 30
NEXT = "n" * 30


def webhooks(tmp_path: Path, text: str, **files: str) -> Webhooks:
    """Return the webhooks of a file; *files* stand beside it, and `{folder}` is where."""
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    file = tmp_path / "webhooks.toml"
    file.write_text(text.replace("{folder}", str(tmp_path)))
    return webhooks_in(file, SYSTEMS)


def in_header(tmp_path: Path, secret: str = SECRET) -> Webhooks:
    text = "[webhook.portbase]\nheader = 'X-Api-Key'\nsecret_file = '{folder}/secret'"
    return webhooks(tmp_path, text, secret=f"{secret}\n")


def by_path(tmp_path: Path) -> Webhooks:
    text = "address = 'https://bus.example.org/'\n[webhook.sone]\nsecret_file = '{folder}/secret'"
    return webhooks(tmp_path, text, secret=f"{SECRET}\n{NEXT}\n")


@pytest.mark.parametrize(
    ("headers", "in_path", "comes_in"),
    [
        ({"X-Api-Key": SECRET}, "", True),
        ({"X-Api-Key": SECRET[:-1]}, "", False),
        ({"X-Api-Key": ""}, "", False),
        ({}, "", False),
        ({}, SECRET, False),
        ({"X-Api-Key": SECRET}, SECRET, False),
    ],
)
def test_with_its_secret_in_its_header_a_system_comes_in(
    tmp_path: Path, headers: dict[str, str], in_path: str, *, comes_in: bool
) -> None:
    known_by = in_header(tmp_path).known_by("portbase", headers, in_path)

    assert (known_by is not None) is comes_in
    assert SECRET not in (known_by or "")


def test_a_secret_in_the_path_may_be_the_old_one_or_the_next(tmp_path: Path) -> None:
    found = by_path(tmp_path)

    assert found.known_by("sone", {}, SECRET)
    assert found.known_by("sone", {}, NEXT)
    assert not found.known_by("sone", {}, "")
    assert not found.known_by("portbase", {}, SECRET)


def test_a_secret_that_is_taken_out_of_its_file_opens_no_more(tmp_path: Path) -> None:
    found = in_header(tmp_path)
    assert found.known_by("portbase", {"X-Api-Key": SECRET}, "")

    (tmp_path / "secret").write_text(NEXT)

    assert not found.known_by("portbase", {"X-Api-Key": SECRET}, "")
    assert found.known_by("portbase", {"X-Api-Key": NEXT}, "")


@pytest.mark.parametrize("content", [None, "", "\n \n"])
def test_a_file_without_a_secret_lets_nobody_in(tmp_path: Path, content: str | None) -> None:
    found, file = in_header(tmp_path), tmp_path / "secret"
    if content is None:
        file.unlink()
    else:
        file.write_text(content)

    with pytest.raises(SystemsUnreadable):
        found.known_by("portbase", {"X-Api-Key": ""}, "")


def test_a_system_is_told_the_whole_address_that_it_may_call(tmp_path: Path) -> None:
    assert by_path(tmp_path).callback("sone") == f"https://bus.example.org/hooks/sone/{SECRET}"
    assert by_path(tmp_path).callback("portbase") is None
    assert in_header(tmp_path).callback("portbase") is None  # the door has no address from outside


# --- tokens --------------------------------------------------------------------------------------

KEYS: Mapping[str, ECKey | RSAKey] = {
    "ES256": ECKey.generate_key("P-256"),
    "RS256": RSAKey.generate_key(2048),
}
SOON = 60


def of_scr(tmp_path: Path, algorithm: str) -> Webhooks:
    text = "[webhook.scr]\ntoken_key_file = '{folder}/scr.pem'"
    return webhooks(tmp_path, text, **{"scr.pem": KEYS[algorithm].as_pem(private=False).decode()})


def token(algorithm: str, key: ECKey | RSAKey | None = None, **claims: object) -> str:
    signing = KEYS[algorithm] if key is None else key
    return "Bearer " + jwt.encode({"alg": algorithm}, claims, signing)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_token_that_the_system_signed_lets_it_in_while_it_is_good(
    tmp_path: Path, algorithm: str
) -> None:
    found, now = of_scr(tmp_path, algorithm), int(time.time())
    other = ECKey.generate_key("P-256") if algorithm == "ES256" else RSAKey.generate_key(2048)

    def comes_in(authorization: str) -> bool:
        return found.known_by("scr", {"authorization": authorization}, "") is not None

    good = token(algorithm, exp=now + SOON)
    assert comes_in(good)
    assert not comes_in(token(algorithm, exp=now - SOON))
    assert not comes_in(token(algorithm))  # one without an end is good for ever
    assert not comes_in(token(algorithm, other, exp=now + SOON))
    assert not comes_in(good.removeprefix("Bearer "))
    assert not comes_in(good[:-3])
    assert not comes_in("Bearer " + "x" * 9000)
    assert not comes_in("")


def test_a_token_without_signature_or_with_our_public_key_as_its_secret_is_none(
    tmp_path: Path,
) -> None:
    found, now = of_scr(tmp_path, "ES256"), int(time.time())
    unsigned = "eyJhbGciOiJub25lIn0.eyJleHAiOjk5OTk5OTk5OTl9."
    head = base64url(b'{"alg":"HS256"}') + b"." + base64url(b'{"exp":%d}' % (now + SOON))
    public = KEYS["ES256"].as_pem(private=False)
    forged = head + b"." + base64url(hmac.digest(public, head, "sha256"))

    for each in (unsigned, forged.decode()):
        assert found.known_by("scr", {"authorization": f"Bearer {each}"}, "") is None


# --- the file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x", "webhooks.toml"),
        ("other = 1", "other"),
        ("[webhook.nobody]\nsecret_file = '{folder}/long'", "there is no system nobody"),
        ("[webhook.scr]", "either a secret_file or a token_key_file"),
        (
            "[webhook.scr]\nsecret_file = '{folder}/long'\ntoken_key_file = '{folder}/long'",
            "either a secret_file or a token_key_file",
        ),
        ("[webhook.scr]\nsecret_file = '{folder}/none'", "none cannot be read"),
        ("[webhook.scr]\nsecret_file = '{folder}/empty'", "empty has no secret in it"),
        ("[webhook.scr]\nheader = 'x'\nsecret_file = '{folder}/short'", "at least 16"),
        ("[webhook.scr]\nsecret_file = '{folder}/spelt'", "22 to 200 letters"),
        ("[webhook.scr]\ntoken_key_file = '{folder}/long'", "holds no public key"),
        ("address = 'http://bus.example.org'", "no https address"),
        ("address = 'https://bus.example.org/?x=1'", "no https address"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_and_no_secret_with_it(
    tmp_path: Path, text: str, said: str
) -> None:
    files = {"long": SECRET, "short": "tooshort", "spelt": "with/a/slash/and/enough", "empty": ""}
    with pytest.raises(WebhooksUnusable) as caught:
        webhooks(tmp_path, text, **files)

    assert said in str(caught.value)
    assert not any(each in str(caught.value) for each in files.values() if each)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WebhooksUnusable, match="No such file"):
        webhooks_in(tmp_path / "none.toml", SYSTEMS)
