"""What a party asks of Portbase, as the call that asks it, or why there is none."""

from dataclasses import dataclass
from typing import Final

from adapters.contract import Parties
from adapters.parties import party
from adapters.portbase import profile, wire_chain, wire_release, wire_visit
from adapters.portbase.codes import MODALITIES
from adapters.portbase.memory import Kind
from adapters.portbase.tracks import BY_TRACKING_ID
from adapters.portbase.wire import Sent
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, Role
from schemas.organisations import Organisation
from schemas.registrations import AccountStatus
from schemas.stay import Stay
from schemas.value import Moment

NO_EAN: Final = "{} has no EAN code: Secure Logistics gives one, and nobody is named without."
NO_CODE: Final = "{} has no customer code that {} accepted: it registers one at Portbase."
NO_MODALITY: Final = "Portbase wants to know whether it is collected by road, rail or barge."
NO_BLOCK: Final = "Portbase knows no block of a commercial release: withdraw it, or leave it."
NO_DECLINE: Final = "Portbase knows no declining: whoever passed the right on withdraws it."
NOBODY_BEHIND: Final = "Nobody stands behind the sender in the chain, as far as is known here."


@dataclass(frozen=True, slots=True)
class Call:
    """One call, and what there will be once it is followed (memory.Asked).

    `last`: the answer to it is the answer to what was asked.
    """

    kind: Kind
    path: str
    body: Sent
    party: Organisation | None = None
    chain: tuple[str, ...] = ()
    until: Moment | None = None
    last: bool = True

    @property
    def by_tracking_id(self) -> bool:
        """Whether its `id` is that of the bill, which may not be known yet."""
        return self.kind in BY_TRACKING_ID


