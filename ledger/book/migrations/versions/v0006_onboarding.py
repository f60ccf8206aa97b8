"""How far each organisation is on its way onto the bus, and keys for what is personal of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    """Make the tables, and give them to those who were and will be given the book."""
    op.create_table(
        "onboarding",
        sa.Column("organisation", NAME, primary_key=True),
        sa.Column("shard", NAME, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_table(
        "organisation_key",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("organisation", NAME, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
    )
    op.create_index(
        "onboarding_due", "onboarding", ["shard", "due_at"], postgresql_where=DUE, sqlite_where=DUE
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in GRANTS:
            op.execute(statement)


def downgrade() -> None:
    """There is no way back, as in the first step."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")


# Who has a grant on the waiting room gets the same, and a writer the keys, now and by functions.
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
            EXECUTE format('GRANT %s ON onboarding TO %I', given.privilege_type, given.grantee);
            IF given.privilege_type = 'INSERT' THEN
                EXECUTE format('GRANT SELECT, INSERT, DELETE ON organisation_key TO %I',
                               given.grantee);
            END IF;
        END LOOP;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION grant_book_to_reader(reader name) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('GRANT SELECT ON alembic_version, shard, entry, stay, bill, waiting,'
                       ' parked, request, organisation, onboarding, handled_letter TO %I', reader);
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION grant_book_to_writer(writer name) RETURNS void
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM grant_book_to_reader(writer);
        EXECUTE format('GRANT INSERT ON entry TO %I', writer);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON stay, bill, waiting, parked, request,'
                       ' organisation, onboarding, handled_letter TO %I', writer);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON stay_key, organisation_key TO %I', writer);
        EXECUTE format('GRANT INSERT, UPDATE ON shard TO %I', writer);
        -- Rows go through temporary tables on their way to the stays.
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), writer);
    END $$
    """,
)
