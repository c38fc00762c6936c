"""The door: Streamlit behind the Gate. `streamlit run app.py` from this folder."""

import asyncio
import contextlib
import gc
import logging
import secrets
import traceback

import streamlit as st
from starlette.middleware import Middleware

import settings
import store
from auth import export_route
from auth.gate import ROUTES, Gate
from auth.limits import networks_missing
from casework import ledger  # noqa: F401  (declares its tables for create_tables)
from data_access import (
    export,
    saved_analysis,  # noqa: F401  (the same)
    saved_statement,  # noqa: F401  (the same)
    statement,  # noqa: F401  (the same)
)
from data_access.ready import make_ready

READY_SECONDS = 30
_log = logging.getLogger("console")
# Streamlit would log the text of an error, which may quote a person; _on_script_error logs where it happened instead.
logging.getLogger("streamlit.error_util").addFilter(lambda _record: False)

try:
    for name in ("pepper", "csrf", "pseudonym"):
        settings.secret(name)
    if settings.second_factor() == "terminal":
        settings.secret("terminal")
    if settings.is_https() and (missing := networks_missing(settings.today())):
        raise settings.SettingsInvalid(missing)
except settings.SettingsInvalid as error:
    raise SystemExit(f"起動できません。{error}") from None
store.create_tables()


@contextlib.asynccontextmanager
async def _tidy(_app: st.App):
    """Collect garbage between the clicks, not after each: what is loaded by now is never looked through again."""
    gc.collect()
    gc.freeze()
    tasks = [asyncio.create_task(_collect()), asyncio.create_task(_stay_ready())]
    yield
    for task in tasks:
        task.cancel()


async def _collect() -> None:
    for beat in range(1, 1 << 62):
        await asyncio.sleep(30)
        await asyncio.to_thread(gc.collect, 2 if beat % 20 == 0 else 1)


async def _stay_ready() -> None:
    """A new day is opened and compared before somebody's click has to wait for it."""
    while True:
        try:
            await asyncio.to_thread(make_ready)
        except Exception as error:  # whoever opens a screen meets it and is told
            _log.error("次の画面の準備ができません 種類=%s", type(error).__name__)
        await asyncio.sleep(READY_SECONDS)


def _on_script_error(error: Exception) -> bool:
    """Say that something failed, with a number to report; its place goes to the server's log, its text nowhere."""
    number = secrets.token_hex(4)
    places = "; ".join(f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:])
    _log.error("画面のエラー 番号=%s 種類=%s 場所=%s", number, type(error).__name__, places)
    st.error(f"表示できませんでした。もう一度試し、続くときは番号 {number} をシステム管理者に伝えてください。")
    return True


app = st.App(
    "pages/menu.py",
    routes=[*ROUTES, export_route.route(export.make)],
    middleware=[Middleware(Gate)],
    on_script_error=_on_script_error,
    lifespan=_tidy,
)
