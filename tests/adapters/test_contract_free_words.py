"""The words that people write freely to a system: a secret in them passes none of them."""

import json
from itertools import product

from adapters.ci5 import SYSTEM as CI5
from adapters.portbase import SYSTEM as PORTBASE
from adapters.scr import SYSTEM as SCR
from adapters.sone import SYSTEM as SONE

SYSTEMS = (SCR, PORTBASE, SONE, CI5)
NAMES = ("comment", "remarks")
SECRETS = (
    *("PIN 4711", "PIN: 4711", "pin4711", "PIN 47 11", "PIN: 4 7 1 1", "PIN 4, 7, 1, 1"),
    *("P.I.N. 4711", "p.i.n: 4711", "P-I-N 4711", "P I N 4711", "ePIN 4711", "pincode 4711"),
    *("TCT 12 34 56", "TCT 123456", "T.C.T. 12 34 56", "TCT: 1-2-3-4-5-6", "tct=482913"),
    *("code 4711", "code de sortie: 12 34 56", "code de sortie 4711", "code d'accès : 47 11"),
    *("code d'enlèvement 4711", "toegangscode 47 11", "Abholcode: 4711", "ophaalcode 4711"),
    *("badge 90417365", "417093628", "417-093-628 was here", "1234 56", "12.34.56", "12 34 56"),
    *("482 913", "482-913", "driver card 000000012"),
)
NONE = (
    *("MSCU7029147", "TGHU1742038", "MEDUZZ123456", "HLCUSSZ2602ABC01", "CNI0000063978"),
    *("NL123456789", "FR12345678900012", "BE0123456789", "NXT21000000002", "NLRTM26001234"),
    *("Freight is not paid, invoice 20261234.", "3 boxes at quay 1742", "le 2026-03-02", "45G1"),
    *("ABC SHIPPING 2000", "PINGTAN 8801", "code postal 76600 Le Havre", "Wrong PIN, until 2"),
    *("arrived 2026-03-02 at 06:30", "le 28.02.26", "poids 1234.56 kg", "tel 02 35 12 34 56"),
    "The driver of MSCU7029147 is none of NXT21000000002.",
)


def test_a_secret_in_free_words_passes_no_system() -> None:
    for system, name, text in product(SYSTEMS, NAMES, SECRETS):
        for said in (text, [text]):
            data = json.dumps({name: said}, ensure_ascii=False).encode()
            clean = system.functions.redact(data)
            assert text not in clean.decode(), (system.name, name, text)
            assert json.loads(clean).keys() == {name}, (system.name, name, text)


def test_a_number_that_is_no_secret_passes_each() -> None:
    for system, name, text in product(SYSTEMS, NAMES, NONE):
        data = json.dumps({name: text}).encode()
        assert system.functions.redact(data) == data, (system.name, name, text)


def test_a_secret_that_says_so_passes_in_no_other_member() -> None:
    members = ("blNumber", "vessel", "terminal", "agent")
    texts = ("PIN 4711", "TCT 12 34 56", "P.I.N. 4711", "code de sortie: 4711")
    for system, name, text in product(SYSTEMS, members, texts):
        clean = system.functions.redact(json.dumps({name: text}).encode())
        assert text not in clean.decode(), (system.name, name, text)
