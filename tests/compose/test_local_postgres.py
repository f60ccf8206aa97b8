"""PostgreSQL on this machine: fresh databases, and that committed rows outlive every stop."""

from collections.abc import Iterator

import psycopg
import pytest

from compose.local import LocalPostgres, StopMode
from compose.local.postgres import what_postgres_lacks

pytestmark = pytest.mark.skipif(
    what_postgres_lacks() is not None, reason=str(what_postgres_lacks())
)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalPostgres]:
    with LocalPostgres() as postgres:
        yield postgres


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def only_value(url: str, query: str) -> object:
    with connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_it_writes_through_to_the_disk_and_listens_on_loopback_only(server: LocalPostgres) -> None:
    url = server.url()
    assert url.startswith("postgresql+psycopg://releasebus@127.0.0.1:")
    assert only_value(url, "SHOW fsync") == "on"
    assert only_value(url, "SHOW listen_addresses") == "127.0.0.1"
    assert only_value(url, "SHOW unix_socket_directories") == ""
    assert only_value(url, "SHOW max_connections") == "100"
    assert only_value(url, "SHOW server_encoding") == "UTF8"


def test_a_database_can_be_the_copy_of_another(server: LocalPostgres) -> None:
    original = server.create_database("original")
    with connect(original) as connection:
        connection.execute("CREATE TABLE quay AS SELECT 913 AS number")
    copy = server.create_database("copy", template="original")
    assert only_value(copy, "SELECT number FROM quay") == 913
    server.drop_database("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(copy)


@pytest.mark.faults
def test_committed_rows_and_settings_outlive_a_kill_and_every_kind_of_stop() -> None:
    with LocalPostgres(settings={"max_connections": "17"}) as server:
        url = server.create_database("kept")
        with connect(url) as connection:
            connection.execute("CREATE TABLE stop (mode text)")
        ends = [server.kill, *(lambda mode=mode: server.stop(mode) for mode in StopMode)]
        for number, end in enumerate(ends):
            with connect(url) as connection:
                connection.execute("INSERT INTO stop VALUES (%s)", [str(number)])
            end()
            assert not server.is_running
            server.start()
        assert server.url("kept") == url
        assert only_value(url, "SELECT string_agg(mode, ',' ORDER BY mode) FROM stop") == "0,1,2,3"
        assert only_value(url, "SHOW max_connections") == "17"
    assert not server.folder.exists()


@pytest.mark.faults
def test_a_kill_ends_the_sessions_too(server: LocalPostgres) -> None:
    with connect(server.url()) as connection:
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        server.start()
        assert only_value(server.url(), "SELECT count(*) FROM pg_stat_activity") != 0
