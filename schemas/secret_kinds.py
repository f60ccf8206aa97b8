"""Kinds that say of what stands beside them that it is a secret: a type PIN, a value 4711."""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from pydantic import AliasChoices, BaseModel

from schemas.secret_names import CODES, DRIVER_WORDS, names_a_code, names_a_secret, words_of
from schemas.strict_json import JsonValue

KIND_WORDS: Final = frozenset({"kind", "scheme", "type"})
_MORE_KINDS: Final = frozenset({"art", "category", "label", "nature", "qualifier", "soort", "typ"})
# What the value of any kind may be called, and much else: known or not, it goes.
_OF_ANY_KIND: Final = frozenset({"code", "id", "name", "number", "text", "value"})
# A whole value that is one of these is a name of a secret, whatever its member is called.
_NAMES: Final = frozenset(
    {
        *("pin", "pins", "pincode", "pinnr", "pinnumber", "pinnummer", "codepin"),
        *("tct", "tcts", "tctcode", "codetct", "otp", "otps", "onetimecode", "verificationcode"),
        *("alfapass", "alphapass", "alfapassnumber", "alfapassnr", "password"),
        *CODES,
    }
)


def hidden_by_kind(content: Mapping[str, JsonValue], known: Container[str]) -> frozenset[str]:
    """Return the names of members that are a secret, or say which, by a kind beside them.

    *known* members are somebody's own, and mean the same whatever stands beside them; but where
    all of them are such as any value may be called, with a kind of no name (`type`, and not
    `eventType`).
    """
    kinds = {name for name, value in content.items() if _tells(name, value)}
    if not kinds:
        return frozenset()
    plain = {name for name in content if name.lower() in _OF_ANY_KIND}
    theirs = {name for name in content if name in known}
    if not theirs - plain - kinds and any(len(words_of(name)) == 1 for name in kinds):
        theirs -= plain
    return frozenset(content.keys() - theirs - {name for name in kinds if not _is_kind(name)})


def lists_a_secret(content: Sequence[JsonValue]) -> bool:
    """Tell whether one part of a list is the name of a secret, which then is another part."""
    return any(isinstance(each, str) and _is_its_name(each) for each in content)


def members_of(*models: type[BaseModel]) -> frozenset[str]:
    """Return the names that members of *models* have on the wire."""
    return frozenset(name for model in models for name in _names_in(model))


def _names_in(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        choices = field.validation_alias
        if isinstance(choices, AliasChoices):
            yield from map(str, choices.choices)
        else:
            yield field.alias or name
    for each in model.__subclasses__():
        yield from _names_in(each)


def _tells(name: str, value: JsonValue) -> bool:
    if not isinstance(value, str):
        return False
    if _is_its_name(value):
        return True
    words = words_of(value) if _is_kind(name) else []
    named = names_a_secret(words) or names_a_code(words)
    return named or not DRIVER_WORDS.isdisjoint(words)


def _is_kind(name: str) -> bool:
    return not (KIND_WORDS | _MORE_KINDS).isdisjoint(words_of(name))


def _is_its_name(text: str) -> bool:
    return "".join(words_of(text)) in _NAMES and not any(each.isdigit() for each in text)
