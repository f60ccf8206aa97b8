"""`releasebus why`: why a container is still on the quay, and who can fix it."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    DEFAULT_LANGUAGE,
    AsJson,
    DatabaseUrl,
    SpokenLanguage,
    existing_ledger,
)
from cli.voice import console, emit
from schemas.identifiers import Unusable, read_container
from schemas.words import Language, phrase

if TYPE_CHECKING:
    from schemas.air_facts import ConsignmentObserved
    from schemas.facts import RecordedFact


@ending
def why(
    container: Annotated[str, typer.Argument(help="The number of a container or air waybill.")],
    *,
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    language: SpokenLanguage = DEFAULT_LANGUAGE,
    as_json: AsJson = False,
) -> None:
    """Tell what CONTAINER lacks to leave: since when, who can fix it, and what they have to do.

    Of one that may leave, until when; of one that left, when and with which alarm. Ends with 0
    whether or not it may leave (--json has `may_leave`), with 1 where the bus does not know it. Of
    an air waybill, how many pieces may leave, and why not all.
    """
    number = read_container(container)
    if isinstance(number, Unusable):
        raise Told(phrase("no_container", language, container=repr(container)), Exit.USAGE)
    url = existing_ledger(database_url)
    from cli.consignment import shown_last  # noqa: PLC0415 - heavy: only when it is run
    from cli.ledger import inquiry_in, opened  # noqa: PLC0415 - the same
    from cli.verdicts import as_object, drawn  # noqa: PLC0415 - the same
    from cli.words import Telling  # noqa: PLC0415 - the same
    from ledger.book.read import history  # noqa: PLC0415 - the same

    with opened(url) as connection:
        entries = tuple(history(connection, number.value))
        inquiry, names = inquiry_in(connection, number.value)
    shown = shown_last(entries)
    if shown is not None:
        _tell_of_air(entries, shown, language, as_json=as_json)
        return
    if not inquiry.known:
        raise Told(phrase("nothing_known", language, container=number.value), Exit.FOUND)
    telling = Telling(names, language)
    if as_json:
        emit(as_object(inquiry, telling))
    else:
        console().print(drawn(inquiry, telling))


def _tell_of_air(
    entries: "tuple[RecordedFact, ...]",
    shown: "ConsignmentObserved",
    language: Language,
    *,
    as_json: bool,
) -> None:
    from cli.consignment import as_object, consignment_told  # noqa: PLC0415 - heavy, as above

    if as_json:
        emit(as_object(entries[-1].container, shown, language))
        return
    screen = console()
    for line in consignment_told(entries, language):
        screen.print(line, markup=False)
