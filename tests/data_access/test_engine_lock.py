"""The engine that serves people reads the snapshot's files and no other, and lets nobody change how it is set."""

import threading
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from data_access import connection, query, snapshot
from tests.queries.every_question import parameters
from tests.staff import ANALYST, CHIEF, NEIGHBOUR, OFFICER

REFUSED = [
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_csv('/etc/passwd')",
    "select * from read_csv('{home}/inbox/2026-10-30/atena/連携予定.csv')",
    "select * from read_text('{home}/secrets/pseudonym')",
    "select * from read_parquet('{other}')",
    "select * from '{other}'",
    "select * from glob('{home}/*')",
    "select * from glob('/etc/*')",
    "select * from read_json('{home}/reports/*.json')",
    "select * from sniff_csv('/etc/passwd')",
    "copy (select 1) to '{home}/out.csv'",
    "copy (select 1) to '{home}/snapshots/CURRENT'",
    "copy derived.delinquent to '{home}/out.parquet' (format parquet)",
    "export database '{home}/out'",
    "import database '{home}/out'",
    "attach '{home}/store.sqlite' as ledger",
    "attach '{home}/new.duckdb'",
    "install httpfs",
    "load sqlite",
    "install sqlite from community",
    "set enable_external_access = true",
    "set allowed_paths = ['/etc/passwd']",
    "set allowed_directories = ['/']",
    "set lock_configuration = false",
    "reset lock_configuration",
    "set memory_limit = '1TB'",
    "set threads = 64",
    "set temp_directory = '{home}'",
    "set autoinstall_known_extensions = true",
    "set python_enable_replacements = true",
    "pragma enable_profiling",
    "create secret s (type s3, key_id 'a', secret 'b')",
    "create persistent secret s (type s3, key_id 'a', secret 'b')",
    "select * from parquet_scan('https://example.invalid/x.parquet')",
    "select * from cells_of_a_python_name",
]


@pytest.fixture
def cursor(city):
    return connection.reader(connection.engine(), CHIEF)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_engine_refuses(city, cursor, statement):
    cells_of_a_python_name = query.ask(CHIEF, "districts")
    other = min(snapshot.kept(), key=lambda kept: kept.business_date).folder / "derived" / "delinquent.parquet"
    assert other.exists()
    with pytest.raises(duckdb.Error):
        cursor.execute(statement.format(home=city, other=other)).fetchall()
    assert cells_of_a_python_name.height > 0
    assert not (city / "out.csv").exists()
    assert not (city / "new.duckdb").exists()


def test_a_cursor_s_variables_are_its_own(city):
    served = connection.engine()
    one, other = connection.reader(served, CHIEF), connection.reader(served, ANALYST)
    assert one.execute("select count(*) from disclosed.delinquent").fetchone()[0] > 0
    assert other.execute("select count(*) from disclosed.delinquent").fetchone() == (0,)
    assert served.connection.cursor().execute("select count(*) from disclosed.delinquent").fetchone() == (0,)


def seen_by(user) -> set[str]:
    """Whom two questions show."""
    names = ("district_worklist", "home_deadlines")
    return {ref for name in names for ref in query.ask(user, name, **parameters(name))["atena_ref"]}


@pytest.mark.slow
def test_two_people_at_once_never_see_each_other_s_rows(city):
    """Fifty interleaved questions each, in two threads."""
    expected = {user: seen_by(user) for user in (OFFICER, NEIGHBOUR)}
    assert all(expected.values())
    assert expected[OFFICER].isdisjoint(expected[NEIGHBOUR])
    start = threading.Barrier(2)

    def ask_often(user) -> set[str]:
        start.wait()
        seen: set[str] = set()
        for _ in range(25):
            seen |= seen_by(user)
        return seen

    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(expected, pool.map(ask_often, expected), strict=True))
    assert found == expected


def test_a_home_has_one_engine(city, monkeypatch):
    first = connection.engine()
    assert connection.engine() is first
    monkeypatch.setenv("CONSOLE_HOME", str(city / "nowhere"))
    with pytest.raises(connection.NothingPublished):
        connection.engine()
    monkeypatch.setenv("CONSOLE_HOME", str(city))
    assert connection.engine() is first
