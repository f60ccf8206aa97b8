"""The keys that what is personal of a stay is locked under; an auditor does not get them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, and let the bus's own role write it."""
    op.create_table(
        "stay_key",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("container", NAME, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in GRANTS:
            op.execute(statement)


def downgrade() -> None:
    """There is no way back, as in the first step."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")


# Who may write the waiting room is a writer, now and by the function; a reader gets nothing.
GRANTS = (
    """
    DO $$
    DECLARE given record;
    BEGIN
        FOR given IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
            WHERE table_schema = current_schema() AND table_name = 'waiting'
              AND privilege_type = 'INSERT'
        LOOP
            EXECUTE format('GRANT SELECT, INSERT, DELETE ON stay_key TO %I', given.grantee);
        END LOOP;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION grant_book_to_writer(writer name) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM grant_book_to_reader(writer);
        EXECUTE format('GRANT INSERT ON entry TO %I', writer);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON stay, bill, waiting, parked, request,'
                       ' organisation, handled_letter TO %I', writer);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON stay_key TO %I', writer);
        EXECUTE format('GRANT INSERT, UPDATE ON shard TO %I', writer);
        -- Rows go through temporary tables on their way to the stays.
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), writer);
    END $$
    """,
)
