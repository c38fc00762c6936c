"""Checkpoints: the tree of RFC 6962, signatures, and a chain that was rewritten whole."""

import hashlib
import json
import random
import shutil
import sqlite3
from contextlib import closing

import pytest

import settings
from audit import anchor, chain, checkpoint, log, merkle, verify
from audit.sheet import groups, sheet
from tests.audit.stores import raw

ENTRIES = 30


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


def test_the_roots_are_those_of_rfc_6962():
    leaves = [hashlib.sha256(bytes([number])).hexdigest() for number in range(70)]
    found = merkle.roots(leaves, range(71))
    for size in range(71):
        assert found[size] == plain_root([leaf.encode() for leaf in leaves[:size]]).hex(), size
    assert merkle.roots(leaves, {71}) == {}


@pytest.fixture
def anchored(sqlite_file, tmp_path, monkeypatch):
    """A log of ENTRIES entries with a checkpoint in two places after every ten; the key file."""
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CONSOLE_ANCHOR", str(tmp_path / "other_disk"))
    key = tmp_path / "keys" / "checkpoint"
    anchor.make_key(key)
    for number in range(ENTRIES):
        log.append(actor="sato", action="case.read", row_count=number, atena_refs=[f"REF-{number}"])
        if number % 10 == 9:
            anchor.checkpoint(key, is_first=number == 9)
    raw(sqlite_file)
    return key


def rewritten_from(file, seq: int) -> None:
    """What an administrator with the rule in hand would do: change one entry and seal everything behind it again."""
    names = [column.name for column in log.ACCESS_LOG.columns]
    with closing(sqlite3.connect(file)) as connection:
        rows = [dict(zip(names, row, strict=True)) for row in connection.execute("select * from access_log order by seq")]
        rows[seq - 1]["actor"] = "nobody"
        for before, row in zip([None, *rows], rows, strict=False):
            row["prev_hash"] = before["hash"] if before else chain.GENESIS
            row["hash"] = chain.seal(row)
            connection.execute("update access_log set actor = :actor, prev_hash = :prev_hash, hash = :hash where seq = :seq", row)
        connection.execute("update chain_head set hash = ? where chain = 'access_log'", [rows[-1]["hash"]])
        connection.commit()


def test_untouched_everything_agrees(anchored, capsys):
    assert anchor.verify() == []
    assert verify.main(["--anchors"]) == 0
    assert capsys.readouterr().out == f"OK {ENTRIES} 件（3 番までのチェックポイントと一致）\n"


@pytest.mark.parametrize("seq", [1, 15, ENTRIES])
def test_a_whole_chain_rewritten_is_found_by_the_anchors_only(anchored, sqlite_file, capsys, seq):
    rewritten_from(sqlite_file, seq)
    assert log.verify() is None
    assert verify.main([]) == 0
    assert verify.main(["--anchors"]) == 1
    assert "鎖の全体が書き換えられたか" in capsys.readouterr().out


def test_a_tail_cut_off_with_its_head_is_found(anchored, sqlite_file):
    head = "(select hash from access_log where seq = 25)"
    raw(sqlite_file, "delete from access_log where seq > 25", f"update chain_head set seq = 25, hash = {head} where chain = 'access_log'")
    assert log.verify() is None
    assert [finding.place for finding in anchor.verify()] == ["アクセスログ"]


def test_nothing_is_signed_on_top_of_a_rewritten_chain(anchored, sqlite_file, capsys):
    rewritten_from(sqlite_file, 5)
    assert checkpoint.main(["--key", str(anchored)]) == 1
    assert "署名しません" in capsys.readouterr().err
    assert anchor.latest()["number"] == 3


