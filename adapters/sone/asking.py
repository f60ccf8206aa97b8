"""One request of a party's, and what S)ONE is told of it: by whom, how and until when."""

from dataclasses import dataclass
from datetime import datetime

from adapters.contract import Parties
from adapters.exit_steps.organiser import organiser_of
from adapters.exit_steps.secrets import words_without
from adapters.parties import party
from adapters.sone import crosswalk
from adapters.sone.assumed import IDENTIFICATION, NO_COMMENT, ORGANISED, Ask
from adapters.sone.memory import Memory
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage, Modality, Role
from schemas.organisations import Organisation
from schemas.stay import Stay


@dataclass(frozen=True, slots=True)
class Asking:
    """One request of a party's, and all that its calls are made of."""

    recorded: RecordedFact
    fact: s.RequestMade
    message: ContainerMessage
    parties: Parties
    memory: Memory

    @property
    def stay(self) -> Stay | None:
        """The release as it stands at the ledger; None where it is only asked for."""
        return self.recorded.stay

    @property
    def sender(self) -> Organisation:
        """Who asks the bus."""
        return party(self.parties, self.recorded.cause.organisation)

    @property
    def receiver(self) -> Organisation | None:
        """Whom it names, if anybody."""
        named = self.fact.receiver
        return None if named is None else party(self.parties, named)

    @property
    def port(self) -> str:
        """The port that the message is about."""
        return self.recorded.port

    @property
    def terminal(self) -> str:
        """The quay: the release's own, or that of the stay."""
        return self.message.terminal or ("" if self.stay is None else self.stay.terminal)

    @property
    def location(self) -> str | None:
        """What S)ONE calls the quay."""
        return crosswalk.location_of(crosswalk.Quay(self.port, self.terminal)) or None

    @property
    def bills(self) -> tuple[str, ...]:
        """The bills of lading: the message's own, or those of the stay."""
        return self.message.bills_of_lading or (
            () if self.stay is None else self.stay.bills_of_lading
        )

    @property
    def reference(self) -> str | None:
        """The agent's reference of the release."""
        known = None if self.stay is None else self.stay.release_identification
        return self.message.release_identification or known

    @property
    def comment(self) -> str | None:
        """Why it is asked; an invalidation has to say it in any case."""
        reason = words_without(getattr(self.message, "reason", ""))
        if isinstance(self.message, m.RevokePickup):
            return reason or NO_COMMENT
        return reason or None

    @property
    def modality(self) -> Modality:
        """How the container leaves: as the message says, else as was said before."""
        before = (None if self.stay is None else self.stay.leaves_by) or Modality.UNKNOWN
        match self.message:
            case m.SetMeansOfTransport(means_of_transport=said):
                return said
            case m.AssignPickup(modality=said) | m.UpdatePickup(modality=said):
                return before if said in {None, Modality.UNKNOWN} else said
            case _:
                return Modality.UNKNOWN

    def requester(self, ask: Ask) -> Organisation:
        """Return in whose name S)ONE is asked: the haulier's steps are its organiser's."""
        if ask.object not in ORGANISED:
            return self.sender
        return organiser_of(self.sender, self.stay, self.parties)

    def carrier(self, ask: Ask) -> Organisation | None:
        """Return the haulier whom *ask* identifies."""
        hauls = Role.TRANSPORT_OPERATOR in self.sender.roles
        return self.sender if ask.object == IDENTIFICATION and hauls else None

    def valid_to(self, ask: Ask) -> datetime | None:
        """Return the end that somebody named: of an identification else the release's own."""
        said: datetime | None = getattr(self.message, "expires_at", None)
        if said is not None or self.stay is None or ask.object != IDENTIFICATION:
            return said
        right = None if isinstance(self.message, m.AssignPickup) else self.stay.pickup
        if right is not None and right.expires_at is not None:
            return right.expires_at
        return self.stay.expires_at if self.stay.expiry_given else None
