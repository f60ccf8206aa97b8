"""What each party says about one container: the messages of a story, one method a message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TypedDict

from producers.simulator.cargo import Box
from producers.simulator.cast import PORT, Cast, Company, Driver, Quay
from producers.simulator.planned import APPLIED, Answer
from schemas import messages as m
from schemas.messages import (
    ContainerMessage,
    CustomsStatus,
    Modality,
    PartyRef,
    Role,
    SealedDriver,
)
from schemas.reasons import Finding

# identity, the terminal's public key, its id, alias: producers.sealing.seal
Seal = Callable[[str, str, str, str | None], SealedDriver]


LAST_RIGHT = "the last right"
"""In the place of the id of the right that was made last: a terminal reads it in its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a story and what must become of it.

    `about` is the agent's number of the release that it is about, empty where it is about the box
    itself; `receiver` whom the right goes to; `quay` the terminal it names, in its one spelling;
    `not_before` is when it is said at the earliest.
    """

    role: Role
    sender: str
    message: ContainerMessage
    about: str = ""
    answer: Answer = APPLIED
    receiver: str | None = None
    quay: str = ""
    findings: tuple[Finding, ...] = ()
    repeated: bool = False
    not_before: datetime | None = None


class Place(TypedDict):
    """The members that say which container and which release a message is about."""

    container: str
    port: str
    bills_of_lading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """What can be said about *box*; `quay` is where it stands, or will."""

    box: Box
    cast: Cast
    quay: Quay
    starts_at: datetime
    chance: Random
    seal: Seal

    @property
    def number(self) -> str:
        """The agent's number of the release that counts now."""
        return self.box.release_identification

    @property
    def agent(self) -> Company:
        """The ship agent that releases it."""
        return self.box.ship.agent

    def one_of(self, companies: Sequence[Company]) -> Company:
        """Return somebody else than those whom the right goes through."""
        return self.chance.choice([each for each in companies if each not in self.box.route])

    def another_driver(self) -> Driver:
        """Return another driver of the haulier that collects it."""
        drivers = self.cast.drivers_of(self.box.operator)
        return self.chance.choice([each for each in drivers if each != self.box.driver])

    # --- the ship agent ---------------------------------------------------------------------

    def release(
        self, *, answer: Answer = APPLIED, days: int | None = None, ends: datetime | None = None
    ) -> Step:
        """Release the box, with the first nomination where the agent knows whom.

        It expires in so many *days*, or at *ends*; else when its agent usually lets it.
        """
        box, first = self.box, self.box.asked(0)
        in_days = timedelta(days=days or self.chance.choice((14, 21, 30, 60)))
        given = days is not None or self.chance.choice((True, False))
        message = m.Release(
            **self._place(),
            terminal=self._spelled(),
            release_identification=self.number,
            stay_number=box.ship.stay_number,
            vessel_imo=box.ship.vessel_imo,
            release_to=self._named(first) if box.nominated else None,
            expires_at=ends or (self.starts_at + in_days if given else None),
            equipment_type=box.equipment_type,
            haulage=box.haulage,
        )
        nominee = first.id if box.nominated else None
        return self._by_agent(message, answer, nominee)

    def rival_release(self, rival: Company) -> Step:
        """Another agent releases the same box at the same quay, by mistake."""
        message = m.Release(
            container=self.box.number,
            port=PORT,
            terminal=self.quay.code,
            bills_of_lading=(f"{rival.line}XX{self.chance.randrange(10**7):07d}",),
            release_identification=f"{rival.line}{self.chance.randrange(10**9):09d}",
        )
        number = message.release_identification
        return Step(Role.SHIP_AGENT, rival.id, message, about=number, quay=self.quay.code)

    def rival_delete(self, claim: Step) -> Step:
        """The other agent sees its mistake."""
        message = m.Delete(container=self.box.number, port=PORT, reason="Wrong container number")
        return Step(Role.SHIP_AGENT, claim.sender, message, about=claim.about)

    def delete(self) -> Step:
        """Withdraw the release."""
        return self._by_agent(m.Delete(**self._place(), reason="Released by mistake"))

    def update(self, to: Quay, *, expires_in_days: int | None = None) -> Step:
        """Name another quay, or a later date."""
        later = None
        if expires_in_days is not None:
            later = self.starts_at + timedelta(days=expires_in_days)
        message = m.Update(
            container=self.box.number,
            port=PORT,
            release_identification=self.number,
            terminal=to.code,
            expires_at=later,
        )
        return Step(Role.SHIP_AGENT, self.agent.id, message, about=self.number, quay=to.code)

    def block(self) -> Step:
        """Freeze the release."""
        reason = self.chance.choice(("Freight not paid", "Original bill of lading missing"))
        return self._by_agent(m.Block(**self._place(), reason=reason))

    def unblock(self) -> Step:
        """Lift the block."""
        return self._by_agent(m.Unblock(**self._place()))

    def revoke_chain(self) -> Step:
        """Take the whole chain back."""
        return self._by_agent(m.Revoke(**self._place(), reason="Released to the wrong party"))

    def nominate(self, receiver: Company, answer: Answer = APPLIED) -> Step:
        """Transfer the right for the first time, after the release."""
        message = m.Transfer(**self._place(), release_to=self._named(receiver))
        return self._by_agent(message, answer, receiver.id)

    # --- the chain --------------------------------------------------------------------------

    def transfer(self, giver: Company, receiver: Company, answer: Answer = APPLIED) -> Step:
        """Pass the right on; the agent does so on its own topic."""
        if giver is self.agent:
            return self.nominate(receiver, answer)
        message = m.Transfer(**self._place(), release_to=self._named(receiver))
        return self._by_party(giver, message, answer, receiver.id)

    def accept(self, receiver: Company, answer: Answer = APPLIED) -> Step:
        """Take the right."""
        return self._by_party(receiver, m.Accept(**self._place()), answer)

    def decline(self, receiver: Company) -> Step:
        """Refuse the right."""
        reason = self.chance.choice(("No capacity", "Not our consignment"))
        return self._by_party(receiver, m.Decline(**self._place(), reason=reason))

    def take_back(self, giver: Company, answer: Answer = APPLIED) -> Step:
        """Revoke a transfer before it is accepted."""
        if giver is self.agent:
            return self.revoke_chain()
        return self._by_party(giver, m.Revoke(**self._place(), reason="Sent in error"), answer)

    def assign(
        self,
        by: Company,
        driver: Driver | None = None,
        answer: Answer = APPLIED,
        *,
        ends: datetime | None = None,
    ) -> Step:
        """Make the pick-up right; by truck *driver* is sealed for the quay."""
        usual = self.chance.choice((None, self.starts_at + timedelta(days=3)))
        message = m.AssignPickup(
            **self._place(),
            modality=by.modality or Modality.TRUCK,
            driver=None if driver is None else self._sealed(driver),
            expires_at=ends or usual,
        )
        return self._by_party(by, message, answer)

    def change_driver(self, by: Company, driver: Driver) -> Step:
        """Name another driver: the right is made anew."""
        return self._by_party(by, m.UpdatePickup(**self._place(), driver=self._sealed(driver)))

    def say_means(self, by: Company) -> Step:
        """Say how the box will leave, before a pick-up is assigned."""
        means = by.modality or Modality.TRUCK
        message = m.SetMeansOfTransport(**self._place(), means_of_transport=means)
        return self._by_party(by, message)

    def revoke_pickup(self, by: Company, answer: Answer = APPLIED) -> Step:
        """End the pick-up right."""
        message = m.RevokePickup(**self._place(), reason="Another driver")
        return self._by_party(by, message, answer)

    # --- terminal and customs -----------------------------------------------------------------

    def discharge(self, answer: Answer = APPLIED) -> Step:
        """The box stands on the quay."""
        message = m.ReportDischarge(
            container=self.box.number,
            port=PORT,
            terminal=self.quay.code,
            stay_number=self.box.ship.stay_number,
        )
        return self._by_terminal(message, answer)

    def terminal_release(self) -> Step:
        """The terminal's light goes green."""
        return self._by_terminal(m.ReportTerminalRelease(**self._place(), terminal=self.quay.code))

    def terminal_block(self) -> Step:
        """The terminal holds the box."""
        return self._by_terminal(m.ReportTerminalBlock(**self._place(), terminal=self.quay.code))

    def confirm_end(self) -> Step:
        """The terminal that the box is not to come to knows that its right ended: the last."""
        message = m.ConfirmPickupEnd(
            **self._place(), terminal=self.quay.code, pickup_id=LAST_RIGHT
        )
        return replace(self._by_terminal(message), about=self.number)

    def terminal_unblock(self) -> Step:
        """The terminal lifts its hold."""
        return self._by_terminal(m.ReportTerminalUnblock(**self._place(), terminal=self.quay.code))

    def scanning(self) -> Step:
        """The terminal puts the box aside for a scan."""
        return self._by_terminal(m.ReportScanning(**self._place(), terminal=self.quay.code))

    def gate_in(self) -> Step:
        """A truck for the box is inside."""
        return self._by_terminal(m.ReportGateIn(**self._place(), terminal=self.quay.code))

    def gate_out(
        self, by: Company, findings: tuple[Finding, ...] = (), *, overruled: bool = False
    ) -> Step:
        """The box leaves with *by*."""
        message = m.ReportGateOut(
            container=self.box.number,
            port=PORT,
            terminal=self.quay.code,
            picked_up_by=by.by_vat(),
            modality=by.modality,
            overruled=overruled,
        )
        return self._by_terminal(message, APPLIED, findings)

    def customs(self, status: CustomsStatus) -> Step:
        """Customs set their light."""
        message = m.ReportCustomsStatus(**self._place(), status=status)
        return Step(Role.CUSTOMS, self.cast.customs.id, message)

    # --- how it is written --------------------------------------------------------------------

    def _by_agent(
        self, message: ContainerMessage, answer: Answer = APPLIED, receiver: str | None = None
    ) -> Step:
        own, about, quay = self.agent.id, self.number, self.quay.code
        return Step(Role.SHIP_AGENT, own, message, about, answer, receiver, quay)

    def _by_party(
        self,
        sender: Company,
        message: ContainerMessage,
        answer: Answer = APPLIED,
        receiver: str | None = None,
    ) -> Step:
        return Step(sender.roles[-1], sender.id, message, self.number, answer, receiver)

    def _by_terminal(
        self,
        message: ContainerMessage,
        answer: Answer = APPLIED,
        findings: tuple[Finding, ...] = (),
    ) -> Step:
        sender = self.quay.operator.id
        return Step(Role.TERMINAL_OPERATOR, sender, message, answer=answer, findings=findings)

    def _place(self) -> Place:
        return Place(container=self.box.number, port=PORT, bills_of_lading=self.box.bills)

    def _spelled(self) -> str:
        return self.chance.choices(self.quay.spellings, weights=(6, 3, 1))[0]

    def _named(self, company: Company) -> PartyRef:
        ways = (company.by_vat(), company.by_vat_with_dots(), company.by_nxtport_id())
        return self.chance.choices(ways, weights=(6, 2, 2))[0]

    def _sealed(self, driver: Driver) -> SealedDriver:
        key = self.quay.key
        return self.seal(driver.card, key.public_key, key.key_id, driver.alias)
