"""A receiver of calls, and what brings them there, closed when a test is done."""

from collections.abc import AsyncIterator, Iterator

import pytest

from consumers.dispatch.delivery.carriers import Carrier
from tests.consumers.dispatch.delivery.scripted import Receiver, receiver


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


@pytest.fixture
async def opened() -> AsyncIterator[list[Carrier]]:
    made: list[Carrier] = []
    yield made
    for each in made:
        await each.close()
