"""One Kafka for all workers of a test run: a broker each would only warm up side by side.

The process that hands out the tests runs it, from the moment the workers start and beside them;
where it is, or why it is not, stands in a file that the workers wait for.
"""

import contextlib
import tempfile
import threading
import time
from pathlib import Path

from compose.local import EngineBroken, EngineUnavailable
from tests.engines import Choice, running_kafka

LOOK_AGAIN_SECONDS = 0.05
PATIENCE_SECONDS = 180.0
ADDRESS, TROUBLE = "address", "trouble"


class SharedKafka:
    """Runs the chosen Kafka in the background until it is closed; `folder` is for the workers."""

    def __init__(self, choice: Choice) -> None:
        self._tidy = contextlib.ExitStack()
        self.folder = Path(self._tidy.enter_context(tempfile.TemporaryDirectory()))
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(choice,), name="shared Kafka")
        self._thread.start()

    def close(self) -> None:
        """Stop it, and wait until it is gone."""
        self._enough.set()
        self._thread.join()
        self._tidy.close()

    def _run(self, choice: Choice) -> None:
        try:
            with running_kafka(choice) as kafka:
                self._tell(ADDRESS, kafka.bootstrap_servers)
                self._enough.wait()
        except (EngineUnavailable, EngineBroken) as error:
            self._tell(TROUBLE, str(error))

    def _tell(self, name: str, text: str) -> None:
        partial = self.folder / "partial"
        partial.write_text(text, encoding="utf-8")
        partial.rename(self.folder / name)


def address_told_in(folder: Path) -> str:
    """Return where the shared Kafka is, once it runs; raises EngineBroken where it does not."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not (folder / ADDRESS).is_file():
        if (folder / TROUBLE).is_file():
            raise EngineBroken((folder / TROUBLE).read_text(encoding="utf-8"))
        if time.monotonic() > give_up_at:
            raise EngineBroken(f"no Kafka was told of in {PATIENCE_SECONDS:.0f} s in {folder}")
        time.sleep(LOOK_AGAIN_SECONDS)
    return (folder / ADDRESS).read_text(encoding="utf-8")
