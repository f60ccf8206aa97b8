"""Numbers as the field writes them, drawn from seeded chance: containers, parties, papers."""

import string
import uuid
from collections.abc import Iterator
from math import gcd
from random import Random

from schemas.identifiers import check_digit

# Prefixes that box owners have at the BIC; what follows is chance.
OWNERS = ("MSCU", "MEDU", "MAEU", "MSKU", "CMAU", "HLCU", "HLXU", "OOLU", "TCLU", "TGHU", "TEMU")


SERIALS = 1_000_000
"""Of one owner: six digits."""


def container_numbers(chance: Random) -> Iterator[str]:
    """Yield container numbers with a right check digit (ISO 6346), none twice.

    They are walked through in steps that meet each once, so that none need be remembered.
    """
    there_are = len(OWNERS) * SERIALS
    place, step = chance.randrange(there_are), chance.randrange(there_are)
    while gcd(step, there_are) > 1:
        step += 1
    for _ in range(there_are):
        owner, serial = divmod(place, SERIALS)
        first_ten = f"{OWNERS[owner]}{serial:06d}"
        yield f"{first_ten}{check_digit(first_ten)}"
        place = (place + step) % there_are


def message_id(chance: Random) -> str:
    """Return a message's id: a UUID of version 4, as clients give, but the same again."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def nxtport_id(chance: Random, year: int) -> str:
    """Return an NxtPort id: NXT, the year of registration, nine digits (cpu.md §1.2)."""
    return f"NXT{year % 100:02d}{chance.randrange(10**9):09d}"


def belgian_vat(chance: Random) -> str:
    """Return a Belgian VAT number whose last two digits are right (modulo 97)."""
    first_eight = 4_000_000 + chance.randrange(3_000_000)
    return f"BE{first_eight:08d}{97 - first_eight % 97:02d}"


def dutch_vat(chance: Random) -> str:
    """Return a Dutch VAT number of a company (weights 9 to 2, modulo 11)."""
    while True:
        digits = [chance.randrange(1, 10), *(chance.randrange(10) for _ in range(7))]
        last = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits, strict=True))
        if last % 11 < 10:  # noqa: PLR2004 - a remainder of 10 has no digit
            return f"NL{''.join(map(str, digits))}{last % 11}B01"


def bill_of_lading(chance: Random, line: str) -> str:
    """Return a bill of lading number of the shipping line with the code *line*."""
    office = "".join(chance.choices(string.ascii_uppercase, k=2))
    return f"{line}{office}{chance.randrange(10**7):07d}"


def stay_number(chance: Random) -> str:
    """Return the number of a vessel's stay in the port (cpu.md §1.2: V185322)."""
    return f"V{chance.randrange(180_000, 200_000)}"


def vessel_imo(chance: Random) -> str:
    """Return a vessel's IMO number: its last digit is the last of a weighted sum."""
    digits = [chance.randrange(1, 10), *(chance.randrange(10) for _ in range(5))]
    last = sum(weight * digit for weight, digit in zip(range(7, 1, -1), digits, strict=True)) % 10
    return f"{''.join(map(str, digits))}{last}"


def card_number(chance: Random) -> str:
    """Return the number of a port ID card: nine digits."""
    return f"{chance.randrange(10**8, 10**9)}"
