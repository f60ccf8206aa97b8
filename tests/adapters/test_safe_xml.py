"""XML from outside: what would reach out, swell or go deep is refused before a tree is made."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.safe_xml import ENCODINGS, MOST_FAULTS, Caps, Element, Schema, read, written
from schemas.unreadable import Unreadable
from tests.rows import each_row

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<lolz>&c;</lolz>"""


class Rules(Schema):
    """An XSD that stands beside this test, read as an adapter's own is."""

    def __init__(self, xsd: bytes) -> None:
        self._rules = root_of(xsd)


def root_of(data: bytes) -> Element:
    root = read(data)
    assert not isinstance(root, Unreadable)
    return root


def refused(data: bytes, caps: Caps | None = None) -> tuple[str, str]:
    found = read(data) if caps is None else read(data, caps)
    assert isinstance(found, Unreadable)
    assert found.sentence
    return found.code, found.position


RULES = Rules(b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:a"
    xmlns="urn:a" elementFormDefault="qualified"><xs:element name="Waybill"><xs:complexType>
    <xs:sequence><xs:element name="Pieces" type="xs:int" maxOccurs="40"/></xs:sequence>
    <xs:attribute name="id" use="required"/></xs:complexType></xs:element></xs:schema>""")


@each_row(
    "data",
    [
        LAUGHS,
        b"<!DOCTYPE a><a/>",
        b"<!doctype a><a/>".replace(b"doctype", b"DOCTYPE"),
        b'<?xml version="1.0"?><!-- first --><!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
        b'<!DOCTYPE a PUBLIC "p" "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p;]><a/>',
        "<!DOCTYPE a><a/>".encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADw-+ACE-DOCTYPE a+AD4-+ADw-a/+AD4-',
    ],
)
def test_a_doctype_is_refused_before_anything_is_declared(data: bytes) -> None:
    code, _ = refused(data)

    assert code in {"doctype", "not_xml"}
    assert code == "doctype" or b"UTF-7" in data


@pytest.mark.parametrize(
    ("data", "position"),
    [
        (b"", "line 1, column 1"),
        (b"junk", "line 1, column 1"),
        (b"\x1f\x8b\x08\x00", "line 1, column 1"),
        (b"<a>\n<b></a>", "line 2, column 8"),
        (b"<a>&x;</a>", "line 1, column 7"),
        (b"<a/><b/>", "line 1, column 5"),
        (b"<a>\xff</a>", "line 1, column 4"),
    ],
)
def test_what_is_no_xml_is_told_with_its_place(data: bytes, position: str) -> None:
    assert refused(data) == ("not_xml", position)


def test_caps_hold_at_their_number_and_not_before() -> None:
    caps = Caps(size_bytes=60, depth=3, nodes=5)
    deep, many = b"<a><a><a/></a></a>", b'<a b="1" c="2"><d/><e/></a>'

    assert not isinstance(read(deep, caps), Unreadable)
    assert not isinstance(read(many, caps), Unreadable)
    assert not isinstance(read(b"<a>" + b" " * 53 + b"</a>", caps), Unreadable)
    assert refused(b"<a><a><a><a/></a></a></a>", caps) == ("too_deep", "element 4")
    assert refused(b'<a b="1" c="2"><d/><e/><f/></a>', caps) == ("too_many", "element 6")
    assert refused(b'<a b="1" c="2"><d e="3" f="4"/></a>', caps)[0] == "too_many"
    assert refused(b"<a>" + b" " * 54 + b"</a>", caps) == ("too_large", "byte 60")
    named = b"<a%s/>" % b"".join(b" xmlns:n%d='u'" % n for n in range(6))
    assert refused(named, Caps(nodes=5))[0] == "too_many"
    assert not isinstance(read(named, Caps(nodes=7)), Unreadable)


def test_elements_side_by_side_are_not_inside_each_other() -> None:
    root = root_of(b"<a>" + b"<b/>" * 1000 + b"</a>")

    assert len(root) == 1000


@pytest.mark.parametrize("encoding", sorted(ENCODINGS - {"ASCII"}))
def test_an_encoding_is_read_by_its_declaration(encoding: str) -> None:
    name = "Zoë" if encoding in {"UTF-8", "ISO-8859-1"} else "Zoe"
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>{name}</a>'.encode(encoding)

    assert root_of(data).text == name


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1252", "utf-16-le"])
def test_an_encoding_in_which_words_are_not_found_is_refused(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>x</a>'.encode(encoding)

    assert refused(data)[0] in {"encoding_unknown", "not_xml"}


def test_comments_and_instructions_are_left_out() -> None:
    root = root_of(b"<?xml-stylesheet href='x'?><a><!-- pin 1234 --><?php x?>b<!-- c -->d</a>")

    assert written(root) == b"<?xml version='1.0' encoding='UTF-8'?>\n<a>bd</a>"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A web server of this test's, and the paths that anybody asked it for."""
    paths: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    running.join()
    server.server_close()


def test_nothing_is_fetched_whatever_it_points_to(
    asked: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, paths = asked
    elsewhere = tmp_path / "other.xsd"
    elsewhere.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b">'
        '<xs:element name="b" type="xs:string"/></xs:schema>'
    )
    instance = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation'
    include = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
    for place in (f"{address}/x.xsd", elsewhere.as_uri()):
        root = root_of(f'<b xmlns="urn:b" {instance}="urn:b {place}"/>'.encode())
        assert [fault.code for fault in RULES.faults(root)] == ["message_unknown"]
        root = root_of(f'<a {include}><xi:include href="{place}"/></a>'.encode())
        assert len(root) == 1
        assert refused(f'<!DOCTYPE a SYSTEM "{place}"><a/>'.encode())[0] == "doctype"

    assert paths == []


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b'<Waybill xmlns="urn:a" id="1"><Pieces>3</Pieces></Waybill>', []),
        (
            b'<W:Waybill xmlns:W="urn:a"><W:Pieces>1</W:Pieces>\n\n<W:Pieces/></W:Waybill>',
            [("field_missing", "line 1, Waybill"), ("field_invalid", "line 3, Pieces")],
        ),
        (
            b'<Waybill xmlns="urn:a" id="1" of="2"/>',
            [("field_unexpected", "line 1, Waybill/@of"), ("field_missing", "line 1, Waybill")],
        ),
        (
            b'<Waybill xmlns="urn:a" id="1"><Pieces>1</Pieces>\n<N123456789/></Waybill>',
            [("field_unexpected", "line 2, …")],
        ),
        (b"<Waybill/>", [("message_unknown", "line 1, Waybill")]),
    ],
)
def test_what_is_not_as_the_schema_has_it_is_told_with_its_place(
    data: bytes, faults: list[tuple[str, str]]
) -> None:
    assert [(each.code, each.position) for each in RULES.faults(root_of(data))] == faults


