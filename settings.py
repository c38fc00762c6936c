"""Where this installation keeps its things, and what day it is.

Every setting is an environment variable with a safe default, read here and nowhere else.
"""

import os
import resource
import secrets
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
ROOT = Path(__file__).resolve().parent
os.umask(0o077)  # whatever a process of the console writes is for its own user only
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no picture of the memory: persons are in it
SHORTEST_SECRET = 32


class SettingsInvalid(Exception):
    """設定が足りない・弱い。The text says which setting and what to do."""


def home() -> Path:
    """The folder that holds everything this installation writes (CONSOLE_HOME)."""
    return Path(os.environ.get("CONSOLE_HOME") or ROOT / "var")


def inbox() -> Path:
    """Where upstream systems drop their extracts: <business date>/<system>/."""
    return home() / "inbox"


def outbox() -> Path:
    """What goes back to the systems around us: <business date>/<system>/."""
    return home() / "outbox"


def snapshots() -> Path:
    """Published snapshots and CURRENT."""
    return home() / "snapshots"


def analysis() -> Path:
    """The released tables of アドホック分析: no person in them, never changed, never purged."""
    return home() / "analysis"


def temporary() -> Path:
    """What DuckDB cannot hold in memory, while it works on it."""
    return home() / "tmp"


def quarantine() -> Path:
    """Rows of refused feeds, kept for the person who mends them."""
    return home() / "quarantine"


def anchors() -> list[Path]:
    """Where checkpoints of the access log go: here, and to a second place on another disk or host (CONSOLE_ANCHOR)."""
    second = os.environ.get("CONSOLE_ANCHOR")
    return [home() / "anchors", *([Path(second)] if second else [])]


def checkpoint_key() -> Path | None:
    """The file with the key that signs checkpoints (CONSOLE_CHECKPOINT_KEY); the console itself never reads it."""
    named = os.environ.get("CONSOLE_CHECKPOINT_KEY")
    return Path(named) if named else None


def store_url() -> str:
    """SQLAlchemy URL of the one database the console writes (CONSOLE_STORE_URL)."""
    return os.environ.get("CONSOLE_STORE_URL") or f"sqlite:///{home() / 'store.sqlite'}"


def is_https() -> bool:
    """True behind the city's TLS proxy (CONSOLE_HTTPS=1)."""
    return os.environ.get("CONSOLE_HTTPS") == "1"


def hosts() -> set[str]:
    """The names this console may be called by: this machine, and the city's name for it (CONSOLE_HOST)."""
    return {"localhost", "127.0.0.1", os.environ.get("CONSOLE_HOST", "localhost").lower()}


def secret(name: str) -> bytes:
    """The installation's own random key `name`. Raises SettingsInvalid when missing or short."""
    path = home() / "secrets" / name
    if not path.exists():
        raise SettingsInvalid(f"鍵 {name} がありません。`python -m settings {name}` で作成してください。")
    value = path.read_bytes()
    if len(value) < SHORTEST_SECRET:
        raise SettingsInvalid(f"鍵 {name} が短すぎます（{len(value)} バイト）。作り直してください。")
    return value


def make_secret(name: str) -> None:
    """Create the key `name` once, readable by this service's user only; an existing key is kept."""
    path = home() / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SHORTEST_SECRET))


def is_demo_clock() -> bool:
    """True when CONSOLE_TODAY pins the day, as the demo city does; the screen says so."""
    return bool(os.environ.get("CONSOLE_TODAY"))


def second_factor() -> str:
    """"totp" (a code from an authenticator), "terminal" (the city's proxy vouches) or, in a demo only, "none".

    CONSOLE_SECOND_FACTOR. Raises SettingsInvalid for anything else, and for "none" outside the demo.
    """
    chosen = os.environ.get("CONSOLE_SECOND_FACTOR") or "totp"
    if chosen not in ("totp", "terminal", "none"):
        raise SettingsInvalid(f"CONSOLE_SECOND_FACTOR は totp か terminal にしてください（今は {chosen}）。")
    if chosen == "none" and not is_demo_clock():
        raise SettingsInvalid("CONSOLE_SECOND_FACTOR=none はデモ（CONSOLE_TODAY）だけのものです。totp か terminal にしてください。")
    return chosen


def limits_file() -> Path | None:
    """The city's own limits.toml (CONSOLE_LIMITS); None = the one that is shipped. Raises SettingsInvalid when it is not there."""
    named = os.environ.get("CONSOLE_LIMITS")
    if named and not Path(named).is_file():
        raise SettingsInvalid("CONSOLE_LIMITS に書いたファイルがありません。場所を確かめてください。")
    return Path(named) if named else None


def today() -> date:
    """The office's calendar day in Japan. The only place that asks for it."""
    pinned = os.environ.get("CONSOLE_TODAY")
    return date.fromisoformat(pinned) if pinned else datetime.now(JAPAN).date()


def now() -> datetime:
    """This instant in UTC. The only place that asks for it."""
    return datetime.now(UTC)


def day_of(instant: datetime) -> date:
    """The office's calendar day of an instant (aware); where a demo pins today, as many days from it as from the real one."""
    return today() - (now().astimezone(JAPAN).date() - instant.astimezone(JAPAN).date())


if __name__ == "__main__":
    import sys

    for key in sys.argv[1:]:
        make_secret(key)
