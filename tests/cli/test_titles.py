"""A system is called by its title among people, whoever tells of it."""

from cli.titles import title_of
from cli.words import Telling, sentence_of
from schemas.words import Language
from tests.adapters.rotterdam import in_rotterdam


def test_a_system_is_called_by_its_title_and_one_that_is_gone_by_its_name() -> None:
    assert [title_of(each) for each in ("portbase", "cargonaut", "gone")] == [
        "Secure Chain", "Cargonaut", "gone",
    ]  # fmt: skip


def test_what_is_put_to_a_system_names_its_title() -> None:
    (made,) = in_rotterdam().released()

    told = sentence_of(made, Telling({}, Language.EN))

    assert "put to Secure Chain, which decides here" in told