def test_a_fault_repeats_nothing_of_what_stands_there() -> None:
    faults = RULES.faults(root_of(b'<Waybill xmlns="urn:a" id="1"><Pieces>4711</Pieces>'
                                  b"<Pieces>pin 0815</Pieces></Waybill>"))  # fmt: skip

    assert [each.code for each in faults] == ["field_invalid"]
    assert "0815" not in repr(faults)


def test_of_many_faults_the_first_are_told() -> None:
    root = root_of(b'<Waybill xmlns="urn:a" id="1">' + b"<Pieces>x</Pieces>" * 40 + b"</Waybill>")

    assert len(RULES.faults(root)) == MOST_FAULTS


markup = st.lists(
    st.sampled_from(
        ("<a> </a> <a/> <!DOCTYPE_a_[ <!ENTITY_x_'y'> ]> &x; &lt; <![CDATA[ ]]> <!-- --> <?p ?> é")
        .replace("_", "\t")
        .split(" ")
    ),
    max_size=20,
).map("".join)


@given(st.binary(max_size=100) | markup.map(str.encode) | markup.map(lambda x: x.encode("utf-16")))
def test_whatever_the_bytes_are_there_is_a_root_without_entities_or_a_reason(data: bytes) -> None:
    found = read(data)

    if isinstance(found, Unreadable):
        assert found.code
    else:
        assert found.getroottree().docinfo.internalDTD is None
        assert root_of(written(found)).tag == found.tag
