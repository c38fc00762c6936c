"""`python -m tests.auth.without_a_route HOME`: the console as a city runs it, started, signed in to and looked at; what
was seen as JSON. Run by test_offline.py where nothing but this machine itself can be reached."""

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.auth.visitor import Answer, Line, Server, Visitor

SOURCE, SECOND = "10.4.0.7", "10.4.0.8"
RERUN = BackMsg()
RERUN.rerun_script.query_string = ""


class Proxied(Visitor):
    """A browser behind the city's proxy, which says where it is; "" = a proxy that says nothing."""

    source = SOURCE

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        origin = {"Origin": f"https://{self.server.host}"} if method == "POST" else {}
        said = {"X_Forwarded_For": self.source} if self.source else {}
        return super().request(method, path, body, **headers | origin | said)


def captions(line: Line) -> Iterator[str]:
    """The Markdown of one run of the page."""
    for frame in line.frames(20):
        if frame.WhichOneof("type") == "script_finished":
            return
        if body := frame.delta.new_element.markdown.body:
            yield body


def main(home: Path) -> dict[str, object]:
    """Everything the test looks at."""
    with Server("app.py", home) as server:
        server.add("tanaka", role="chief")
        visitor = Proxied(server)
        seen: dict[str, object] = {"sign_in": visitor.sign_in("tanaka").status, "page": visitor.get("/").status}
        with visitor.line(origin=f"https://{server.host}", X_Forwarded_For=SOURCE) as line:
            line.run()
            line.say(RERUN)
            seen["shown"] = list(captions(line))
        second = Proxied(server)
        second.source = SECOND
        second.sign_in("tanaka")
        with second.line(origin=f"https://{server.host}", X_Forwarded_For=SECOND) as line:
            seen["second is told"] = line.run()
        seen["first is told"] = visitor.get("/auth/sign-in").text
        for name, source in (("none", ""), ("two", f"10.0.0.1, {SOURCE}"), ("no address", "me")):
            forger = Proxied(server)
            forger.source = source
            seen[f"forged {name}"] = forger.get("/auth/sign-in").status
        with socket.socket() as outside:
            outside.settimeout(2)
            seen["outside"] = outside.connect_ex(("192.0.2.1", 443))
        seen["log"] = (home / "server.log").read_text()
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
