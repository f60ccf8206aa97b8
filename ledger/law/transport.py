"""By what means the container is to leave: as its holder says, and as assigned (cpu.md §2.6)."""

from ledger.law.context import Case
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import not_in_force
from schemas import facts as f
from schemas import messages as m
from schemas.messages import Modality
from schemas.reasons import Finding, Reason
from schemas.stay import Stay


def set_means(stay: Stay, message: m.SetMeansOfTransport, case: Case) -> Ruling:
    """Note how the holder means to collect; also under a block, which moves nothing."""
    if refusal := not_in_force(stay, case.now):
        return refusal
    if stay.accepted_holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    means, pickup = message.means_of_transport, stay.pickup
    unlike = differing(means, None if pickup is None else pickup.modality, case.context.policy)
    if isinstance(unlike, Refusal):
        return unlike
    return (f.MeansOfTransportSet(means_of_transport=means), *unlike)


def differing(
    means: Modality | None, modality: Modality | None, policy: Policy
) -> tuple[f.FindingMade, ...] | Refusal:
    """Return what follows where the means that were set are not those of the pick-up."""
    unsaid = {None, Modality.UNKNOWN}
    if means == modality or means in unsaid or modality in unsaid:
        return ()
    if policy.transport_binds_pickup:
        return Refusal(Reason.TRANSPORT_DIFFERS, f"{means}, and the pick-up is by {modality}")
    return (unlike(f"It was to leave by {means}, and the pick-up is by {modality}."),)


def unlike(text: str) -> f.FindingMade:
    """Return the finding that means of transport differ."""
    return f.FindingMade(finding=Finding.TRANSPORT_DIFFERS, text=text)