@dataclass(frozen=True, slots=True)
class NoCall:
    """There is nothing to call: how it is answered, once it is known how the bill stands."""

    kind: Kind = Kind.ANSWER
    accepted: bool = False
    reason: str = ""
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what, of which container under which bill."""

    recorded: RecordedFact
    message: ContainerMessage
    sender: Organisation
    receiver: Organisation | None
    parties: Parties
    bill: str

    @property
    def stay(self) -> Stay | None:
        """The release as it stands at the ledger; None where it is only asked for."""
        return self.recorded.stay

    @property
    def number(self) -> str:
        """The container."""
        return self.recorded.container

    @property
    def accepted(self) -> tuple[str, ...]:
        """Who holds or held the right by the ledger, the first release party first."""
        hops = () if self.stay is None else self.stay.hops
        return tuple(hop.receiver for hop in hops if hop.accepted)

    @property
    def is_agents(self) -> bool:
        """Whether the ship agent of the release asks."""
        if isinstance(self.message, m.Release):
            return True
        return self.stay is not None and self.stay.agent == self.sender.id


def calls_for(asking: Asking) -> tuple[Call, ...] | NoCall:
    """Return the calls that ask Portbase for what a party asked, in order."""
    match asking.message:
        case m.Release() as message:
            return _release(asking, message)
        case m.Update() as message:
            return (_update(asking, message),)
        case m.Delete():
            return (_withdraw_release(asking),)
        case m.Revoke():
            return (_withdraw_release(asking),) if asking.is_agents else _take_back(asking)
        case m.Transfer():
            return _release_to(asking) if asking.is_agents else _pass_on(asking)
        case m.AssignPickup() | m.UpdatePickup() | m.RevokePickup() as message:
            return _visit(asking, message)
        case m.Accept():
            return NoCall(Kind.ACCEPT)
        case m.SetMeansOfTransport():
            return NoCall(accepted=True)
        case m.Block() | m.Unblock():
            return NoCall(reason=NO_BLOCK)
        case _:
            return NoCall(reason=NO_DECLINE)


# --- the agent's --------------------------------------------------------------------------------


def _release(asking: Asking, message: m.Release) -> tuple[Call, ...] | NoCall:
    receiver = asking.receiver
    chain = () if receiver is None else (receiver.id,)
    if _carrier(asking) in profile.VIA_SCR:
        # SCR brings it to Portbase (identity_scr_portbase.md §B.7); here it is waited for.
        return NoCall(Kind.RELEASE, chain=chain)
    named = _release_to_of(asking, receiver)
    if isinstance(named, NoCall):
        return named
    order = wire_release.CommercialReleaseOrder(
        action=wire_release.ReleaseAction.RELEASE,
        bl_number=asking.bill,
        equipment_number=asking.number,
        terminal_code=message.terminal,
        release_reference=message.release_identification,
        release_to=named,
        release_valid_from_date_time=_written(message.valid_from),
        release_valid_until_date_time=_written(message.expires_at),
    )
    return (Call(Kind.RELEASE, profile.RELEASE, order, chain=chain, until=message.expires_at),)


def _update(asking: Asking, message: m.Update) -> Call:
    order = wire_release.CommercialReleaseOrder(
        action=wire_release.ReleaseAction.UPDATE,
        bl_number=asking.bill,
        equipment_number=asking.number,
        terminal_code=message.terminal,
        release_valid_from_date_time=_written(message.valid_from),
        release_valid_until_date_time=_written(message.expires_at),
    )
    return Call(Kind.UPDATE, profile.RELEASE, order, until=message.expires_at)


def _withdraw_release(asking: Asking) -> Call:
    order = wire_release.CommercialReleaseOrder(
        action=wire_release.ReleaseAction.WITHDRAW,
        bl_number=asking.bill,
        equipment_number=asking.number,
    )
    return Call(Kind.WITHDRAW, profile.RELEASE, order)


def _release_to(asking: Asking) -> tuple[Call, ...] | NoCall:
    """Name the release-to party afterwards, which the release itself left open."""
    named = _release_to_of(asking, asking.receiver)
    if isinstance(named, NoCall):
        return named
    order = wire_release.CommercialReleaseOrder(
        action=wire_release.ReleaseAction.UPDATE,
        bl_number=asking.bill,
        equipment_number=asking.number,
        release_to=named,
    )
    chain = () if asking.receiver is None else (asking.receiver.id,)
    return (Call(Kind.RELEASE_TO, profile.RELEASE, order, chain=chain),)


def _release_to_of(
    asking: Asking, receiver: Organisation | None
) -> wire_release.ReleaseTo | NoCall | None:
    if receiver is None:
        return None
    carriers = {_carrier(asking), asking.sender.code(Scheme.SCAC) or ""}
    carrier = getattr(asking.message, "carrier", None)
    carriers.add("" if carrier is None else carrier.code)
    code = customer_code(receiver, frozenset(carriers))
    if code is None:
        return NoCall(reason=NO_CODE.format(receiver.name, _carrier(asking)))
    return wire_release.ReleaseTo(customer_code=code, name=receiver.name)


def customer_code(organisation: Organisation, carriers: frozenset[str]) -> str | None:
    """Return the code that one of these carriers gave and accepted, or None (§C.3 [B8])."""
    known = {carrier.casefold() for carrier in carriers if carrier}
    codes = (
        account.code
        for account in organisation.accounts
        if account.system == profile.NAME
        and account.status is AccountStatus.ACCEPTED
        and (account.carrier or "").casefold() in known
    )
    return next(codes, None)


def _carrier(asking: Asking) -> str:
    """Return the carrier's SCAC, which a master bill of lading begins with (§C.5 [B19])."""
    return asking.bill[:4]


# --- the chain's --------------------------------------------------------------------------------


def _pass_on(asking: Asking) -> tuple[Call, ...] | NoCall:
    """Nominate a transport operator; authorise anybody else as cargo director (§C.2)."""
    receiver = asking.receiver
    ean = None if receiver is None else receiver.code(Scheme.EAN)
    if receiver is None or ean is None:
        return NoCall(reason=NO_EAN.format("Nobody" if receiver is None else receiver.name))
    before = _up_to_the_sender(asking)
    if Role.TRANSPORT_OPERATOR in receiver.roles:
        nomination = wire_chain.Nomination(
            equipment_number=asking.number,
            inland_operator_ean=ean,
            modality=MODALITIES.get(_leaves_by(asking)),
        )
        nominations = wire_chain.Nominations(id="", nominations=(nomination,))
        return (Call(Kind.NOMINATE, profile.NOMINATE, nominations, receiver, before),)
    authorisation = wire_chain.Authorisation(
        equipment_number=asking.number,
        role=wire_chain.ChainRole.CARGO_DIRECTOR,
        organisation_ean=ean,
    )
    body = wire_chain.Authorisations(id="", authorisations=(authorisation,))
    chain = (*before, receiver.id)
    return (Call(Kind.AUTHORISE, profile.AUTHORISE, body, receiver, chain),)


