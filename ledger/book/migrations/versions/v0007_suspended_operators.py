"""Who would collect under each stay, and whether that right stands still: to be found then."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ASSIGNED = sa.text("operator IS NOT NULL")
STOPPED = sa.text("operator_suspended")


def upgrade() -> None:
    """Make the columns, and fill in the operators of the rights that there are."""
    op.add_column("stay", sa.Column("operator", NAME))
    op.add_column(
        "stay",
        sa.Column("operator_suspended", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    of_state = "json_extract(state, '$.pickup.operator')"
    if op.get_bind().dialect.name == "postgresql":
        of_state = "CAST(state AS json) #>> '{pickup,operator}'"
    on_quay = "status <> 'gated_out'"
    op.execute(f"UPDATE stay SET operator = {of_state} WHERE {on_quay}")  # noqa: S608  ours
    op.create_index(
        "stay_operator",
        "stay",
        ["shard", "operator"],
        postgresql_where=ASSIGNED,
        sqlite_where=ASSIGNED,
    )
    op.create_index(
        "stay_stopped", "stay", ["shard"], postgresql_where=STOPPED, sqlite_where=STOPPED
    )


def downgrade() -> None:
    """There is no way back, as in the first step."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")
