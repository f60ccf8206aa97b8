"""No person, code or free word of Cargonaut's gets past the redaction, wherever it stands."""

from adapters.cargonaut.redact import redact, why_digested
from tests.adapters.cargonaut.facts import sample


def test_nothing_passes_in_elements_and_attributes_that_nobody_knows() -> None:
    place = b"<ram:ReportedStatus>"
    for inside in (
        b"<ram:Remark>PIN <b>4711</b></ram:Remark>",
        b"<ram:Remark><ram:a>PIN</ram:a><ram:b>4711</ram:b></ram:Remark>",
        b"<ram:Remark p='4711'/>",
        b"<ram:Remark>Jan Peeters tel 0474711</ram:Remark>",
        b"<ram:Reason>PIN <ram:b>4711</ram:b></ram:Reason>",
        b"<ram:Remark xmlns:pin='4711'/>",
        b"<x xmlns='urn:pin:4711'/>",
        b"<pin4711:x xmlns:pin4711='u'/>",
        b"PIN 4711",
        b"<ram:Reason/>4711",
        b"<ram:Pin><ram:ID>4711</ram:ID></ram:Pin>",
        b"<ram:Password><ram:TypeCode>p4711w</ram:TypeCode></ram:Password>",
        b"<ram:Driver><ram:Note><ram:ID>Peeters</ram:ID></ram:Note></ram:Driver>",
    ):
        data = sample("received.xml").replace(place, inside + place)
        once = redact(data)
        assert b"4711" not in once, inside
        assert b"Peeters" not in once, inside
        assert redact(once) == once, inside


def test_a_pin_in_the_place_of_a_messages_number_does_not_pass() -> None:
    for text in (b"PIN:4711", b"PIN4711", b"TCT 12 34 56", b"P.I.N. 4711"):
        data = sample("received.xml").replace(b"CGN-2026-000001", text)
        assert text in data
        assert text not in redact(data), text


def test_of_a_message_whose_own_namespace_is_a_code_a_digest_is_kept() -> None:
    for uri in (b"urn:pin:4711", b"urn:tct:4711"):
        once = redact(sample("received.xml").replace(b"iata:statusmessage:1", uri))

        assert why_digested(once) == "message_unknown"
        assert b"4711" not in once.partition(b"sha256:")[0]
        assert redact(once) == once