@pytest.mark.parametrize(("where", "what"), [("home/anchors", "cut"), ("other_disk", "cut"), ("other_disk", "changed"), ("other_disk", "gone")])
def test_a_changed_copy_of_the_checkpoints_is_found(anchored, tmp_path, where, what):
    file = tmp_path / where / anchor.LINES
    lines = file.read_text("utf-8").splitlines(keepends=True)
    if what == "gone":
        file.unlink()
    else:
        file.write_text("".join(lines[:-1]) if what == "cut" else "".join(lines).replace('"size":10', '"size":11'), "utf-8")
    assert anchor.verify()


def test_everything_replaced_and_signed_with_another_key_is_found_by_the_public_key_or_the_paper(anchored, sqlite_file, tmp_path, capsys):
    """An administrator holds the store and both anchor folders: what remains is what is written on paper."""
    true_key, line = anchor.public_key_of(anchor.signing_key(anchored)), anchor.latest()
    paper = line["chains"]["access_log"]
    rewritten_from(sqlite_file, 7)
    for folder in settings.anchors():
        (folder / anchor.LINES).unlink()
    anchor.make_key(tmp_path / "keys" / "forged")
    assert checkpoint.main(["--key", str(tmp_path / "keys" / "forged"), "--first"]) == 0
    assert verify.main(["--anchors"]) == 0
    assert verify.main(["--anchors", "--public-key", true_key]) == 1
    assert verify.main(["--anchors", "--paper", f"access_log:{paper['size']}:{groups(paper['root'])}"]) == 1
    assert "日締めの紙" in capsys.readouterr().out


def test_taking_the_checkpoints_away_hides_nothing(anchored, sqlite_file, capsys):
    rewritten_from(sqlite_file, 7)
    for folder in settings.anchors():
        shutil.rmtree(folder)
    assert verify.main(["--anchors"]) == 1
    for more in ([], ["--first"]):
        assert checkpoint.main(["--key", str(anchored), *more]) == 1
    told = capsys.readouterr()
    assert told.out.count("チェックポイントが1件もありません") == 2, "one for each folder"
    assert told.err.count("3 番まで署名した控え") == 2
    assert not any(folder.exists() for folder in settings.anchors())


def test_older_or_other_checkpoints_are_not_signed_over(anchored, sqlite_file, tmp_path, capsys):
    """Both folders and the chain are put back as they were at number 2: everything agrees, and only the signer knows better."""
    for folder in settings.anchors():
        lines = (folder / anchor.LINES).read_text("utf-8").splitlines(keepends=True)
        (folder / anchor.LINES).write_text("".join(lines[:2]), "utf-8")
    head = "(select hash from access_log where seq = 20)"
    raw(sqlite_file, "delete from access_log where seq > 20", f"update chain_head set seq = 20, hash = {head} where chain = 'access_log'")
    assert anchor.verify() == []
    assert checkpoint.main(["--key", str(anchored)]) == 1
    assert "古いか違います" in capsys.readouterr().err


def test_number_one_is_written_once_and_only_when_said(sqlite_file, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path / "home"))
    log.append(actor="sato", action="case.read")
    key = tmp_path / "keys" / "checkpoint"
    anchor.make_key(key)
    assert [checkpoint.main(["--key", str(key), *more]) for more in ([], ["--first"], ["--first"], [])] == [1, 0, 1, 0]
    assert anchor.latest()["number"] == 2
    key.with_name("checkpoint.last").write_text("?")
    assert checkpoint.main(["--key", str(key)]) == 1
    assert "控え" in capsys.readouterr().err
    assert verify.main(["--anchors"]) == 0
    assert "--public-key" in capsys.readouterr().err


def test_the_sheet_holds_the_roots_and_loads_nothing(anchored, tmp_path):
    assert checkpoint.main(["--key", str(anchored), "--sheet", str(tmp_path / "paper")]) == 0
    (file,) = (tmp_path / "paper").iterdir()
    text = file.read_text("utf-8")
    assert groups(anchor.latest()["chains"]["access_log"]["root"]) in text
    assert "http" not in text
    assert text == sheet(anchor.latest(), anchor.public_key_of(anchor.signing_key(anchored)))


