"""`python -m data_access.rollback`: carry out the approved return to an older kept snapshot. Refuses without an approval.

Only the newest approval counts, and only while the snapshot that it was about to leave is still the one shown. The
next intake goes on from there: it expects the sequence numbers and the days that follow the snapshot gone back to.
"""

import sys

from audit import log
from audit.log import AuditUnavailable
from data_access import lineage, snapshot
from data_access.approved import Approved, approved
from data_access.snapshot import Snapshot, SnapshotRefused

MATTER = "snapshot_rollback"


class RollbackRefused(SnapshotRefused):
    """There is nothing approved that could be carried out now; the text says why and what to do."""


def roll_back() -> Snapshot:
    """Make the approved snapshot CURRENT and return it; done before, it is returned as it is.

    Raises RollbackRefused, SnapshotRefused (the target is damaged), PublisherBusy, AuditUnavailable; in each case
    nothing has changed."""
    with snapshot.alone():
        agreed, now = _newest(), snapshot.current()
        target, leaving = agreed.content["target"], agreed.content["leaving"]
        if now is not None and now.id == target:
            return now
        if now is None or now.id != leaving:
            raise RollbackRefused("承認の後に、公開中のデータが変わりました。今のデータを確かめ、提案からやり直してください。")
        if target not in lineage.kept_ids() & set(snapshot.served_names()):
            raise RollbackRefused(f"戻す先のスナップショット {target} は、保存期間が過ぎたか、公開されたことがありません。提案からやり直してください。")
        wanted = snapshot.find(target)
        snapshot.verify(wanted)
        log.append(actor=agreed.approved_by, action="snapshot.rollback", snapshot_id=target,
                   detail={"leaving": leaving, "approval": agreed.approval_id, "proposed_by": agreed.proposed_by})
        snapshot.make_current(target)
        return wanted


def _newest() -> Approved:
    agreed = approved(MATTER)
    if not agreed:
        raise RollbackRefused("承認された復元がありません。係長かシステム管理者が提案し、課長が承認してから実行してください。")
    return agreed[-1]


def main(arguments: list[str]) -> int:
    """Carry it out and say so. It takes no arguments: what to go back to stands in the approval."""
    if arguments:
        print("引数はありません。承認された復元を、そのまま実行します（画面の「復元と論理消去」で提案・承認）。何もしていません。")
        return 2
    try:
        served = roll_back()
    except (SnapshotRefused, AuditUnavailable) as refusal:
        print(refusal)
        return 1
    print(f"{served.id}（業務日 {served.business_date}）を公開しています。次の取込はこの翌日の連携から続けてください。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
