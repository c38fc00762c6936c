"""What the actions in the access log are called in the office."""

from auth.access import permissions

NAMES = {
    "session.start": "サインイン", "session.end": "サインアウト", "session.moved": "サインインを別の端末で使用",
    "session.refused": "サインインの失敗", "session.alarm": "パスワードの推測の警報", "refused": "権限のない操作（拒否）",
    "gate.refused": "許可していない通信（拒否）", "step_up.confirm": "本人の再確認", "step_up.refused": "本人の再確認の失敗",
    "watch.add": "見張る人の登録", "audit.incident": "漏えい等の報告の下書き", "audit.pack": "監査の一式の作成",
    "account.create": "利用者の登録", "account.employee_number": "職員番号の登録", "account.password": "パスワードの再設定", "account.enable": "利用者の再開", "account.unlock": "待ち時間の解除",
    "account.change": "人事異動による利用者の変更", "account.decline": "利用者の提案の取下げ", "account.own_password": "自分のパスワードの変更",
    "account.code_offer": "認証コードの鍵の表示", "account.code_register": "認証コードの登録", "staff_feed.reconcile": "人事異動との突合",
    "reveal.begin": "一時解除", "reveal.ask": "一時解除の申請", "reveal.approve": "一時解除の承認", "reveal.review": "一時解除の点検の署名", "disclosure.review": "一時解除と書出しの点検",
    "export.order": "書出しの注文", "export.ask": "書出しの申請", "export.approve": "書出しの承認", "export": "書出しの受取り",
    "analysis.remove": "保存したアドホック分析の削除",
    "outbound.write": "返す連携の書出し", "arrears_inquiry.answer": "滞納照会への回答", "care_inquiry.answer": "長寿社会課照会への回答",
    "report.keep": "報告の作成と保管",
    "snapshot.purge": "古いスナップショットの消去", "day_folder.purge": "古い連携フォルダの消去", "snapshot.rollback": "前のデータへの復元",
}  # fmt: skip


def action_name(action: str) -> str:
    """「滞納者カルテを見る」 for case.read; the identifier itself when nobody has named it."""
    return NAMES.get(action) or permissions().actions.get(action, action)