def test_the_key_is_its_owner_s_alone_and_outside_the_console(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSOLE_HOME", str(tmp_path / "home"))
    with pytest.raises(anchor.AnchorRefused, match="外に"):
        anchor.make_key(tmp_path / "home" / "key")
    key = tmp_path / "key"
    anchor.make_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(anchor.AnchorRefused, match="すでにあります"):
        anchor.make_key(key)
    key.chmod(0o640)
    with pytest.raises(anchor.AnchorRefused, match="持ち主だけ"):
        anchor.signing_key(key)
    with pytest.raises(anchor.AnchorRefused, match="make-key"):
        anchor.signing_key(tmp_path / "none")


def test_a_disk_that_takes_no_line_is_said(anchored, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONSOLE_ANCHOR", str(tmp_path / "file" / "folder"))
    assert checkpoint.main(["--key", str(anchored)]) == 1
    assert "チェックポイント" in capsys.readouterr().err


MUTATIONS = ("change", "delete", "insert", "swap", "truncate", "head")


def mutated(rows: list[list], head: list, chance: random.Random) -> tuple[list[list], list]:
    """One change of a random kind at a random place, sometimes with the entry's own hash made right again."""
    rows, head, kind, at = [list(row) for row in rows], list(head), chance.choice(MUTATIONS), chance.randrange(ENTRIES)
    names = [column.name for column in log.ACCESS_LOG.columns]
    if kind == "change":
        place = chance.randrange(1, len(names))
        rows[at][place] = rows[at][place] + chance.randint(1, 9) if isinstance(rows[at][place], int) else rows[at][place] + chance.choice("x0あ ")
        if chance.random() < 0.5 and names[place] not in ("hash", "prev_hash"):
            rows[at][-1] = chain.seal(dict(zip(names, rows[at], strict=True)))
    elif kind == "delete":
        del rows[at]
        if chance.random() < 0.5:
            rows = [[number, *row[1:]] for number, row in enumerate(rows, start=1)]
    elif kind == "insert":
        rows = [*rows[:at], list(rows[chance.randrange(ENTRIES)]), *rows[at:]]
        rows = [[number, *row[1:]] for number, row in enumerate(rows, start=1)]
    elif kind == "swap":
        other = (at + chance.randrange(1, ENTRIES)) % ENTRIES
        rows[at][1:], rows[other][1:] = rows[other][1:], rows[at][1:]
    elif kind == "truncate":
        rows = rows[:at]
        if chance.random() < 0.5 and rows:  # with the head moved back, only the anchors can tell
            head = [rows[-1][0], rows[-1][-1]]
    else:
        head = [head[0] + chance.choice([-1, 1]), head[1]] if chance.random() < 0.5 else [head[0], "0" * 64]
    return rows, head


def test_a_thousand_random_changes_are_all_found(anchored, sqlite_file):
    seed = 20_261_030
    chance = random.Random(seed)
    with closing(sqlite3.connect(sqlite_file)) as connection:
        connection.execute("pragma synchronous = off")
        whole = [list(row) for row in connection.execute("select * from access_log order by seq")]
        head = list(connection.execute("select seq, hash from chain_head where chain = 'access_log'").fetchone())
        marks = ", ".join("?" * len(whole[0]))
        for attempt in range(1_000):
            rows, top = mutated(whole, head, chance)
            connection.execute("delete from access_log")
            connection.executemany(f"insert into access_log values ({marks})", rows)
            connection.execute("update chain_head set seq = ?, hash = ? where chain = 'access_log'", top)
            connection.commit()
            assert log.verify() is not None or anchor.verify(), f"seed {seed}, attempt {attempt}"


def test_a_checkpoint_names_the_one_before(anchored):
    lines = (settings.anchors()[1] / anchor.LINES).read_text("utf-8").splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2, 3]
    assert json.loads(lines[2])["prev"] == hashlib.sha256(lines[1].encode()).hexdigest()
    assert json.loads(lines[2])["chains"]["access_log"]["size"] == ENTRIES
