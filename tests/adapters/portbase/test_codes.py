"""A company is known by its full name, however it is spelt, and by no part of it."""

import pytest

from adapters.portbase.codes import same_company


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Maasvlakte Haulage B.V.", "MAASVLAKTE HAULAGE BV", True),
        ("Maasvlakte Haulage B.V.", "Maasvlakte-Haulage  B.V", True),
        ("Straße GmbH", "STRASSE GMBH", True),
        ("Maasvlakte Haulage B.V.", "Maasvlakte Haulage", False),
        ("Maasvlakte Haulage B.V.", "", False),
        ("", "", False),
        ("?", "!", False),
        (None, None, False),
    ],
)
def test_names(one: str | None, other: str | None, *, same: bool) -> None:
    assert same_company(one, other) is same
    assert same_company(other, one) is same
