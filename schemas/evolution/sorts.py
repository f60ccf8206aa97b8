"""Of which sort a fact is, also one that only a later version can read."""

from schemas.value import Form, Value


class _Sort(Value, frozen=True):
    type: str


class _OfSomeSort(Value, frozen=True):
    fact: _Sort


_OF_SOME_SORT: Form[_OfSomeSort] = Form(_OfSomeSort)


def sort_of(recorded: bytes) -> str:
    """Return the type of the fact in *recorded*, known or not; raise Misformed for none.

    For who is after one sort alone, and passes over the others.
    """
    return _OF_SOME_SORT.read(recorded).fact.type
