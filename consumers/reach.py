"""What it looks like when broker or database cannot be reached, and how to find out at once."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError, OperationalError

TRY_SECONDS = 5.0

BROKER_TROUBLE = (KafkaError,)
DATABASE_TROUBLE = (OperationalError, DBAPIError)


class BrokerAway(Exception):
    """No Kafka broker answers there.

    Start one (`make engines` does on this machine), or say where it is with --bootstrap-servers
    or RELEASEBUS_KAFKA.
    """


async def reach_broker(bootstrap_servers: str) -> None:
    """Return when a broker answers at *bootstrap_servers*; raise BrokerAway where none does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=3000)
    try:
        async with asyncio.timeout(TRY_SECONDS):
            await admin.start()
    except (KafkaError, TimeoutError, OSError, ValueError, AssertionError) as error:
        raise BrokerAway(bootstrap_servers) from error
    finally:
        await admin.close()
