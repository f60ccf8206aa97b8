"""A container's last entry is found at the end of an index: the next entry names it."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Order the entries of a container in their index."""
    op.drop_index("entry_container", table_name="entry")
    op.create_index("entry_container", "entry", ["container", "shard", "seq"])


def downgrade() -> None:
    """There is no way back, as in the first step."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")
