"""A ledger in which a container is parked: written by the book, without a broker."""

from ledger.book.engine import open_book
from ledger.book.migrate import migrate
from schemas import messages as m
from tests.ledger.book.log import AGENT, FORWARDER, LEDGER, PORT, Clerk, accept, clerk_of, release

BOX = "CPUU1000010"


def a_parked_container(database_url: str) -> Clerk:
    """A ledger in which the acceptance of a container broke, and a block stands behind it."""
    engine = open_book(database_url)
    migrate(engine)
    clerk = clerk_of(engine)
    clerk.say(AGENT, release(BOX))
    broke = clerk.log.say(FORWARDER, accept(BOX))
    clerk.keep(clerk.book.settle_broken(clerk.leases[LEDGER], broke, KeyError("NXT21000000002")))
    clerk.say(AGENT, m.Block(container=BOX, port=PORT))
    clerk.book.forget()
    return clerk
