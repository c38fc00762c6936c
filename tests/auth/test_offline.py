"""Nothing is asked of anybody outside: the real server works where there is no route, and tries no address but its own."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

import pytest

from tests.auth.visitor import ROOT
from tests.auth.without_a_route import SECOND, SOURCE

pytestmark = pytest.mark.slow
INET = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )\"([^\"]+)\"")
PROBED = "192.0.2.1"  # the test's own try, which shows that there is no route and that a try is seen


def test_the_console_works_without_a_route_and_looks_for_none(own_city, tmp_path):
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("この機械では利用者の名前空間を作れません（unshare -rn）。経路のない所での試験を除きます。")
    trace = tmp_path / "connects"
    watched = f"strace -f -qq --seccomp-bpf -e trace=connect -o '{trace}' " if shutil.which("strace") else ""
    command = f"ip link set lo up && exec {watched}'{sys.executable}' -m tests.auth.without_a_route '{own_city}'"
    done = subprocess.run(["unshare", "-rn", "sh", "-c", command], cwd=ROOT, env=os.environ | {"CONSOLE_HTTPS": "1"},
                          capture_output=True, text=True, timeout=180, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["outside"] != 0, "there was a route"
    assert (seen["sign_in"], seen["page"]) == (303, 200)
    assert any("基準日" in text for text in seen["shown"]), seen["shown"]
    assert any(f"端末 {SOURCE} で開いていた画面を終えました" in text for text in seen["second is told"]), seen["second is told"]
    assert "別の端末で同じ利用者ID" in seen["first is told"]
    assert "Error" not in seen["log"], seen["log"]
    assert [seen[f"forged {name}"] for name in ("none", "two", "no address")] == [400] * 3
    read = "select source from access_log where action = 'session.start' order by seq"
    assert sqlite3.connect(own_city / "store.sqlite").execute(read).fetchall() == [(SOURCE,), (SECOND,)]
    if watched:
        tried = {(address, port) for port, address in INET.findall(trace.read_text())}
        assert {address for address, _ in tried} == {"127.0.0.1", PROBED}, tried
        assert not {(address, port) for address, port in tried if port == "53"}, "a name was looked up"
