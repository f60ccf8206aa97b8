"""A certificate for this machine alone, made by openssl where the door has none yet."""

import shutil
import subprocess
from pathlib import Path

from cli.exits import Exit, Told

DAYS = 90
CERTIFICATE, KEY = "certificate.pem", "key.pem"


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """Return the certificate and the key in *folder*; both are made where neither is there.

    It is signed by itself and names localhost: for trying things out.
    """
    certificate, key = folder / CERTIFICATE, folder / KEY
    if certificate.is_file() or key.is_file():
        return certificate, key
    if shutil.which("openssl") is None:
        sentence = "There is no openssl to make a certificate: give --certificate and --key."
        raise Told(sentence, Exit.USAGE)
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-days", str(DAYS), "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
        *("-out", str(certificate), "-keyout", str(key)),
    ]
    # openssl makes the key readable for its owner alone.
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        said = made.stderr.strip().splitlines()[-1:]
        raise Told(f"openssl made no certificate: {' '.join(said)}", Exit.FOUND)
    return certificate, key
