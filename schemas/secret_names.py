"""Names that tell of a secret beside them: one table for whoever refuses and who redacts."""

import re
import unicodedata
from itertools import groupby

# PIN: cpu.md §7 rule 17; Alfapass: cpu.md §1.2; TCT: edifact_france.md §A.3; the one-time code of
# the first log-in: identity_scr_portbase.md §A.
_SECRET_WORDS = frozenset(
    {
        *("pin", "pins", "epin", "pinnr", "pinno", "pinnummer", "pinwaarde", "containerpin"),
        *("gatepin", "releasepin", "exitpin", "terminalpin", "pickuppin"),
        *("tct", "tctnr", "tctno", "tctnummer", "tctwaarde"),
        *("otp", "otps", "password", "passwords", "pwd", "passwd", "passphrase", "passcode"),
        *("wachtwoord", "kennwort", "passwort"),
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

# Codes that open a gate. No message is refused for them, in which they may be something else; but
# of what a system says nobody reads them, and they are taken out.
CODES = (
    *("accesscode", "releasecode", "pickupcode", "secretcode", "securitycode", "unlockcode"),
    *("gatecode", "exitcode", "entrycode", "collectioncode"),
    *("toegangscode", "ophaalcode", "afhaalcode", "uitgangscode", "vrijgavecode"),
    *("abholcode", "zugangscode", "ausfahrtcode", "freigabecode"),
    *("codesortie", "codedesortie", "coderetrait", "codederetrait"),
    *("codeacces", "codedacces", "codeenlevement", "codedenlevement"),
)
DRIVER_WORDS = frozenset(
    {
        *("driver", "drivers", "chauffeur", "chauffeurs", "bestuurder", "bestuurders"),
        *("conducteur", "conducteurs", "fahrer", "kraftfahrer"),
    }
)
# Kennzeichen and immatriculation are left out: goods, ships and firms have them, too.
_OF_PERSONS = (
    *("firstname", "lastname", "surname", "givenname", "familyname", "voornaam", "achternaam"),
    *("prenom", "vorname", "nachname", "licenceplate", "licenseplate", "numberplate"),
    *("nummerplaat", "kenteken", "chauffeur", "nameofdriver", "trucker", "camionneur"),
    *("passportnumber", "passportno", "paspoortnummer"),
)

LONGEST_NAME = 255

_words = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+").findall
# An abbreviation in the plural, which would be parted before its last letter.
_plural = re.compile(r"(?<![A-Z])(?:PIN|TCT)s(?![a-z])").search


def words_of(name: str) -> list[str]:
    """Return the words of `encryptedPin`, `PIN_CODE`, `PINs` and their like, in lower case."""
    name = name[:LONGEST_NAME]
    plain = name if name.isascii() else visible(name)
    words = [word.lower() for word in _words(plain)]
    return [*words, "pins"] if _plural(plain) else words


def names_a_secret(words: list[str]) -> bool:
    """Tell whether *words* name a card, a PIN or a token."""
    together = "".join(words)
    return (
        not _SECRET_WORDS.isdisjoint(words)
        or any(part in together for part in _SECRET_TEXTS)
        or not _SECRET_WORDS.isdisjoint(_spelt_out(words))
    )


def names_a_code(words: list[str]) -> bool:
    """Tell whether *words* name a code that opens a gate, or may be something else."""
    together = "".join(words)
    return any(part in together for part in CODES)


def names_a_person(words: list[str]) -> bool:
    """Tell whether *words* name who drives, or his truck."""
    together = "".join(words)
    return not DRIVER_WORDS.isdisjoint(words) or any(part in together for part in _OF_PERSONS)


def _spelt_out(words: list[str]) -> list[str]:
    """Return the words that were written letter by letter, such as `P.I.N.` is."""
    runs = groupby(words, key=lambda word: len(word) == 1)
    return ["".join(run) for is_letter, run in runs if is_letter]


def visible(name: str) -> str:
    """Return *name* without what nobody sees, as a zero-width space, and without accents."""
    return _bare(unicodedata.normalize("NFKC", name))


def _bare(text: str) -> str:
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text.replace("\N{LATIN SMALL LETTER DOTLESS I}", "i"))
    return "".join(each for each in parts if unicodedata.category(each) not in {"Cf", "Mn"})
