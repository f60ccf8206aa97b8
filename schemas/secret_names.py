"""Names that tell of a secret beside them: one table for whoever refuses and who redacts."""

import re
import unicodedata

# PIN: cpu.md §7 rule 17; Alfapass: cpu.md §1.2; TCT: edifact_france.md §A.3; the one-time code of
# the first log-in: identity_scr_portbase.md §A.
_SECRET_WORDS = frozenset(
    {
        *("pin", "pins", "epin", "pinnr", "pinnummer", "containerpin"),
        *("tct", "otp", "otps", "password", "passwords"),
    }
)
_SECRET_TEXTS = (
    "alfapass",
    "alphapass",
    "pincode",
    "codepin",
    "pinnumber",
    "tctcode",
    "codetct",
    "onetimecode",
    "onetimepass",
    "verificationcode",
)

DRIVER_WORDS = frozenset({"driver", "drivers", "chauffeur", "chauffeurs"})

LONGEST_NAME = 255

_words = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+").findall
# An abbreviation in the plural, which would be parted before its last letter.
_plural = re.compile(r"(?<![A-Z])(?:PIN|TCT)s(?![a-z])").search


def words_of(name: str) -> list[str]:
    """Return the words of `encryptedPin`, `PIN_CODE`, `PINs` and their like, in lower case."""
    name = name[:LONGEST_NAME]
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    words = [word.lower() for word in _words(plain)]
    return [*words, "pins"] if _plural(plain) else words


def names_a_secret(words: list[str]) -> bool:
    """Tell whether *words* name a card, a PIN or a token."""
    together = "".join(words)
    return not _SECRET_WORDS.isdisjoint(words) or any(part in together for part in _SECRET_TEXTS)
