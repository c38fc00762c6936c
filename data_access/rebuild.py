"""`python -m data_access.rebuild`: the published day once more in this version's shape, from its own kept tables.

For the day after an upgrade: nothing is taken in, only what is derived is made anew. Older kept days stay on disk until
their time and are not offered; what they brought is in the newest day.
"""

import shutil
import sys

import duckdb

from data_access import derive, snapshot, spill
from data_access.snapshot import Snapshot, SnapshotRefused
from law.version import version

PUBLISHED_ANEW = ("schema_version", "published_at", "tables")


def rebuild() -> Snapshot | None:
    """Publish the served day again in this version's shape and return it; None when it has that shape.

    Raises SnapshotRefused (nothing published yet, damaged), PublisherBusy, duckdb.Error (a kept table lacks what this
    version reads); in each case the served day stays."""
    with snapshot.building() as folder:
        now = snapshot.current()
        if now is None:
            raise SnapshotRefused("公開されたデータがまだありません。連携を取り込んでください。")
        if now.is_of_this_version:
            return None
        snapshot.verify(now)
        shutil.copytree(now.folder / "restricted", folder / "restricted", dirs_exist_ok=True)
        with spill.connect() as connection:
            counts = derive.run(connection, folder, now.business_date)
        manifest = {name: value for name, value in now.manifest.items() if name not in PUBLISHED_ANEW}
        return snapshot.publish(folder, manifest | {"law_version": version()}, counts)


def main() -> int:
    """0 = rebuilt, or nothing to do; 1 = not, and why."""
    try:
        made = rebuild()
    except SnapshotRefused as refused:
        print(refused)
        return 1
    except duckdb.Error as error:
        print(f"前の版の表からは作れません（{error}）。送り元に全件の再送を頼み、取り込んでください。")
        return 1
    print(f"{made.business_date} を作り直しました（{made.id}）。" if made else "公開中のデータは、この版の形です。")
    return 0


if __name__ == "__main__":
    sys.exit(main())
