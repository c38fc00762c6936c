"""The search: every marker that stands in some bytes, whatever channel they came by."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

import polars as pl
from google.protobuf.message import DecodeError, Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.canary.city import Marks

TEXT = re.compile(rb"QZ[A-Z0-9]{5}X")
RUN = re.compile(rb"(?<![0-9])[0-9]{7,}(?![0-9])")
STREAM = b"\xff\xff\xff\xff"  # how an Arrow stream begins
ZIP = b"PK\x03\x04"  # how a packed file begins
SLIDING = (10, 11)  # so long that a run of figures never holds one by chance; shorter codes are whole runs


def found_in(marks: Marks, *heard: bytes) -> set[str]:
    """The markers in these bytes."""
    found = set()
    for every in heard:
        found |= {one.decode() for one in TEXT.findall(every)}
        for run in {one.decode() for one in RUN.findall(every)}:
            found |= {run} | {run[at : at + length] for length in SLIDING for at in range(len(run) - length + 1)}
    return found & marks.places.keys()


def opened(frame: bytes) -> bytes:
    """A websocket frame and, cell by cell, the tables in it (Arrow lays short codes of a column end to end); of an Excel
    file the parts that lie packed in it."""
    if frame.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(frame)) as packed:
            return b"\n".join([frame, *(packed.read(name) for name in packed.namelist())])
    return b"\n".join([frame, *(_cells(part) for part in _tables(frame))])


def _tables(frame: bytes) -> Iterator[bytes]:
    try:
        yield from _arrow(ForwardMsg.FromString(frame))
    except DecodeError:  # whatever is no frame of Streamlit's is searched as it came
        return


def _arrow(message: Message) -> Iterator[bytes]:
    for field, value in message.ListFields():
        for one in value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]:
            if isinstance(one, Message):
                yield from _arrow(one)
            elif field.type == field.TYPE_BYTES and one.startswith(STREAM):
                yield one


def _cells(data: bytes) -> bytes:
    frame = pl.read_ipc_stream(io.BytesIO(data))
    return "\n".join(str(cell) for column in frame.iter_columns() for cell in column.to_list() if cell is not None).encode()
