"""Texts that are long and of little variety: on them a search that goes back takes hours."""

from collections.abc import Callable

Make = Callable[[int], bytes]

HOSTILE: dict[str, Make] = {
    "blanks behind a letter": lambda size: b"a" + b" " * size + b"!",
    "line ends behind padding": lambda size: b"a==" + b"\n" * size + b"!",
    "an escape among backslashes": lambda size: b"\\u" + b"\\" * size + b"x",
    "tokens begun": lambda size: b"eyJ" * (size // 3),
    "tokens of one part": lambda size: b"eyJa." * (size // 5),
    "bearers": lambda size: b"Bearer " * (size // 7),
    "digits": lambda size: b"1" * size + b"x",
    "digits apart": lambda size: b"1 " * (size // 2) + b"x",
    "letters": lambda size: b"A" * size + b"a",
    "percent signs": lambda size: b"%" * size,
    "quotes": lambda size: b"'" * size,
    "brackets": lambda size: b"<" * size,
    "hexadecimal": lambda size: b"0f" * (size // 2) + b"z",
    "words for secrets": lambda size: b"pin " * (size // 4),
    "dashes": lambda size: b"1-" * (size // 2),
    "slashes": lambda size: b"/" * size,
    "names": lambda size: b"eDriverPin" * (size // 10),
}
