"""Rendering again what was put aside, after our code was mended."""

from consumers.apply.thread import DatabaseThread
from consumers.dispatch.store import Settled, Store
from ledger.directory.directory import Directory


async def rendered_again(
    store: Store, thread: DatabaseThread, directory: Directory, container: str | None = None
) -> list[Settled]:
    """Render what is put aside of *container*, or of all, one container after the other."""
    parked = await thread.run(store.parked, container)
    containers = dict.fromkeys(aside.arrival.container for aside in parked)
    return [await thread.run(store.resume, directory, own) for own in containers]
