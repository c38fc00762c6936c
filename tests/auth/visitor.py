"""Visitors over the real wire: a server in its own process, and browsers that need no browser."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
DEMO = {"CONSOLE_TODAY": "2026-11-24", "CONSOLE_SECOND_FACTOR": "none"}  # the demo: no second factor, and it says so
PASSWORD = "ひらがなだけでも十五文字あればよい"
MADE = """
import sys
from datetime import date
import store
from auth import accounts, accounts_command
store.create_tables()
name, role, districts, password = sys.argv[1:]
accounts.create(name, display_name=f"{name}さん", role=role, section="収納推進課", districts=tuple(filter(None, districts.split(","))), employee_number=f"E{name}",
                training_on=date(2026, 10, 1), password=password)
"""


class Server:
    """`streamlit run SCRIPT` on a free port, with a home of its own."""

    def __init__(self, script: str, home: Path) -> None:
        self.script, self.home = script, home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.environment = {**DEMO, **os.environ, "CONSOLE_HOME": str(home), "PYTHONPATH": str(ROOT)}
        self.environment.pop("CONSOLE_STORE_URL", None)

    def __enter__(self) -> "Server":
        self.python("-m", "settings", "pepper", "csrf", "pseudonym")
        self.log = (self.home / "server.log").open("wb")
        command = ["-m", "streamlit", "run", self.script, "--server.port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log
        )
        deadline = time.monotonic() + 60
        while not self.is_up():
            assert self.process.poll() is None, (self.home / "server.log").read_text()
            assert time.monotonic() < deadline, (self.home / "server.log").read_text()
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.log.close()

    def is_up(self) -> bool:
        try:
            return Visitor(self).get("/healthz").status == 200
        except (OSError, http.client.HTTPException):  # while nobody listens yet, a caller may be given that very port and hear itself
            return False

    def python(self, *arguments: str, stdin: str = "") -> str:
        """Run the project's Python on this server's home; what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, input=stdin,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def add(self, name: str, role: str = "officer", districts: str = "D01,D02") -> None:
        """An account whose own password is PASSWORD: the first day is over."""
        self.python("-c", MADE, name, role, districts, PASSWORD)


class Answer:
    """Status, headers (a list of pairs, lower case) and text of one response."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = [(name.lower(), value) for name, value in response.getheaders()]
        self.text = response.read().decode("utf-8", "replace")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class Visitor:
    """One browser: its cookies, plain HTTP, and websockets. `address`: the loopback address that its terminal has."""

    def __init__(self, server: Server, patience: float = 20, address: str = "127.0.0.1") -> None:
        self.server, self.patience, self.address = server, patience, address
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        """Send one request; header names are given with _ for -. Redirects are not followed."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent.setdefault("Cookie", self.cookie_header())
        connection = http.client.HTTPConnection(self.server.host, timeout=self.patience, source_address=(self.address, 0))
        try:
            connection.request(method, path, body, sent)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        for name, value in answer.headers:
            if name == "set-cookie":
                self._keep(value)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """A form from the console's own page (give Origin= for another)."""
        headers = {"Origin": f"http://{self.server.host}"} | headers
        return self.request("POST", path, urlencode(fields), Content_Type="application/x-www-form-urlencoded", **headers)

    def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> Answer:
        """Open the sign-in page and send its form, as a browser does."""
        form_token = re.search(r'name="form_token" value="([^"]+)"', self.get("/auth/sign-in").text)[1]
        fields = {"name": name, "password": password, "form_token": form_token}
        return self.post("/auth/sign-in", fields, **headers)

    def sign_out(self) -> Answer:
        return self.post("/auth/sign-out", {})

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @contextmanager
    def line(self, session_id: str = "", origin: str | None = "own", **headers: str) -> Iterator["Line"]:
        """Streamlit's websocket. Raises websockets' InvalidStatus when the Gate refuses it."""
        protocols = ["streamlit", "x", session_id] if session_id else ["streamlit"]
        origin = f"http://{self.server.host}" if origin == "own" else origin
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with connect(
            f"ws://{self.server.host}/_stcore/stream", origin=origin, subprotocols=protocols,
            additional_headers={"Cookie": self.cookie_header(), **sent}, proxy=None, max_size=None,
        ) as socket:  # fmt: skip
            yield Line(socket)

    def _keep(self, set_cookie: str) -> None:
        name, _, rest = set_cookie.partition("=")
        value = rest.split(";")[0].strip('"')
        if value and "max-age=0" not in set_cookie.lower():
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)


class Line:
    """A websocket to Streamlit: frames as Streamlit's own messages."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.session_id = ""

    def say(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())

    def run(self, query: str = "", timeout: float = 20) -> list[str]:
        """Run the script once; the texts it showed."""
        message = BackMsg()
        message.rerun_script.query_string = query
        self.say(message)
        shown = []
        for frame in self.frames(timeout):
            if frame.WhichOneof("type") == "new_session":
                self.session_id = frame.new_session.initialize.session_id
            element = frame.delta.new_element
            shown += [body for body in (element.text.body, element.alert.body) if body]
            if frame.WhichOneof("type") == "script_finished":
                return shown
        raise AssertionError(f"the script did not finish within {timeout} s; shown so far: {shown}")

    def frames(self, timeout: float):
        """Frames as they arrive, for `timeout` seconds at most. Raises ConnectionClosed."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            try:
                yield ForwardMsg.FromString(self.socket.recv(left))
            except TimeoutError:
                return
