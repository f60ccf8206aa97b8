"""The book's first tables, its entries append-only, and who may do what with them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, refuse changes of entries, and offer the two sets of grants."""
    _shard_and_entry()
    _stay_and_bill()
    _rooms()
    _directory_and_letters()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in POSTGRESQL if postgresql else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back: entries are never taken away."""
    raise NotImplementedError("a book is not migrated back; restore a backup instead")


def _shard_and_entry() -> None:
    op.create_table(
        "shard",
        sa.Column("shard", NAME, primary_key=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("first_offset", sa.BigInteger, nullable=False),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
        sa.Column("next_seq", sa.BigInteger, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("relayed_seq", sa.BigInteger, nullable=False),
        sa.Column("ticks", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("shard", NAME, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("container", NAME, nullable=False),
        sa.Column("release_id", NAME),
        sa.Column("fact", NAME, nullable=False),
        sa.Column("outcome", NAME),
        sa.Column("waited", sa.Boolean, nullable=False),
        sa.Column("message_id", NAME, nullable=False),
        sa.Column("src_key", sa.LargeBinary),
        sa.Column("src_hash", sa.LargeBinary),
        sa.Column("log_offset", sa.BigInteger, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    _index("entry_src_key", "entry", ["src_key"], where="src_key IS NOT NULL", unique=True)
    _index("entry_container", "entry", ["container"])
    _index("entry_message", "entry", ["message_id"])
    _index(
        "entry_outcome", "entry", ["shard", "outcome"], where="outcome IS NOT NULL AND NOT waited"
    )


def _stay_and_bill() -> None:
    op.create_table(
        "stay",
        sa.Column("release_id", NAME, primary_key=True),
        sa.Column("shard", NAME, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("container", NAME, nullable=False),
        sa.Column("port", NAME, nullable=False),
        sa.Column("terminal", NAME, nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("holder", NAME, nullable=False),
        sa.Column("release_identification", NAME, nullable=False),
        sa.Column("status", NAME, nullable=False),
        sa.Column("combined", NAME, nullable=False),
        sa.Column("disputed", sa.Boolean, nullable=False),
        sa.Column("suspended", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
    )
    _index("stay_container", "stay", ["container"])
    _index("stay_due", "stay", ["shard", "due_at"], where="due_at IS NOT NULL")
    _index("stay_release", "stay", ["release_identification"])
    op.create_table(
        "bill",
        sa.Column("bill", NAME, primary_key=True),
        sa.Column("release_id", NAME, primary_key=True),
    )
    _index("bill_release", "bill", ["release_id"])


def _rooms() -> None:
    op.create_table(
        "waiting",
        sa.Column("shard", NAME, primary_key=True),
        sa.Column("message_key", sa.LargeBinary, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("container", NAME, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
    )
    _index("waiting_container", "waiting", ["container"])
    _index("waiting_until", "waiting", ["shard", "until"])
    op.create_table(
        "parked",
        sa.Column("container", NAME, primary_key=True),
        sa.Column("shard", NAME, nullable=False),
    )


def _directory_and_letters() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    _index("organisation_seq", "organisation", ["seq"])
    op.create_table(
        "handled_letter",
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("offset", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("handled_at", sa.BigInteger, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
    )


def _index(
    name: str, table: str, columns: list[str], *, where: str | None = None, unique: bool = False
) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, columns, unique=unique, postgresql_where=only, sqlite_where=only)


SQLITE = tuple(
    f"CREATE TRIGGER entry_is_not_{done} BEFORE {doing} ON entry"
    " BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END"
    for doing, done in (("UPDATE", "updated"), ("DELETE", "deleted"))
)

# The owner of the tables makes them and migrates them. The bus runs as another role, a writer,
# whom PostgreSQL itself lets only add entries; who audits is a reader:
#
#     CREATE ROLE bus LOGIN; SELECT grant_book_to_writer('bus');
#     CREATE ROLE auditor LOGIN; SELECT grant_book_to_reader('auditor');
#
# The triggers hold for the owner too. Whoever can drop them is found out by `verify`.
POSTGRESQL = (
    """
    CREATE FUNCTION refuse_change_of_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'entries are append-only' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    """
    CREATE TRIGGER entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_entry()
    """,
    """
    CREATE FUNCTION grant_book_to_reader(reader name) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('GRANT SELECT ON alembic_version, shard, entry, stay, bill, waiting,'
                       ' parked, organisation, handled_letter TO %I', reader);
    END $$
    """,
    """
    CREATE FUNCTION grant_book_to_writer(writer name) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM grant_book_to_reader(writer);
        EXECUTE format('GRANT INSERT ON entry TO %I', writer);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON stay, bill, waiting, parked,'
                       ' organisation, handled_letter TO %I', writer);
        EXECUTE format('GRANT INSERT, UPDATE ON shard TO %I', writer);
        -- Rows go through temporary tables on their way to the stays.
        EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), writer);
    END $$
    """,
    "REVOKE ALL ON FUNCTION grant_book_to_reader(name), grant_book_to_writer(name) FROM PUBLIC",
)
