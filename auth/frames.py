"""What a browser may say to Streamlit over the websocket, and which of it is a human act.

Streamlit answers any client's clear_cache (which empties the caches of everybody), load_git_info, set_run_on_save,
deferred files of other sessions and more. Only what the screens need passes; anything new in a later version does not.
"""

from enum import Enum

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg


class Frame(Enum):
    """Pass it on and restart the idle clock, pass it on, or drop it."""

    HUMAN = "human"
    AUTOMATIC = "automatic"
    REFUSED = "refused"


def judge(data: bytes | None) -> Frame:
    """Classify one binary frame from the browser. Text frames (None) and what does not parse are refused."""
    message = BackMsg()
    try:
        message.ParseFromString(data or b"")
    except DecodeError:
        return Frame.REFUSED
    match message.WhichOneof("type"):
        case "rerun_script":
            return Frame.AUTOMATIC if message.rerun_script.is_auto_rerun else Frame.HUMAN
        case "stop_script":
            return Frame.HUMAN
        case "app_heartbeat":
            return Frame.AUTOMATIC
        case "backend_operation_request":
            # Rows of a long table while it is scrolled; Streamlit checks that the table is this session's own.
            wanted = message.backend_operation_request.WhichOneof("payload")
            return Frame.AUTOMATIC if wanted == "dataframe_chunk" else Frame.REFUSED
        case _:
            return Frame.REFUSED
