"""Each party's calls are made with its own account, and a token of ours is what SCR asks for."""

import json
import time
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from adapters.contract import ON_BEHALF_OF
from consumers.dispatch.delivery.calls import Again, Delivered
from consumers.dispatch.delivery.carriers import Carrier, carrier_to
from consumers.dispatch.delivery.targets import (
    Account,
    ClientCredentials,
    OwnToken,
    Target,
    TargetsUnusable,
    targets_in,
)
from consumers.dispatch.documents import Unsent
from tests.consumers.dispatch.delivery.made import a_document, carrier_at
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver

FIRST, OTHER, THIRD = "NXT21000000001", "NXT21000000002", "NXT21000000003"
SCR_KEY = ECKey.generate_key("P-256")


def for_party(party: str, number: int = 1) -> Unsent:
    return a_document(number, headers=((ON_BEHALF_OF, party.encode()),))


def key_of(there: Receiver) -> list[str]:
    return [each.headers.get("x-key", "") for each in there.at("/in")]


ACCOUNTS = {
    FIRST: Account({"X-Key": "of the first"}),
    OTHER: Account({"X-Key": "of the other"}),
}


async def test_a_call_for_a_party_is_made_with_its_account_and_no_other(
    there: Receiver, opened: list[Carrier]
) -> None:
    made = carrier_at(there, opened, headers={"X-Key": "of the bus"}, accounts=ACCOUNTS)

    for party in (OTHER, FIRST, ""):
        assert (await made.bring(for_party(party))).verdict == Delivered(200)
    await made.bring(a_document())

    assert key_of(there) == ["of the other", "of the first", "of the bus", "of the bus"]


async def test_a_party_without_an_account_is_not_asked_for_in_anothers_name(
    there: Receiver, opened: list[Carrier]
) -> None:
    brought = await carrier_at(there, opened, accounts=ACCOUNTS).bring(for_party(THIRD))

    assert isinstance(brought.verdict, Again)
    assert f"no account of {THIRD} at Rotterdam" in brought.verdict.why
    assert there.came == []


async def test_who_has_none_may_be_given_that_of_everybody(
    there: Receiver, opened: list[Carrier]
) -> None:
    accounts = {**ACCOUNTS, "*": Account({"X-Key": "of everybody"})}
    made = carrier_at(there, opened, accounts=accounts)

    for party in (THIRD, FIRST):
        await made.bring(for_party(party))

    assert key_of(there) == ["of everybody", "of the first"]


async def test_where_nobody_has_an_account_of_its_own_the_buss_is_for_all(
    there: Receiver, opened: list[Carrier]
) -> None:
    await carrier_at(there, opened, headers={"X-Key": "of the bus"}).bring(for_party(FIRST))

    assert key_of(there) == ["of the bus"]


