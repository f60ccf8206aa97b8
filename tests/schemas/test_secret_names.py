"""What a member's name tells of a secret or a person, in whatever way it is written."""

import pytest

from schemas.secret_names import names_a_code, names_a_person, names_a_secret, words_of

SECRETS = (
    *(
        "pin",
        "PIN",
        "PINs",
        "encryptedPin",
        "pinCode",
        "P.I.N.",
        "p_i_n",
        "p i n",
        "P-I-N",
        "t.c.t",
    ),
    *(
        "pi\u200bn",
        "pinNo",
        "pinno",
        "pinwaarde",
        "PIN_WAARDE",
        "codeTCT",
        "Alfa Pass",
        "p\u00een",
        "p\u0131n",
        "gatepin",
        "releasePin",
        "tctnr",
        "wachtwoord",
    ),
)
CODES = (
    *("afhaalcode", "codeSortie", "code_de_sortie", "accessCode", "releaseCode", "releaseCodes"),
    *("Toegangscode", "Abholcode", "codeAcc\u00e8s", "pickupCode", "gateCode"),
)
PERSONS = (
    *("driver", "truckDriver", "Fahrer", "conducteur", "bestuurder", "firstName", "last_name"),
    *("licencePlate", "licensePlateNumber", "kenteken", "Pr\u00e9nom", "nameofdriver"),
    *("vrachtwagenchauffeur", "passportNumber"),
)
OTHERS = (
    *("shipping", "shippingLine", "spin", "opinion", "pinNumberless2", "p_i", "i_n_p", "s_p_i_n"),
    *(
        "releaseIdentification",
        "terminalCode",
        "pickupLocationCode",
        "commodityCode",
        "releaseType",
    ),
    *("name", "fullName", "inlandOperatorFullName", "plateau", "vesselName", "customsReleaseDate"),
)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert names_a_secret(words_of(name))


@pytest.mark.parametrize("name", CODES)
def test_a_code_is_known_by_its_name_and_refuses_no_message(name: str) -> None:
    assert names_a_code(words_of(name))
    assert not names_a_secret(words_of(name))


@pytest.mark.parametrize("name", PERSONS)
def test_who_drives_is_known_by_the_name(name: str) -> None:
    assert names_a_person(words_of(name))


@pytest.mark.parametrize("name", OTHERS)
def test_what_only_sounds_like_it_is_none(name: str) -> None:
    words = words_of(name)

    assert not names_a_code(words)
    assert not names_a_person(words)
    assert names_a_secret(words) == (name == "pinNumberless2")
