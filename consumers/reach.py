"""What it looks like when broker or database cannot be reached, and how to find out at once."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError, SaslAuthenticationFailed, UnsupportedSaslMechanismError
from sqlalchemy.exc import DBAPIError, OperationalError

from producers.login import Servers, connection

TRY_SECONDS = 5.0

BROKER_TROUBLE = (KafkaError,)
DATABASE_TROUBLE = (OperationalError, DBAPIError)


class BrokerAway(Exception):
    """No Kafka broker answers there.

    Start one (`make engines` does on this machine), or say where it is with --bootstrap-servers
    or RELEASEBUS_KAFKA. One that asks who you are does not answer strangers either: then say so
    with RELEASEBUS_KAFKA_USER, RELEASEBUS_KAFKA_PASSWORD_FILE and RELEASEBUS_KAFKA_PROTOCOL.
    """


class NotLetIn(Exception):
    """The broker is there, and does not know this user or takes another password for it.

    Look at RELEASEBUS_KAFKA_USER and the file that RELEASEBUS_KAFKA_PASSWORD_FILE names. Users
    are made, and given a new password, by `releasebus acl apply`, run by the administrator.
    """


async def reach_broker(bootstrap_servers: Servers) -> None:
    """Return when a broker answers at *bootstrap_servers*; raise BrokerAway where none does.

    Raises NotLetIn where one does, and does not let us in.
    """
    admin = AIOKafkaAdminClient(**connection(bootstrap_servers), request_timeout_ms=3000)
    try:
        async with asyncio.timeout(TRY_SECONDS):
            await admin.start()
    except (KafkaError, TimeoutError, OSError, ValueError, AssertionError) as error:
        await _ask_at_the_door(bootstrap_servers)
        raise BrokerAway(str(bootstrap_servers)) from error
    finally:
        await admin.close()


async def _ask_at_the_door(servers: Servers) -> None:
    """Raise NotLetIn if it is our login that is refused: aiokafka's clients keep that quiet."""
    if isinstance(servers, str) or servers.login is None:
        return
    settings = connection(servers)
    for host, port, _ in collect_hosts(settings.pop("bootstrap_servers")):
        try:
            async with asyncio.timeout(TRY_SECONDS):
                door = await create_conn(host, port, **settings)
        except (SaslAuthenticationFailed, UnsupportedSaslMechanismError) as error:
            raise NotLetIn(f"{servers}, user {servers.login.user}") from error
        except (KafkaError, TimeoutError, OSError):
            continue
        door.close()