async def test_a_token_that_is_taken_no_more_is_had_anew_for_its_party_alone(
    there: Receiver, opened: list[Carrier], tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    accounts = {
        party: Account(oauth2=ClientCredentials(f"{there.url}/{party}", party, str(secret)))
        for party in (FIRST, OTHER)
    }
    for party in (FIRST, OTHER):
        granted = json.dumps({"access_token": f"t-{party}", "expires_in": 3600}).encode()
        there.answers[f"/{party}"] = [Answer(200, content=granted) for _ in range(3)]
    made = carrier_at(there, opened, accounts=accounts)
    await made.bring(for_party(FIRST))
    await made.bring(for_party(OTHER))

    there.answers["/in"] = [Answer(401)]
    assert isinstance((await made.bring(for_party(FIRST))).verdict, Again)
    await made.bring(for_party(FIRST))
    await made.bring(for_party(OTHER))

    assert (len(there.at(f"/{FIRST}")), len(there.at(f"/{OTHER}"))) == (2, 1)
    assert there.at("/in")[-1].headers["authorization"] == f"Bearer t-{OTHER}"


# --- tokens of our own ---------------------------------------------------------------------------


CLAIMS = {"iss": "bus", "exp": "1", "jti": "ours"}
"""Of an operator who also says what each call has to say by itself."""


def kept(tmp_path: Path, key: ECKey | RSAKey) -> str:
    file = tmp_path / "own.pem"
    file.write_bytes(key.as_pem(private=True))
    return str(file)


@pytest.mark.parametrize(
    ("algorithm", "key"), [("ES256", SCR_KEY), ("RS256", RSAKey.generate_key(2048))]
)
async def test_each_call_bears_a_token_that_our_key_signed_and_no_call_had_before(
    there: Receiver, opened: list[Carrier], tmp_path: Path, algorithm: str, key: ECKey | RSAKey
) -> None:
    own = OwnToken(kept(tmp_path, key), good_seconds=30, key_id="k1", claims=CLAIMS)
    made = carrier_at(there, opened, own_token=own)
    began = int(time.time())

    for number in range(3):
        assert (await made.bring(a_document(number))).verdict == Delivered(200)

    tokens = [each.headers["authorization"].removeprefix("Bearer ") for each in there.came]
    assert len(set(tokens)) == 3
    for each in tokens:
        read = jwt.decode(each, key, algorithms=[algorithm])
        assert read.header == {"alg": algorithm, "typ": "JWT", "kid": "k1"}
        assert read.claims["iss"] == "bus"
        assert read.claims["jti"] != CLAIMS["jti"]
        assert began + 30 <= read.claims["exp"] <= int(time.time()) + 30


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SCR_KEY.as_pem(private=False), "holds no private key"),
        (ECKey.generate_key("P-384").as_pem(private=True), "holds no private key"),
        (b"nothing", "holds no private key"),
        (None, "key_file cannot be read"),
    ],
)
def test_a_key_that_cannot_sign_such_a_token_is_told_before_any_call(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "own.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TargetsUnusable, match=said):
        carrier_to(Target("SCR", "scr", url="https://x.org", own_token=OwnToken(str(file))))


# --- the file ------------------------------------------------------------------------------------

TARGET = """
[[target]]
name = "Rotterdam"
system = "portbase"
receiver = "portbase"
url = "https://api.example.org/import"
"""


def found(tmp_path: Path, text: str) -> Target:
    file = tmp_path / "targets.toml"
    file.write_text(TARGET + text)
    (target,) = targets_in(file, ("portbase",)).all
    return target


def test_accounts_and_own_tokens_stand_in_the_file(tmp_path: Path) -> None:
    target = found(
        tmp_path,
        f'[target.accounts.{FIRST}]\nheader_files = {{ "X-Key" = "/run/first" }}\n'
        f'[target.accounts."*".own_token]\nkey_file = "/run/own.pem"\n',
    )

    assert target.accounts[FIRST].header_files == {"X-Key": "/run/first"}
    assert target.accounts["*"].own_token == OwnToken("/run/own.pem")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[target.accounts.{FIRST.lower()}]\nheaders = {{}}", "is no NxtPort id"),
        ("[target.accounts.'no id!']\nheaders = {}", "is no NxtPort id"),
        (f"[target.accounts.{FIRST}]\nheader = {{}}", "header"),
        (
            (
                "[target.own_token]\nkey_file = 'x'\n[target.oauth2]\ntoken_url = 'https://x.org'\n"
                "client_id = 'x'\nclient_secret_file = 'x'"
            ),
            "either oauth2 or own_token",
        ),
        ("[target.own_token]\nkey_file = 'x'\ngood_seconds = 0", "good_seconds"),
        (
            (
                f"[target.accounts.{FIRST}.oauth2]\ntoken_url = 'http://x.org'\nclient_id = 'x'\n"
                "client_secret_file = 'x'"
            ),
            "no https address",
        ),
    ],
)
def test_what_is_wrong_with_an_account_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TargetsUnusable, match=said):
        found(tmp_path, text)
