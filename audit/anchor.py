"""Checkpoints of the access log and the ledger: a signed line with the size and Merkle root of each chain.

Whoever can rewrite a whole chain cannot rewrite the lines that lie elsewhere (CONSOLE_ANCHOR: another disk or host), nor
sign new ones (Ed25519; the key belongs to a process of its own, never to the console), nor the sheet that was stamped.
The signer keeps the number and digest of the last line beside the key: lines that were taken away are not signed over.
"""

import base64
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import MetaData, Table, inspect

import settings
import store
from audit import chain, chain_check, log
from audit.chain_check import Checked
from audit.log import ACCESS_LOG

CHAINS = {"access_log": "アクセスログ", "event": "台帳"}
LINES, PUBLIC_KEY = "checkpoints.jsonl", "checkpoint.pub"


class AnchorRefused(Exception):
    """チェックポイントを作れない・確かめられない。The text says why and what to do."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: what it is about and a sentence."""

    place: str
    sentence: str


def chain_tables() -> dict[str, Table]:
    """The two chained tables as they are in the store: audit knows casework's ledger only by its name."""
    tables = {"access_log": ACCESS_LOG}
    if inspect(store.engine()).has_table("event"):
        tables["event"] = Table("event", MetaData(), autoload_with=store.engine())
    return tables


