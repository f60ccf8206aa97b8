"""Acknowledgements that do not come: kept, told on edi.answers.v1, and alarmed, once each."""

import asyncio
import logging
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import DatabaseThread
from consumers.dispatch.follow import Sends
from consumers.gateway.out import acknowledges
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore

log = logging.getLogger(__name__)


class Overdue:
    """Looks what partners were told and have not acknowledged in their time.

    Nothing is sent again by itself: a partner that has it would have it twice.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        store: GatewayStore,
        thread: DatabaseThread,
        sender: Sends,
    ) -> None:
        self.counted: Counter[str] = Counter()
        self._sender = sender
        self._settings = settings
        self._store = store
        self._thread = thread
        self._patience = {
            partner.name: timedelta(minutes=partner.answer_minutes)
            for partner in settings.partners.values()
            if acknowledges(partner)
        }

    async def run(self) -> None:
        """Look from time to time until cancelled."""
        while True:
            await self._look_now()
            await asyncio.sleep(self._settings.watch_seconds)

    async def _look_now(self) -> None:
        try:
            await self.look(datetime.now(UTC))
        except DBAPIError as error:
            log.warning("The store cannot be asked, again: %s", type(error).__name__)

    async def look(self, now: datetime) -> None:
        """Alarm what is overdue and was not alarmed before."""
        late = await self._thread.run(
            self._store.overdue, self._patience, now, self._settings.namespace
        )
        if late:
            self._sender.more()
        for each in late:
            self.counted["overdue"] += 1
            log.warning(
                "%s has not acknowledged interchange %s, sent at %s: ask whether it has it",
                each.partner,
                each.reference,
                each.sent_at and each.sent_at.isoformat(timespec="seconds"),
            )
