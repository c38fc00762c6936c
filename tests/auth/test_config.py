"""The hardened settings hold, in the file and in the Streamlit that reads it."""

import subprocess
import sys
import tomllib

import pytest

from tests.auth.visitor import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
HARDENED = {
    "server.address": "127.0.0.1",
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.xsrfCookieSameSite": "strict",
    "server.trustedUserHeaders": '{"X-Console-Sid": "sid"}',
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.fileWatcherType": "none",
    "server.allowRunOnSave": False,
    "client.showErrorDetails": "none",
    "client.disableDataExport": True,
    "client.allowedOrigins": [],
    "browser.gatherUsageStats": False,
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
}


@pytest.mark.parametrize("name", HARDENED)
def test_a_hardened_setting_holds(name):
    section, key = name.split(".")
    assert CONFIG[section][key] == HARDENED[name]


def test_no_secret_is_committed():
    assert "cookieSecret" not in CONFIG["server"]


def test_streamlit_knows_every_setting():
    names = [f"{section}.{key}" for section, values in flattened(CONFIG) for key in values]
    code = f"from streamlit import config; [config.get_option(name) for name in {names!r}]"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)


def flattened(config: dict, prefix: str = ""):
    for section, values in config.items():
        yield prefix + section, [key for key, value in values.items() if not isinstance(value, dict)]
        yield from flattened({k: v for k, v in values.items() if isinstance(v, dict)}, f"{prefix}{section}.")
