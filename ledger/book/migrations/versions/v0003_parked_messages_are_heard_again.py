"""What is parked can be resumed: an entry tells that its message was heard again."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nothing was resumed before it was there."""
    op.add_column(
        "entry", sa.Column("resumed", sa.Boolean, nullable=False, server_default=sa.false())
    )
    heard_again = sa.text("resumed")
    op.create_index(
        "entry_resumed",
        "entry",
        ["shard"],
        postgresql_where=heard_again,
        sqlite_where=heard_again,
    )


def downgrade() -> None:
    """There is no way back: entries are never taken away."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")
