"""The directory's view without a broker: what it says, and when it is complete, is set by hand."""

import asyncio

from consumers.directory_view import DirectoryView
from ledger.directory.directory import Directory


class ViewByHand(DirectoryView):
    """Knows *directory* from the start, or nobody until it is told to have `read` one."""

    def __init__(self, directory: Directory | None = None) -> None:
        super().__init__("nowhere:9092", "")
        self._whole = asyncio.Event()
        if directory is not None:
            self.read(directory)

    def read(self, directory: Directory) -> None:
        """Have read the topic to its end."""
        self.directory = directory
        self._whole.set()

    async def complete(self) -> None:
        """Wait until it was read."""
        await self._whole.wait()
