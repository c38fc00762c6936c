"""After an upgrade that changed the tables' shape: the published day is not shown, and one command mends it."""

import hashlib

import polars as pl
import pytest

from data_access import connection, lineage, snapshot
from data_access.query import ask
from data_access.rebuild import main, rebuild
from law.version import version
from tests.queries.every_question import parameters
from tests.staff import CHIEF

SHAPE = "78e390652797"


def test_the_shape_of_the_tables_is_that_of_the_version(city):
    """Changed what a snapshot keeps or derives? Raise SCHEMA_VERSION, so that older snapshots are not opened, and write the new digest here."""
    told = [f"{path.parent.name}/{path.stem}: {pl.read_parquet_schema(path)}" for path in sorted(snapshot.current().folder.glob("*/*.parquet"))]
    assert (snapshot.SCHEMA_VERSION, hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]) == (4, SHAPE)


def test_a_day_of_an_older_shape_is_refused_and_rebuilt(own_city, monkeypatch, capsys):
    served, before = snapshot.current(), ask(CHIEF, "district_worklist", **parameters("district_worklist"))
    assert rebuild() is None
    monkeypatch.setattr(snapshot, "SCHEMA_VERSION", 5)
    monkeypatch.setattr("data_access.rebuild.version", lambda: "of the upgrade")
    connection._engines.clear()  # as in a process begun after the upgrade
    lineage._kept.cache_clear()
    with pytest.raises(snapshot.SnapshotRefused, match="data_access.rebuild"):
        ask(CHIEF, "districts")
    assert lineage.offered() == []
    assert main() == 0
    made = snapshot.current()
    assert capsys.readouterr().out == f"{served.business_date} を作り直しました（{made.id}）。\n"
    assert made.business_date == served.business_date
    assert (served.manifest["law_version"], made.manifest["law_version"]) == (version(), "of the upgrade"), "what it was derived with"
    assert {name: entry["rows"] for name, entry in made.manifest["tables"].items()} == {name: entry["rows"] for name, entry in served.manifest["tables"].items()}
    assert ask(CHIEF, "district_worklist", **parameters("district_worklist")).equals(before)
    assert [kept.id for kept in lineage.offered()] == [made.id]
    assert main() == 0
    lineage._kept.cache_clear()
