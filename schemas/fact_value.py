"""What every fact of the ledger has in common: it is a value, and its type stands first."""

import re

from schemas.value import Value


def _type_of(name: str) -> str:
    """Return what a fact is called in JSON: `pickup_assigned` for PickupAssigned."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class FactValue(Value, frozen=True, kw_only=True, tag_field="type", tag=_type_of):
    """What every fact has in common: its type stands first in its JSON."""

    @property
    def type(self) -> str:
        """Its name in JSON."""
        return str(self.__struct_config__.tag)
