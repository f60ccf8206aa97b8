"""Requests to the system that decides in a port, and how far each of them got."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Make the table, and give it to those who were and will be given the book."""
    op.create_table(
        "request",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("shard", NAME, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("container", NAME, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("request_container", "request", ["container"])
    op.create_index(
        "request_due", "request", ["shard", "due_at"], postgresql_where=DUE, sqlite_where=DUE
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in GRANTS:
            op.execute(statement)


def downgrade() -> None:
    """There is no way back, as in the first step."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")


# Who has a grant on the waiting room gets the same on the requests, now and by the functions.
GRANTS = (
    """
    DO $$
    DECLARE given record;
    BEGIN
        FOR given IN SELECT DISTINCT grantee, privilege_type
            FROM information_schema.role_table_grants
            WHERE table_schema = current_schema() AND table_name = 'waiting'
              AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        LOOP
            EXECUTE format('GRANT %s ON request TO %I', given.privilege_type, given.grantee);
        END LOOP;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION grant_book_to_reader(reader name) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('GRANT SELECT ON alembic_version, shard, entry, stay, bill, waiting,'
                       ' parked, request, organisation, handled_letter TO %I', reader);
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
        EXECUTE format('GRANT INSERT, UPDATE ON shard TO %I', writer);
        -- Rows go through temporary tables on their way to the stays.
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), writer);
    END $$
    """,
)
