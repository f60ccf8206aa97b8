"""Many rows of a table in one test: each is played, and each that breaks is told by its name."""

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

Test = Callable[..., None]
Ids = Iterable[object] | Callable[[Any], object] | None


def each_row(
    names: str | Sequence[str], values: Iterable[Any], *, ids: Ids = None
) -> Callable[[Test], Test]:
    """Stand where `pytest.mark.parametrize` would, which costs three processes milliseconds a row.

    Only for tests that leave nothing behind: what they ask for besides is there once for all rows.
    Raises ValueError where a table has no rows, since its test could not fail.
    """
    asked = names.replace(" ", "").split(",") if isinstance(names, str) else list(names)
    table = _table(asked, list(values), ids)
    if not table:
        message = f"no row of {names}"
        raise ValueError(message)

    def over(test: Test) -> Test:
        @functools.wraps(test)
        def whole(**given: Any) -> None:
            _play(test, table, given)

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in asked]
        vars(whole)["__signature__"] = signature.replace(parameters=left)
        return whole

    return over


def _table(asked: list[str], values: list[Any], ids: Ids) -> list[tuple[str, dict[str, Any]]]:
    given = [None] * len(values) if ids is None or callable(ids) else list(ids)
    table = []
    for value, told in zip(values, given, strict=True):
        taken, named = _taken(value, single=len(asked) == 1)
        made = "-".join(str(ids(each)) for each in taken) if callable(ids) else repr(taken)
        table.append(
            (named or (made if told is None else str(told)), dict(zip(asked, taken, strict=True)))
        )
    return table


def _taken(value: Any, *, single: bool) -> tuple[tuple[Any, ...], str | None]:
    """Return the values of a row, and its name where it is a `pytest.param` that has one."""
    if isinstance(value, type(pytest.param())):
        if value.marks:
            message = "a row has no marks of its own: make it another test"
            raise ValueError(message)
        return tuple(value.values), str(value.id) if value.id else None
    return ((value,) if single else tuple(value)), None


def _play(test: Test, table: list[tuple[str, dict[str, Any]]], given: dict[str, Any]) -> None:
    broken: list[BaseException] = []
    for name, taken in table:
        try:
            test(**given, **taken)
        except (Exception, BaseExceptionGroup, pytest.fail.Exception) as error:  # noqa: BLE001  all of it is raised
            error.add_note(f"in the row {name}")
            broken.append(error)
    if broken:
        message = f"{len(broken)} of {len(table)} rows of {test.__name__}"
        raise BaseExceptionGroup(message, broken)