def make_key(path: Path) -> str:
    """Create the signing key, readable by its owner only, outside CONSOLE_HOME; returns the public key. Never overwrites."""
    if path.resolve().is_relative_to(settings.home().resolve()):
        raise AnchorRefused("署名鍵は CONSOLE_HOME の外に置いてください。コンソールを動かす利用者から読めない所が要ります。")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = Ed25519PrivateKey.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise AnchorRefused(f"署名鍵 {path} はすでにあります。替えるときは、別の名前で作ってください。") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    return public_key_of(secret)


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key in `path`. Raises AnchorRefused when it is missing, inside CONSOLE_HOME, or readable by anyone but its owner."""
    if path.resolve().is_relative_to(settings.home().resolve()):
        raise AnchorRefused("署名鍵が CONSOLE_HOME の中にあります。外へ移してください。")
    try:
        is_private = not stat.S_IMODE(path.stat().st_mode) & 0o077
        value = path.read_bytes()
    except OSError as error:
        raise AnchorRefused(f"署名鍵 {path} を読めません（{error.strerror}）。--make-key で作ってください。") from None
    if not is_private or len(value) != 32:
        raise AnchorRefused(f"署名鍵 {path} は、持ち主だけが読める（chmod 600）32バイトのファイルでなければなりません。")
    return Ed25519PrivateKey.from_private_bytes(value)


def checkpoint(key_file: Path, *, is_first: bool = False) -> dict:
    """Sign the chains as they stand and append the line to every anchor folder. Returns it. Only number 1 `is_first`.

    Raises AnchorRefused, and signs nothing, when a chain or an earlier checkpoint does not hold or is not there any more.
    """
    key = signing_key(key_file)
    wrong = verify(public_key_of(key))
    if wrong:
        raise AnchorRefused(f"署名しません。{wrong[0].place}: {wrong[0].sentence}")
    lines = _lines(settings.anchors()[0])
    _check_continued(lines, key_file, is_first)
    body = {
        "at": chain.utc_text(), "number": len(lines) + 1, "prev": _digest(lines[-1]) if lines else chain.GENESIS,
        "chains": {name: _stands(table) for name, table in chain_tables().items()},
    }  # fmt: skip
    signature = base64.b64encode(key.sign(chain.canonical(body).encode())).decode()
    line = chain.canonical({**body, "signature": signature})
    for folder in settings.anchors():
        _append(folder, [*lines, line], public_key_of(key))
    _remember(key_file, body["number"], line)
    return json.loads(line)


def _check_continued(lines: list[str], key_file: Path, is_first: bool) -> None:
    number, digest = _remembered(key_file)
    if len(lines) < number or (number and _digest(lines[number - 1]) != digest):
        raise AnchorRefused(f"署名しません。{number} 番まで署名した控え（{_memory(key_file)}）があるのに、置き場のチェックポイントが古いか違います。監査に連絡してください。")
    if is_first and lines:
        raise AnchorRefused(f"{len(lines)} 番までのチェックポイントがあります。--first は最初の1回だけです。")
    if not is_first and not lines:
        raise AnchorRefused("署名しません。チェックポイントが1件もありません。初めて署名するときだけ --first を付けます。初めてでなければ、置き場が消されています。")


def _memory(key_file: Path) -> Path:
    return key_file.with_name(f"{key_file.name}.last")


def _remembered(key_file: Path) -> tuple[int, str]:
    try:
        kept = json.loads(_memory(key_file).read_text("ascii"))
        return kept["number"], kept["digest"]
    except FileNotFoundError:
        return 0, ""
    except (OSError, ValueError, KeyError, TypeError):
        raise AnchorRefused(f"最後に署名した番号の控え {_memory(key_file)} を読めません。日締めの紙と照らし合わせてください。") from None


def _remember(key_file: Path, number: int, line: str) -> None:
    building = _memory(key_file).with_suffix(".building")
    try:
        building.write_text(json.dumps({"number": number, "digest": _digest(line)}), "ascii")
        building.replace(_memory(key_file))
    except OSError as error:
        raise AnchorRefused(f"最後に署名した番号の控えを {_memory(key_file)} に書けません（{error.strerror}）。") from None


def latest() -> dict | None:
    """The newest checkpoint in the first anchor folder."""
    lines = _lines(settings.anchors()[0])
    return json.loads(lines[-1]) if lines else None


def unanchored() -> list[Finding]:
    """The anchor folders without a checkpoint: nothing would give away a chain that was rewritten whole."""
    return [Finding(str(folder), "チェックポイントが1件もありません。まだ署名していないか、置き場が消されています。")
            for folder in settings.anchors() if not _lines(folder)]


def broken_chains() -> list[Finding]:
    """The first bad entry of each chain that does not hold in itself, and long lists that are not what the chain says."""
    return _broken({name: chain_check.check(table) for name, table in chain_tables().items()})


def _broken(checked: Mapping[str, Checked]) -> list[Finding]:
    found = [Finding(CHAINS[name], f"{held.bad} 番の記録が改ざんされているか、欠けています。") for name, held in checked.items() if held.bad is not None]
    changed = log.changed_lists()
    return found + ([Finding("人の多い一覧の控え", f"{changed} 件が、アクセスログのハッシュと合いません。")] if changed else [])


def verify(public_key: str | None = None, paper: Mapping[str, tuple[int, str]] | None = None) -> list[Finding]:
    """Everything that does not hold: both chains, and every checkpoint of every anchor folder against them. Empty = whole.

    `public_key` (hex) is the one to trust; without it that of the anchor folder. `paper`: chain → (size, root) of a sheet.
    """
    kept = {folder: _lines(folder) for folder in settings.anchors()}
    longest = max(kept.values(), key=len)
    marks = [(place, name, point) for place, points in _points(longest) for name, point in points.items()]
    marks += [("日締めの紙", name, {"size": size, "root": root}) for name, (size, root) in (paper or {}).items()]
    checked = {name: chain_check.check(table, {point["size"] for _, of, point in marks if of == name}) for name, table in chain_tables().items()}
    found = _broken(checked)
    for folder, lines in kept.items():
        if lines != longest[: len(lines)] or len(lines) < len(longest):
            found.append(Finding(str(folder), f"チェックポイントがほかの置き場と違います（{len(lines)} 件と {len(longest)} 件）。"))
        found += _unsigned(folder, lines, public_key)
    return found + _moved(marks, checked)


def _moved(marks: list[tuple[str, str, dict]], checked: Mapping[str, Checked]) -> list[Finding]:
    found = []
    for name, held in checked.items():
        wrong = [(place, point) for place, of, point in marks if of == name and held.roots.get(point["size"]) != point["root"]]
        for place, point in wrong[:3]:
            found.append(Finding(CHAINS[name], f"{place}（{point['size']} 件）と合いません。鎖の全体が書き換えられたか、後ろが失われています。"))
    return found


def _unsigned(folder: Path, lines: list[str], public_key: str | None) -> list[Finding]:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key or (folder / PUBLIC_KEY).read_text("ascii").strip()))
    except (OSError, ValueError):
        return [Finding(str(folder), "公開鍵がありません。--public-key で指定してください。")] if lines else []
    before = chain.GENESIS
    for number, line in enumerate(lines, start=1):
        try:
            body = json.loads(line)
            key.verify(base64.b64decode(body.pop("signature")), chain.canonical(body).encode())
            holds = body["number"] == number and body["prev"] == before
        except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
            holds = False
        if not holds:
            return [Finding(str(folder), f"{number} 番のチェックポイントの署名か並びが正しくありません。")]
        before = _digest(line)
    return []


def _points(lines: list[str]) -> Iterator[tuple[str, dict]]:
    for number, line in enumerate(lines, start=1):
        try:
            yield f"{number} 番のチェックポイント", json.loads(line)["chains"]
        except (ValueError, KeyError, TypeError):  # the signature check names it
            continue


def _stands(table: Table) -> dict:
    size = chain.length(table)
    return {"size": size, "root": chain_check.check(table, {size}).roots[size]}


def _lines(folder: Path) -> list[str]:
    try:
        return (folder / LINES).read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AnchorRefused(f"チェックポイントの置き場 {folder} を読めません（{error.strerror}）。") from None


def _append(folder: Path, lines: list[str], public_key: str) -> None:
    """Add what this folder does not have yet, at its end: nothing that is there is written again."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = lines[len(_lines(folder)):]
        with (folder / LINES).open("a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in missing))
            file.flush()
            os.fsync(file.fileno())
        (folder / PUBLIC_KEY).write_text(public_key + "\n", "ascii")
    except OSError as error:
        raise AnchorRefused(f"チェックポイントを {folder} に書けません（{error.strerror}）。置き場を確かめてください。") from None


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def public_key_of(key: Ed25519PrivateKey) -> str:
    """The public half of a signing key, in hex."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
