"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say what this step changes."""


def downgrade() -> None:
    """There is no way back: entries are never taken away."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")
