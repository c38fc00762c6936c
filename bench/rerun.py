"""One click on 地区ワークリスト over the real wire, beside an empty page and beside the console without its housekeeping."""

import contextlib
import os
from pathlib import Path

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg

from bench import city, timing
from bench.timing import Figure
from tests.auth.visitor import Line, Server, Visitor

NAME, PAGE = "keisoku", "district_worklist"
DEFAULT = {"STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}


def measure(folder: Path, persons: int) -> list[Figure]:
    """ワークリストの再実行と、空の画面の再実行（どちらも Gate の内側、websocket で）。"""
    home = city.published(folder, persons)
    with contextlib.ExitStack() as stack:
        empty = _line(stack, home, "bench/doors/empty.py", "")
        worklist = _line(stack, home, "app.py", PAGE)
        untidy = _line(stack, home, "bench/doors/untidy.py", PAGE, DEFAULT)
        taken = timing.side_by_side({
            "empty": lambda: click(empty, ""),
            "worklist": lambda: click(worklist, PAGE),
            "untidy": lambda: click(untidy, PAGE),
        }, repeats=30)
    return [
        timing.at_most(f"P-1 再実行 ワークリスト／空の画面（{persons:,}人）", taken["worklist"], taken["empty"], 5, "空の画面"),
        timing.faster("再実行 GC を後回しにする／Streamlit の既定", taken["worklist"], taken["untidy"], None, "既定（毎回 GC、freeze なし）"),
    ]


def _line(stack: contextlib.ExitStack, home: Path, door: str, page: str, extra: dict[str, str] | None = None) -> Line:
    os.environ |= extra or {}
    server = stack.enter_context(Server(door, home))
    for name in extra or {}:
        os.environ.pop(name)
    visitor = Visitor(server)
    name = f"{NAME}{server.port}"
    server.add(name, role="chief", districts="")
    visitor.sign_in(name)
    line = stack.enter_context(visitor.line())
    line.run()  # the browser's own first run
    kinds = click(line, page)
    if page and "dataframe" not in kinds:
        raise RuntimeError(f"{door}: ワークリストの表が出ません: {sorted(kinds)}")
    return line


def click(line: Line, page: str, timeout: float = 60, query: str = "") -> set[str]:
    """Run the script once as a click does, with `query` in the address; the kinds of elements that came. Raises RuntimeError for a screen that says it failed."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = page, query
    line.say(message)
    kinds = set()
    for frame in line.frames(timeout):
        shown = frame.delta.new_element
        kinds.add(shown.WhichOneof("type") or "")
        if "exception" in kinds or shown.alert.format == Alert.ERROR:
            raise RuntimeError(f"{page} {query}: {shown.alert.body or shown.exception.message}")
        if frame.WhichOneof("type") == "script_finished":
            return kinds
    raise RuntimeError(f"{timeout} 秒以内に終わりません: {sorted(kinds)}")


if __name__ == "__main__":
    timing.command(measure)
