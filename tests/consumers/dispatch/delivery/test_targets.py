"""The file of targets says where documents go, or what is wrong with it."""

from pathlib import Path

import pytest

from consumers.dispatch.delivery.targets import TargetsUnusable, targets_in

SYSTEMS = ("antwerp_cpu", "portbase")
WHOLE = """
[[target]]
name = "Rotterdam"
system = "portbase"
receiver = "portbase"
url = "https://api.example.org/import"
header_files = { "Ocp-Apim-Subscription-Key" = "/run/secrets/key" }
at_once = 2

[target.oauth2]
token_url = "https://login.example.org/token"
client_id = "bus"
client_secret_file = "/run/secrets/portbase"

[[target]]
name = "everybody in Antwerp"
system = "antwerp_cpu"
folder = "/var/spool/cpu"

[[target]]
name = "one haulier"
system = "antwerp_cpu"
receiver = "NXT21000000004"
url = "https://haulier.example.org/cpu"
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "targets.toml"
    file.write_text(text)
    return file


def test_a_receiver_has_its_own_target_before_that_of_everybody(tmp_path: Path) -> None:
    targets = targets_in(written(tmp_path, WHOLE), SYSTEMS)

    own, other = targets.of("antwerp_cpu", "NXT21000000004"), targets.of("antwerp_cpu", "NXT9")
    assert own is not None
    assert own.name == "one haulier"
    assert other is not None
    assert other.name == "everybody in Antwerp"
    assert targets.of("portbase", "NXT9") is None
    asked = targets.of("portbase", "portbase")
    assert asked is not None
    assert asked.oauth2 is not None
    assert asked.at_once == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (('system = "portbase"', 'system = "portbaes"'), "there is no system portbaes"),
        (('folder = "/var/spool/cpu"', ""), "either a url or a folder"),
        (('folder = "/var/spool/cpu"', 'folder = "/x"\nurl = "https://x.org"'), "either a url or"),
        (("https://api.example.org/import", "http://api.example.org"), "no https address"),
        (("https://api.example.org/import", "https://u:p@api.example.org"), "no https address"),
        (("https://login.example.org/token", "http://login.example.org"), "no https address"),
        (("at_once = 2", "at_once = 0"), "more than nothing"),
        (('"one haulier"', '"Rotterdam"'), "another target has the same name"),
        (('receiver = "NXT21000000004"\n', ""), "another target has the documents"),
        (("at_once = 2", "at_onec = 2"), "at_onec"),
        (("at_once = 2", "poll_seconds = -1"), "poll_seconds"),
        (("[[target]]", "[[target"), "targets.toml"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(
    tmp_path: Path, changed: tuple[str, str], said: str
) -> None:
    text = WHOLE.replace(*changed)
    assert text != WHOLE

    with pytest.raises(TargetsUnusable, match=said):
        targets_in(written(tmp_path, text), SYSTEMS)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(TargetsUnusable, match="No such file"):
        targets_in(tmp_path / "none.toml", SYSTEMS)


def test_this_machine_may_be_called_without_tls(tmp_path: Path) -> None:
    here = WHOLE.replace("https://api.example.org/import", "http://127.0.0.1:8080/in")
    not_here = WHOLE.replace("https://api.example.org", "http://127.0.0.1.example.org")

    assert targets_in(written(tmp_path, here), SYSTEMS).of("portbase", "portbase") is not None
    with pytest.raises(TargetsUnusable, match="no https address"):
        targets_in(written(tmp_path, not_here), SYSTEMS)
