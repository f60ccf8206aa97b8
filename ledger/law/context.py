"""What the law may know beside the stay and the message: the sender, the directory, the time."""

from datetime import datetime

from ledger.directory.directory import Directory
from ledger.law.policy import Policy
from schemas.facts import Cause
from schemas.messages import ContainerMessage
from schemas.organisations import Organisation
from schemas.stay import Stay
from schemas.value import Value


class Question(Value, frozen=True):
    """A message as it stands on the log, with who stands behind it."""

    message: ContainerMessage
    cause: Cause


class Context(Value, frozen=True):
    """The world at the moment of the decision; `now` is the ledger's time (design.md §4)."""

    directory: Directory
    now: datetime
    policy: Policy


class Case(Value, frozen=True):
    """One question as it comes before the law, its sender known to the directory.

    `others` are the container's other stays as they were when the question came: a container
    can be collected once, whatever number of releases it has (I3).
    """

    sender: Organisation
    cause: Cause
    context: Context
    others: tuple[Stay, ...] = ()

    @property
    def now(self) -> datetime:
        """The ledger's time."""
        return self.context.now
