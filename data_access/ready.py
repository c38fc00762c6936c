"""What the first click on a new day would wait for, done before anybody clicks: the served snapshot is opened, and compared with
the day that 増減の内訳 shows first. Nothing is asked and nothing told: whoever asks is checked and recorded as ever.
"""

from contextlib import suppress

from data_access import change, connection
from data_access.connection import NothingPublished, engine
from data_access.snapshot import SnapshotRefused


def make_ready() -> None:
    """To be called now and then: does what has not been done for the snapshot that is served now, and closes older days that nobody
    has asked for a while. What cannot be opened is told to whoever opens a screen."""
    connection.let_go()
    with suppress(NothingPublished, SnapshotRefused):
        served = engine()
        for older in change.earlier(served.snapshot.business_date)[:1]:
            change.compare(served, older.id)
