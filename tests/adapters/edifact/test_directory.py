"""The directories are what they were when they were compared with their sources."""

from hashlib import sha256

import msgspec

from adapters.edifact.directory import directory, names

# D.95B and D.00B: every message and segment of them was compared with the tables that were checked
# against the UN's own texts, with the patches of NAD, MEA and DGS (edifact_france.md C.2). The
# service segments were written by C.8. Whoever changes one compares it again, and writes its new
# digest here.
COMPARED = {
    "D00B": "2e1e229425c1637674c06a9d3751ef5e719a1aff6758282059d72955d74cf5f4",
    "D95B": "b86630c74abfed33cc1207554993a1ac8db031314c092c501738b69b521e5751",
    "service_3": "04f51793f827476ab872141e089fba3db4251a110cab87a637b3ca237eaff715",
    "service_4": "28a99d8d8aae7c6df4bd87a1b3545759f843ea1b2271f3b62bbd38a919b76c78",
}


def test_each_directory_is_as_it_was_compared() -> None:
    found = {
        name: sha256(msgspec.json.encode(directory(name), order="sorted")).hexdigest()
        for name in names()
    }

    assert found == COMPARED
