"""The terminal's keys open what was sealed for them, and show nothing."""

import pytest

from consumers.gate.opening import TerminalKeys, UnusablePrivateKey
from consumers.gate.view import View
from tests.consumers.gate.examples import KEY, OLD_KEY, settings


def test_keys_show_only_their_ids() -> None:
    shown = repr(TerminalKeys({KEY.key_id: KEY.private_key}))

    assert KEY.key_id in shown
    assert KEY.private_key not in shown


def test_settings_do_not_show_the_keys() -> None:
    assert KEY.private_key not in repr(settings())
    assert OLD_KEY.private_key not in str(settings())


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", "no base64, secret"])
def test_an_unusable_private_key_is_refused_by_its_id_without_being_shown(key: str) -> None:
    with pytest.raises(UnusablePrivateKey) as refused:
        View(settings(private_keys={"key-7": key}))

    assert "key-7" in str(refused.value)
    assert not key or key not in str(refused.value)
    assert refused.value.__cause__ is None
