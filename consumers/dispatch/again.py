"""Rendering again what was put aside, after our code was mended."""

from consumers.apply.thread import DatabaseThread
from consumers.directory_view import DirectoryView
from consumers.dispatch.store import Settled, Store
from consumers.together import all_or_none
from ledger.directory.directory import Directory


async def rendered_again(
    store: Store, thread: DatabaseThread, directory: Directory, container: str | None = None
) -> list[Settled]:
    """Render what is put aside of *container*, or of all, one container after the other."""
    parked = await thread.run(store.parked, container)
    containers = dict.fromkeys(aside.arrival.container for aside in parked)
    return [await thread.run(store.resume, directory, own) for own in containers]


async def resumed(
    store: Store, thread: DatabaseThread, view: DirectoryView, container: str | None
) -> Settled:
    """Render again what was put aside, with the directory as *view* comes to know it."""
    settled: list[Settled] = []

    async def again() -> None:
        await view.complete()
        settled.extend(await rendered_again(store, thread, view.directory, container))

    await thread.run(store.create)
    await all_or_none(again(), view.run())
    documents = sum(each.documents for each in settled)
    return Settled(documents, sum(each.aside for each in settled), {}, {})
