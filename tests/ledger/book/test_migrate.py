"""The tables are those of tables.py, on both databases, and entries are only ever added."""

import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, make_url, select, text
from sqlalchemy.exc import DBAPIError

from ledger.book import load, tables
from ledger.book.engine import is_postgresql, open_book, reading
from ledger.book.load import of_moved_operators
from ledger.book.migrate import OtherVersion, _config, check_version, migrate
from ledger.book.personal import opened_text
from ledger.book.read import now
from ledger.book.verify import verify
from schemas import registrations as r
from tests.ledger.book import test_registrar as registrar
from tests.ledger.book.log import AGENT, Clerk, clerk_of, release
from tests.ledger.book.tampering import change

BOX = "CPUU1000010"
# Roles belong to the server, which several test runs may share.
RUN = secrets.token_hex(4)
WRITER, READER = f"writer_{RUN}", f"reader_{RUN}"


@pytest.fixture(params=["postgres_url", "sqlite_url"])
def bare(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database."""
    engine = open_book(request.getfixturevalue(request.param))
    yield engine
    engine.dispose()


def test_the_tables_made_are_the_tables_described(bare: Engine) -> None:
    migrate(bare)
    with bare.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert differences == []


def test_the_indexes_made_have_the_conditions_described(bare: Engine) -> None:
    def conditions(engine: Engine) -> dict[str | None, str]:
        kind = f"{engine.dialect.name}_where"
        return {
            index["name"]: str(index["dialect_options"][kind])
            for table in tables.metadata.tables
            for index in inspect(engine).get_indexes(table)
            if kind in index.get("dialect_options", {})
        }

    migrate(bare)
    migrated = conditions(bare)
    with bare.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
    tables.metadata.create_all(bare)

    assert migrated == conditions(bare)
    assert set(migrated) == {
        *("entry_src_key", "entry_outcome", "entry_resumed", "stay_due"),
        *("request_due", "onboarding_due", "stay_operator", "stay_stopped"),
    }


def test_names_are_ordered_by_code_point_whatever_the_locale(bare: Engine) -> None:
    migrate(bare)
    with bare.begin() as connection:
        for name in ("é", "a", "Z", "_"):
            change(connection, "INSERT INTO parked VALUES (:name, 's')", name=name)
        names = connection.execute(text("SELECT container FROM parked ORDER BY 1")).scalars()
        assert list(names) == ["Z", "_", "a", "é"]


def test_a_second_migration_changes_nothing(bare: Engine) -> None:
    migrate(bare)
    clerk = clerk_of(bare)
    migrate(bare)
    (released, _) = clerk.say(AGENT, release(BOX))
    clerk.book.forget()

    assert released.recorded.seq == 1


def test_many_processes_may_migrate_at_once(bare: Engine) -> None:
    errors: list[Exception] = []

    def run() -> None:
        engine = open_book(bare.url.render_as_string(hide_password=False))
        try:
            migrate(engine)
        except Exception as error:  # noqa: BLE001 - carried to the assertion
            errors.append(error)
        finally:
            engine.dispose()

    processes = [threading.Thread(target=run) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert errors == []
    check_version(bare)


def test_tables_of_another_version_are_told(bare: Engine) -> None:
    with pytest.raises(OtherVersion, match="nothing"):
        check_version(bare)
    migrate(bare)
    check_version(bare)
    with bare.begin() as connection:
        change(connection, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OtherVersion, match="9999"):
        check_version(bare)


def test_the_steps_travel_with_the_package() -> None:
    folder = Path(str(tables.__file__)).parent / "migrations"

    # setuptools takes modules of packages, and *.mako by pyproject's package-data.
    for package in (folder, folder / "versions"):
        assert (package / "__init__.py").is_file()
    assert (folder / "script.py.mako").is_file()


STATEMENTS = (
    "UPDATE entry SET body = body",
    "DELETE FROM entry",
    "DELETE FROM entry WHERE seq = 1",
    "UPDATE entry SET seq = seq + 100 WHERE container = 'CPUU1000010'",
)
ON_POSTGRESQL = ("TRUNCATE entry", "UPDATE entry SET seq = 1 WHERE seq = -1")
ON_SQLITE = ("INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 1",)


def test_entries_cannot_be_changed_not_even_by_their_owner(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    postgresql = clerk.engine.dialect.name == "postgresql"
    for statement in (*STATEMENTS, *(ON_POSTGRESQL if postgresql else ON_SQLITE)):
        with pytest.raises(DBAPIError, match="append-only"), clerk.engine.begin() as connection:
            change(connection, statement)

    with reading(clerk.engine) as connection:
        assert list(verify(connection)) == []


@pytest.fixture
def roles(postgresql_book: Engine) -> Iterator[None]:
    """A writer and a reader, each with the grants that the migration offers."""
    with postgresql_book.begin() as connection:
        for role, grant in ((WRITER, "writer"), (READER, "reader")):
            change(connection, f"CREATE ROLE {role} LOGIN")
            change(connection, f"SELECT grant_book_to_{grant}('{role}')")
    yield
    with postgresql_book.begin() as connection:
        change(
            connection,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IN (:w, :r)",
            w=WRITER,
            r=READER,
        )
        for role in (WRITER, READER):
            change(connection, f"DROP OWNED BY {role}")
            change(connection, f"DROP ROLE {role}")


def as_role(engine: Engine, role: str) -> Engine:
    return open_book(make_url(engine.url).set(username=role).render_as_string())


@pytest.mark.usefixtures("roles")
def test_the_writers_grants_are_enough_for_the_book_and_for_nothing_more(
    postgresql_book: Engine,
) -> None:
    engine = as_role(postgresql_book, WRITER)
    clerk = clerk_of(engine)
    clerk.settle(clerk.log.whole_day(BOX))
    with reading(engine) as connection:
        assert is_postgresql(connection)
        assert list(verify(connection)) == []
    check_version(engine)
    for statement in (*STATEMENTS, "TRUNCATE entry", "DELETE FROM shard", "DROP TABLE stay"):
        _is_denied(engine, statement)
    clerk.book.forget()
    engine.dispose()


@pytest.mark.usefixtures("roles")
def test_the_reader_may_read_and_nothing_else(postgresql_book: Engine) -> None:
    engine = as_role(postgresql_book, READER)
    with reading(engine) as connection:
        assert list(verify(connection)) == []
    for table in tables.metadata.tables:
        _is_denied(engine, f"TRUNCATE {table}")
    _is_denied(engine, f"SELECT grant_book_to_writer('{READER}')")
    engine.dispose()


@pytest.mark.usefixtures("roles")
def test_who_audits_reads_everything_but_who_drives(postgresql_book: Engine) -> None:
    clerk = clerk_of(postgresql_book)
    clerk.settle(clerk.log.whole_day(BOX)[:7])
    clerk.book.forget()
    engine = as_role(postgresql_book, READER)
    seen = {}
    for name, book in (("owner", postgresql_book), ("reader", engine)):
        with reading(book) as connection:
            (stay,) = now(connection, BOX).stays
        assert stay.pickup is not None
        assert stay.pickup.driver is not None
        seen[name] = stay.pickup.driver.mask

    assert seen == {"owner": "**12", "reader": "**"}
    _is_denied(engine, "SELECT key FROM stay_key")
    engine.dispose()


@pytest.mark.usefixtures("roles")
def test_who_audits_reads_how_far_a_company_is_and_nobody_of_its_people(
    postgresql_book: Engine,
) -> None:
    clerk = clerk_of(as_role(postgresql_book, WRITER))
    clerk.settle(registrar.said(clerk, registrar.whole_way()))
    clerk.book.forget()
    clerk.engine.dispose()
    engine = as_role(postgresql_book, READER)
    for may_read_of_drivers in (False, True):
        if may_read_of_drivers:
            with postgresql_book.begin() as connection:
                change(connection, f"GRANT SELECT ON stay_key TO {READER}")
        with reading(engine) as connection:
            stands = load.standing(connection, registrar.COMPANY)
            assert stands is not None
            assert opened_text(connection, stands.admin) is None
        _is_denied(engine, "SELECT key FROM organisation_key")
    engine.dispose()


@pytest.mark.usefixtures("roles")
def test_the_writers_grants_are_enough_to_forget_whom_a_company_named(
    postgresql_book: Engine,
) -> None:
    clerk = clerk_of(as_role(postgresql_book, WRITER))
    again = (registrar.asks(), registrar.step(r.DenyRegistration), registrar.asks())
    for message in again:
        clerk.settle(registrar.said(clerk, [message]))

    assert len(registrar.keys_of(clerk.engine)) == 1
    clerk.book.forget()
    clerk.engine.dispose()


def _is_denied(engine: Engine, statement: str) -> None:
    def run(connection: Connection) -> None:
        change(connection, statement)

    with pytest.raises(DBAPIError) as denied, engine.begin() as connection:
        run(connection)
    assert isinstance(denied.value.orig, psycopg.errors.InsufficientPrivilege)


def test_a_book_that_stands_at_the_first_step_goes_on_with_its_entries(bare: Engine) -> None:
    with bare.begin() as connection:
        command.upgrade(_config(connection), "0001")
        columns = {column["name"] for column in inspect(connection).get_columns("entry")}
        assert "resumed" not in columns
        change(
            connection,
            "INSERT INTO entry (shard, seq, recorded_at, container, fact, waited, message_id,"
            " log_offset, salt, hash, body) VALUES"
            " ('ledger-0', 1, 0, 'box', 'parked', false, 'm', 0, :bytes, :bytes, :bytes)",
            bytes=b"x",
        )

    migrate(bare)

    with bare.connect() as connection:
        assert connection.execute(select(tables.entry.c.resumed)).scalars().all() == [False]


def test_a_book_with_pick_up_rights_knows_after_the_migration_who_may_collect(
    bare: Engine,
) -> None:
    """Or who is suspended after it would go on collecting what it was assigned before."""
    right = '{"pickup":{"operator":"NXT3"}}'
    rows = (("r1", "released", right), ("r2", "released", "{}"), ("r3", "gated_out", right))
    with bare.begin() as connection:
        command.upgrade(_config(connection), "0006")
        for release_id, status, state in rows:
            change(
                connection,
                "INSERT INTO stay (release_id, shard, position, container, port, terminal, agent,"
                " holder, release_identification, status, combined, disputed, suspended,"
                " expires_at, state) VALUES (:release_id, 'ledger-0', 0, 'box', 'p', 't', 'a',"
                " 'h', 'n', :status, 'red', false, false, 0, :state)",
                release_id=release_id,
                status=status,
                state=state,
            )

    migrate(bare)

    columns = tables.stay.c
    wanted = select(columns.release_id, columns.operator, columns.operator_suspended)
    with bare.connect() as connection:
        found = connection.execute(wanted.order_by(columns.release_id)).all()
        moved = of_moved_operators(connection, "ledger-0", {"NXT3"}, 10)
    assert [tuple(row) for row in found] == [
        ("r1", "NXT3", False),
        ("r2", None, False),
        ("r3", None, False),
    ]
    assert moved == ["box"]


def test_who_was_given_the_book_before_there_was_onboarding_is_given_its_tables_too(
    postgres_url: str,
) -> None:
    """And an auditor of before reads no more of people than one of after."""
    engine, before = open_book(postgres_url), {"writer": f"w_{RUN}", "reader": f"r_{RUN}"}
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0005")
        for grant, role in before.items():
            change(connection, f"CREATE ROLE {role}")
            change(connection, f"SELECT grant_book_to_{grant}('{role}')")
    migrate(engine)

    may = {}
    with engine.begin() as connection:
        for grant, role in before.items():
            asked = text(
                "SELECT has_table_privilege(:role, :the_table, 'SELECT'),"
                " has_table_privilege(:role, :the_table, 'INSERT'),"
                " has_table_privilege(:role, :the_table, 'DELETE')"
            )
            for name in ("onboarding", "organisation_key"):
                row = connection.execute(asked, {"role": role, "the_table": name}).one()
                may[grant, name] = tuple(row)
            change(connection, f"DROP OWNED BY {role}")
            change(connection, f"DROP ROLE {role}")
    engine.dispose()
    everything, reads, nothing = (True, True, True), (True, False, False), (False, False, False)
    assert may == {
        ("writer", "onboarding"): everything,
        ("writer", "organisation_key"): everything,
        ("reader", "onboarding"): reads,
        ("reader", "organisation_key"): nothing,
    }