def _take_back(asking: Asking) -> tuple[Call, ...] | NoCall:
    """Withdraw whoever stands behind the sender: all behind him become redundant (§C.4 [B6])."""
    hops = () if asking.stay is None else asking.stay.hops
    given = [hop.receiver for hop in hops if hop.giver == asking.sender.id]
    if not given:
        return NoCall(reason=NOBODY_BEHIND)
    behind = party(asking.parties, given[-1])
    operator = Role.TRANSPORT_OPERATOR in behind.roles
    withdrawal = wire_chain.Withdrawal(
        equipment_number=asking.number,
        role=wire_chain.ChainRole.INLAND_OPERATOR
        if operator
        else wire_chain.ChainRole.CARGO_DIRECTOR,
        reason=wire_chain.WithdrawalReason.WITHDRAW_INLAND_OPERATOR
        if operator
        else wire_chain.WithdrawalReason.RETRIEVE_DIRECTOR_RIGHTS,
    )
    body = wire_chain.Withdrawals(id="", withdrawals=(withdrawal,))
    kind = Kind.END_NOMINATION if operator else Kind.END_AUTHORISATION
    return (Call(kind, profile.WITHDRAW, body, behind, _up_to_the_sender(asking)),)


def _up_to_the_sender(asking: Asking) -> tuple[str, ...]:
    """Return who holds the right up to the sender, who does where nobody says who does."""
    holders = asking.accepted
    if asking.sender.id in holders:
        return holders[: holders.index(asking.sender.id) + 1]
    return (*holders, asking.sender.id)


def _leaves_by(asking: Asking) -> Modality:
    stay = asking.stay
    return (None if stay is None else stay.leaves_by) or Modality.UNKNOWN


# --- the operator's -----------------------------------------------------------------------------


def _visit(
    asking: Asking, message: m.AssignPickup | m.UpdatePickup | m.RevokePickup
) -> tuple[Call, ...] | NoCall:
    ean = asking.sender.code(Scheme.EAN)
    if ean is None:
        return NoCall(reason=NO_EAN.format(asking.sender.name))
    cancelled = _cancellation(asking, ean)
    if isinstance(message, m.RevokePickup):
        return (Call(Kind.CANCEL, profile.CANCEL, cancelled),)
    told = message.modality
    modality = MODALITIES.get(_leaves_by(asking) if told in {None, Modality.UNKNOWN} else told)
    if modality is None:
        return NoCall(reason=NO_MODALITY)
    eta = _written(message.arrives_at)
    new = Call(Kind.PRE_NOTIFY, profile.VISIT, _pre_notification(asking, ean, modality, eta))
    if isinstance(message, m.AssignPickup):
        return (new,)
    # ECT Delta and Euromax know no change: cancelled, and made anew (§C.6 [B24]).
    return (Call(Kind.CANCEL, profile.CANCEL, cancelled, last=False), new)


def _pre_notification(
    asking: Asking, ean: str, modality: str, eta: str | None
) -> wire_visit.PreNotification:
    visit = wire_visit.Visit(
        modality=modality,
        terminal_code=_quay(asking),
        eta=eta,
        operator_ean=ean,
        executing_charter_ean=ean,
    )
    handling = wire_visit.Handling(
        type=wire_visit.HandlingType.PICKUP,
        equipment_number=asking.number,
        bl_number=asking.bill,
        based_on_status_request=True,
    )
    return wire_visit.PreNotification(visit=visit, handlings=(handling,))


def _cancellation(asking: Asking, ean: str) -> wire_visit.Cancellation:
    return wire_visit.Cancellation(
        terminal_code=_quay(asking),
        equipment_number=asking.number,
        bl_number=asking.bill,
        operator_ean=ean,
    )


def _quay(asking: Asking) -> str:
    return asking.message.terminal or ("" if asking.stay is None else asking.stay.terminal)


def _written(moment: Moment | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
