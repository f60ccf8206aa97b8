"""How strictly intake asks, what it warns of, and the keys it takes from a file."""

from pathlib import Path

import pytest

from consumers.intake.trust import NO_TRUST, TrustUnusable, trust_everywhere
from producers.signing import new_message_key
from schemas.signatures import SignaturePolicy
from schemas.topics import DIRECTORY_INPUTS, INPUTS

SOURCE = "urn:releasebus:register"
TOPICS = [topic.name for topic in (*INPUTS, *DIRECTORY_INPUTS)]


def written(folder: Path, text: str) -> Path:
    file = folder / "trust.toml"
    file.write_text(text)
    return file


def test_the_keys_of_a_source_come_from_the_file(tmp_path: Path) -> None:
    one, other = new_message_key(), new_message_key()
    text = "".join(
        f'[[key]]\nsource = "{SOURCE}"\npublic_key = "{key.public_key}"\n' for key in (one, other)
    )

    trust = trust_everywhere(SignaturePolicy.REQUIRED, written(tmp_path, text))

    assert [key.id for key in trust.roots[SOURCE]] == [one.key_id, other.key_id]
    assert {trust.policy_of(name) for name in TOPICS} == {SignaturePolicy.REQUIRED}


def test_a_key_of_the_file_can_be_revoked_there(tmp_path: Path) -> None:
    text = (
        f'[[key]]\nsource = "{SOURCE}"\npublic_key = "{new_message_key().public_key}"\n'
        "revoked_at = 2026-03-01T08:00:00Z\n"
    )

    (key,) = trust_everywhere(SignaturePolicy.WARN, written(tmp_path, text)).roots[SOURCE]

    assert key.revoked_at is not None
    assert key.revoked_by(key.revoked_at)


def test_a_key_of_the_file_has_the_term_that_stands_there(tmp_path: Path) -> None:
    text = (
        f'[[key]]\nsource = "{SOURCE}"\npublic_key = "{new_message_key().public_key}"\n'
        "expires_at = 2026-03-01T08:00:00Z\n"
    )

    (key,) = trust_everywhere(SignaturePolicy.WARN, written(tmp_path, text)).roots[SOURCE]

    assert key.expires_at is not None
    assert key.expired_by(key.expires_at)
    assert key.revoked_at is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[key",
        f'[[key]]\nsource = "{SOURCE}"\n',
        f'[[key]]\nsource = "{SOURCE}"\npublic_key = "AAAA"\n',
        f'[[key]]\nsource = "{SOURCE}"\npublic_key = "{"A" * 43}"\nrevoked = 1\n',
        f'[[key]]\nsource = "{SOURCE}"\npublic_key = "{"A" * 43}"\nrevoked_at = 2026-03-01\n',
    ],
)
def test_a_file_that_is_no_trust_is_not_guessed_at(tmp_path: Path, text: str) -> None:
    with pytest.raises(TrustUnusable, match=r"trust\.toml"):
        trust_everywhere(SignaturePolicy.REQUIRED, written(tmp_path, text))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TrustUnusable, match="No such file"):
        trust_everywhere(SignaturePolicy.REQUIRED, tmp_path / "trust.toml")


@pytest.mark.parametrize("policy", [SignaturePolicy.OFF, SignaturePolicy.WARN])
def test_every_topic_that_asks_for_less_is_warned_of(policy: SignaturePolicy) -> None:
    warnings = list(trust_everywhere(policy, None).warnings())

    assert len(warnings) == len(TOPICS)
    assert all(name in told for name, told in zip(TOPICS, warnings, strict=True))


def test_where_signatures_are_required_there_is_nothing_to_warn_of() -> None:
    assert list(trust_everywhere(SignaturePolicy.REQUIRED, None).warnings()) == []
    assert len(list(NO_TRUST.warnings())) == len(TOPICS)
