"""What the actions in the access log are called in the office."""

from auth.access import permissions

NAMES = {
    "session.start": "サインイン", "session.end": "サインアウト", "session.refused": "サインインの失敗", "session.alarm": "パスワードの推測の警報", "refused": "権限のない操作（拒否）",
    "gate.refused": "許可していない通信（拒否）", "watch.add": "見張る人の登録", "audit.incident": "漏えい等の報告の下書き", "audit.pack": "監査の一式の作成",
    "account.create": "利用者の登録", "account.password": "パスワードの変更", "account.disable": "利用者の停止", "account.enable": "利用者の再開",
    "account.unlock": "待ち時間の解除", "account.employee_number": "職員番号の登録", "reveal": "一時解除", "table.export": "書出し",
}  # fmt: skip


def action_name(action: str) -> str:
    """「滞納者カルテを見る」 for case.read; the identifier itself when nobody has named it."""
    return NAMES.get(action) or permissions().actions.get(action, action)
