"""Which stay of the container a message is about (cpu.md §7 rule 1; design.md §4)."""

from collections.abc import Sequence

from ledger.law.ruling import Refusal
from schemas import messages as m
from schemas.messages import ContainerMessage
from schemas.reasons import Reason
from schemas.stay import Stay


def match(
    stays: Sequence[Stay], message: ContainerMessage, sender_id: str
) -> tuple[Stay, ...] | Refusal:
    """Return the stay that *message* is about, none, or that it fits several.

    More than one is returned only for what physically happened to a disputed container, which
    is true whoever turns out to hold the release.
    """
    fitting = [stay for stay in stays if _fits(stay, message)]
    if isinstance(message, m.PHYSICAL_FACTS):
        return _match_report([stay for stay in fitting if stay.on_quay], message)
    return _one(_narrowed(fitting, sender_id))


def _fits(stay: Stay, message: ContainerMessage) -> bool:
    own_number = message.release_identification
    bills = set(message.bills_of_lading)
    return (
        stay.port == message.port
        # An Update names the new quay (cpu.md §7 rule 14), so its terminal finds nothing.
        and (isinstance(message, m.Update) or message.terminal in {None, stay.terminal})
        and (own_number in {None, stay.release_identification})
        and _bills_fit(bills, stay, by_number=own_number is not None)
        and (None in {message.stay_number, stay.stay_number} or message.stay_number == stay.stay_number)
    )


def _bills_fit(bills: set[str], stay: Stay, *, by_number: bool) -> bool:
    # With the agent's own number the bills may be new values of an Update.
    return by_number or not bills or bool(bills & set(stay.bills_of_lading))


def _match_report(fitting: list[Stay], message: ContainerMessage) -> tuple[Stay, ...] | Refusal:
    live = [stay for stay in fitting if stay.live] or fitting[-1:]
    agents = {stay.agent for stay in live}
    # One agent's two releases: not linked (v3.11). Two agents' claims: it happened to both.
    # Gate-out is never refused: the container is gone from every release (design.md §4).
    if len(agents) == len(live) or isinstance(message, m.ReportGateOut):
        return tuple(live)
    return Refusal(Reason.SEVERAL_RELEASES, _named(live))


def _narrowed(fitting: list[Stay], sender_id: str) -> list[Stay]:
    live = [stay for stay in fitting if stay.live] or fitting[-1:]
    return [stay for stay in live if sender_id in stay.parties] or live


def _one(found: list[Stay]) -> tuple[Stay, ...] | Refusal:
    if len(found) > 1:
        return Refusal(Reason.SEVERAL_RELEASES, _named(found))
    return tuple(found)


def _named(stays: Sequence[Stay]) -> str:
    return f"{len(stays)} releases fit"
