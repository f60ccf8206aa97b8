"""No PIN, card or person passes, and no XML that is meant to harm is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import NOTHING
from adapters.customs import SYSTEM
from adapters.customs.redact import redact
from adapters.customs.wire import CAPS
from tests.adapters.customs.ccrm import NOON, SAMPLES, said, sample
from tests.rows import each_row

BOMB = b"""<!DOCTYPE CCRM06ContainerStatus [<!ENTITY a "aaaaaaaaaa">%s]>
<CCRM06ContainerStatus xmlns="urn:releasebus:assumed:ccrm:1">&j;</CCRM06ContainerStatus>""" % (
    b"".join(
        b'<!ENTITY %c "%s">' % (name, b"&%c;" % (name - 1) * 10)
        for name in range(ord("b"), ord("k"))
    )
)
OUTSIDE = b"""<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
<CCRM06ContainerStatus xmlns="urn:releasebus:assumed:ccrm:1">&e;</CCRM06ContainerStatus>"""
SECRETS = ("4711", "000000012")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xml")), ids=lambda path: str(path.stem))
def test_what_names_nobody_stays_byte_for_byte(path: object) -> None:
    data = SAMPLES.joinpath(str(path)).read_bytes()

    assert redact(data) == data


def test_a_bill_of_lading_of_nine_digits_is_no_card() -> None:
    data = said("123456789", BillOfLading="123456789", StayNumber="260123")

    assert redact(data) == data
    assert SYSTEM.functions.parse(data, NOON, NOTHING).messages


@pytest.mark.parametrize("name", ["BillOfLading", "StayNumber", "Terminal"])
def test_a_pin_in_the_place_of_a_number_does_not_pass(name: str) -> None:
    for text in ("PIN:4711", "PIN4711", "PIN 47 11", "P.I.N. 4711"):
        assert text.encode() not in redact(said(**{name: text})), text


@each_row("secret", SECRETS)
@each_row(
    "hidden",
    [
        "<x xmlns='u'><pin>%s</pin></x>",
        "<x xmlns='u' alfapass='%s'/>",
        "<x xmlns='u'>pin %s</x>",
        "<alfapass%s xmlns='u'/>",
        "<x xmlns='u'/>PIN %s",
        "<x xmlns='u'><driver><name>J %s</name></driver></x>",
        "<!-- pin %s -->",
        "<?pin %s?>",
        "<x xmlns='u'><![CDATA[alfapass %s]]></x>",
        "<x xmlns='u'>p&#105;n %s</x>",
    ],
)
def test_no_secret_passes_wherever_it_hides(hidden: str, secret: str) -> None:
    inside = hidden.replace("%s", secret).encode()
    data = said().replace(b"</ns0:CCRM06", inside + b"</ns0:CCRM06")
    assert inside in data
    once = redact(data)

    assert secret.encode() not in once
    assert redact(once) == once
    # Where it was not redacted before, nothing of it is kept.
    parsed = SYSTEM.functions.parse(data, NOON, NOTHING)
    assert not parsed.messages
    assert [each.sensitive for each in parsed.problems] == [True]
    assert parsed.requests == ()


def test_a_secret_in_parts_does_not_pass() -> None:
    for inside in (
        "<x xmlns='u'>PIN <b>4711</b></x>",
        "<x xmlns='u'><a>PIN</a><b>4711</b></x>",
        "<x xmlns='u'>PIN</x><y xmlns='u'>4711</y>",
        "<x xmlns='u'>P<b>IN</b> 47<i/>11</x>",
    ):
        data = said().replace(b"</ns0:CCRM06", inside.encode() + b"</ns0:CCRM06")
        once = redact(data)
        assert not any(each in once for each in (b"4711", b"47<")), inside
        assert redact(once) == once, inside
        assert SYSTEM.functions.parse(once, NOON, NOTHING).messages, inside
        assert not SYSTEM.functions.parse(data, NOON, NOTHING).messages, inside


def test_parts_that_show_no_secret_together_stay() -> None:
    for inside in (
        "<x xmlns='u'>quay <b>no</b></x><y xmlns='u'>4711</y>",
        "<x xmlns='u'><a>weight</a><b>24000</b></x>",
    ):
        data = said().replace(b"</ns0:CCRM06", inside.encode() + b"</ns0:CCRM06")
        assert redact(data) == data, inside


def test_what_was_redacted_beside_the_message_leaves_the_message() -> None:
    data = said().replace(b"</ns0:CCRM06", b"<!-- pin 4711 --></ns0:CCRM06")

    assert SYSTEM.functions.parse(redact(data), NOON, NOTHING).messages


@each_row(
    ("data", "code"),
    [
        (BOMB, "doctype"),
        (OUTSIDE, "doctype"),
        (b"<!DOCTYPE html>" + sample("released").partition(b"?>")[2].strip(), "doctype"),
        (b"<a>" * 100 + b"</a>" * 100, "too_deep"),
        (b"<a>" + b"<b/>" * 600 + b"</a>", "too_many"),
        (b"<a>" + b" " * 10_000_000 + b"</a>", "too_large"),
        (said().replace(b"CPUU1000010", b"C" * CAPS.size_bytes), "too_large"),
        (b"", "not_xml"),
        (b"\x00\xff", "not_xml"),
        (b"<a", "not_xml"),
        (said().replace(b"urn:releasebus", b"urn:other"), "message_unknown"),
        (sample("acknowledgement"), "message_unknown"),
    ],
)
def test_what_is_no_message_of_customs_is_said_what_it_is(data: bytes, code: str) -> None:
    parsed = SYSTEM.functions.parse(data, NOON, NOTHING)

    assert not parsed.messages
    assert [each.code for each in parsed.problems] == [code]
    assert parsed.requests == ()
    once = redact(data)
    assert redact(once) == once
    assert len(once) <= CAPS.size_bytes
    # Why it is none is known also where no more than its digest was kept.
    again = SYSTEM.functions.parse(once, NOON, NOTHING) if data else parsed
    assert [each.code for each in again.problems] == [code]


def test_what_cannot_be_taken_apart_is_kept_as_a_digest_alone() -> None:
    assert b"4711" not in redact(b"<a>pin 4711")
    assert b"sha256:" in redact(b"<a>pin 4711")
    assert redact(b"") == b""


@given(st.binary(max_size=300) | st.sampled_from([said(), BOMB]).map(lambda data: data[:-9]))
def test_whatever_comes_redacting_twice_changes_nothing(data: bytes) -> None:
    once = redact(data)

    assert redact(once) == once
    SYSTEM.functions.parse(once, NOON, NOTHING)


KINDS = (
    "<x xmlns='u'><code kind='PIN'>%s</code></x>",
    "<x xmlns='u' kind='PIN' v='%s'/>",
    "<x xmlns='u' kind='PIN'>%s</x>",
    "<x xmlns='u' kind='PIN'/><y xmlns='u' v='%s'/>",
    "<ns0:x kind='PIN'>%s</ns0:x>",
    "<x xmlns='u'><type>Alfapass</type><nr>%s</nr></x>",
    "<x xmlns='urn:pin:%s'/>",
    "<x xmlns='u' xmlns:pin='%s'/>",
    "<pin%s:x xmlns:pin%s='u'/>",
    "<x xmlns='u' xmlns:pin%s='v' pin%s:a='1'/>",
)


@each_row("inside", KINDS)
def test_a_secret_that_a_kind_or_a_declaration_tells_does_not_pass(inside: str) -> None:
    for secret in SECRETS:
        told = inside.replace("%s", secret).encode()
        data = said().replace(b"</ns0:CCRM06", told + b"</ns0:CCRM06")
        once = redact(data)

        assert told in data
        assert secret.encode() not in once
        assert redact(once) == once
        if b"ns0:x" not in told:
            assert SYSTEM.functions.parse(once, NOON, NOTHING).messages


def test_a_message_in_a_namespace_that_is_a_secret_goes_as_a_whole() -> None:
    once = redact(b"<a xmlns='urn:pin:4711'/>")

    assert b"4711" not in once
    assert redact(once) == once


@each_row(
    "inside",
    [
        "<x xmlns='urn:example:shipping:2026' kind='weight' v='24000'/>",
        "<x xmlns='u' xmlns:spin='urn:y:4711' type='Rank'>4711</x>",
        "<p:x xmlns:p='urn:alpine:2000'>a</p:x>",
    ],
)
def test_other_kinds_and_declarations_stay(inside: str) -> None:
    data = said().replace(b"</ns0:CCRM06", inside.encode() + b"</ns0:CCRM06")

    assert redact(data) == data
