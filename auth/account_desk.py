"""アカウント管理: the list, proposals and their approval, disabling, and the quarterly review. Plain HTML, no Streamlit.

Secrets are shown here and nowhere else: Streamlit keeps what it shows, this page is gone when it is left.
"""

import html
import json

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

import settings
from audit import log
from auth import account_proposal, account_review, accounts, sessions, step_up
from auth.access import NotAllowed, permissions
from auth.account_checks import AccountRefused
from auth.account_proposal import KINDS
from auth.account_review import Listed
from auth.account_store import everyone
from auth.forms import Visit, answered, hidden, page, shown, table
from auth.own_account import local

CONFIRM_FIRST = "承認・停止・署名の前に、本人の再確認が要ります。この下の「本人の再確認」を開いて確かめてから、もう一度押してください。"
HEADS = ["利用者ID", "氏名", "役割", "所属", "担当地区", "種別", "状態", "期限", "研修修了日", "最後のサインイン"]
TRAINING = "研修修了日（例: 2026-04-10）"
DONE = {
    "proposed": "提案しました。ほかの人の承認を待っています。", "approved": "承認しました。", "declined": "取り下げました。",
    "disabled": "停止しました。開いていた画面は終わります。", "signed": "署名しました。",
}  # fmt: skip


def desk(visit: Visit, *, notice: str = "", error: str = "", status: int = 200) -> Response:
    """The page, with what the reader's role may do on it."""
    listed = account_review.listing()
    parts = [_overdue(), _waiting_part(visit), _list_part(visit, listed)]
    if visit.may("account.propose"):
        chosen = [row for row in listed if row.name == visit.query.get("about") and row.name != visit.user.name]
        parts += [_about_part(visit, row) for row in chosen] or [_create_part(visit)]
    parts.append(_review_part(visit, listed))
    confirm = f'<p><a href="{step_up.PAGE}" target="_blank" rel="noopener">本人の再確認</a>（承認・停止・署名の前、5分間有効）</p>'
    if any(map(visit.may, ("account.approve", "account.disable", "account.review"))):
        parts.insert(0, confirm)
    notice = notice or DONE.get(visit.query.get("done", ""), "")
    return page(visit, "アカウント管理", "".join(parts), notice=notice, error=error, status=status)


def propose(visit: Visit) -> Response:
    """Write down a proposal."""
    form = visit.form
    districts = tuple(code for part in form.get("districts", "").split(",") if (code := part.strip()))
    keys = ("display_name", "role", "section", "holder", "employee_number", "training_on")
    content = {key: form[key].strip() for key in keys if form.get(key)} | {"districts": districts}
    account_proposal.propose(
        visit.user, form.get("kind", ""), form.get("name", "").strip().lower(), reason=form.get("reason", ""),
        content=content,
    )  # fmt: skip
    return _back("proposed")


def decide_proposal(visit: Visit) -> Response:
    """Approve or send back. A first secret is shown in the answer, once."""
    proposal_id = visit.form.get("proposal", "")
    if visit.form.get("decision") != "approve":
        account_proposal.decline(visit.user, proposal_id)
        return _back("declined")
    _require_step_up(visit)
    name = next((row.account for row in account_proposal.waiting() if row.id == proposal_id), "")
    secret = account_proposal.approve(visit.user, proposal_id)
    if secret is None:
        return _back("approved")
    body = (
        f"<p>利用者ID <strong>{html.escape(name)}</strong> の初期パスワードです。<strong>この画面でしか見られません。</strong>"
        "本人であることを確かめて、手渡しで伝えてください。72時間のうちに、本人がサインインして自分のパスワードに替えます。</p>"
        f'<p class="secret">{secret}</p><p><a href="/auth/accounts">アカウント管理へ戻る</a></p>'
    )
    return page(visit, "初期パスワード", body)


def disable(visit: Visit) -> Response:
    """Stop an account at once: one person is enough, because nothing is opened by it; but not from a left terminal."""
    _require_step_up(visit)
    name = visit.form.get("name", "")
    if name == visit.user.name:
        raise AccountRefused("自分の利用者は停止できません。ほかの人に停止してもらってください。")
    if name not in {row.name for row in everyone()}:
        raise AccountRefused("その利用者IDはありません。画面を開き直してください。")
    log.append(actor=visit.user.name, action="account.disable", source=visit.source, detail={"account": name})
    accounts.disable(name)
    sessions.live()  # ends its session now, so that enabling the account later does not bring it back
    return _back("disabled")


def review(visit: Visit) -> Response:
    """Sign the list that was read."""
    _require_step_up(visit)
    account_review.sign(visit.user, visit.form.get("digest", ""), visit.form.get("comment", ""))
    return _back("signed")


def _require_step_up(visit: Visit) -> None:
    if not step_up.is_fresh(visit.session.sid):
        raise NotAllowed(CONFIRM_FIRST)


def _back(done: str) -> Response:
    return RedirectResponse(f"/auth/accounts?done={done}", 303)


def _overdue() -> str:
    late = account_review.overdue(settings.today())
    told = f"この四半期の利用者の点検に、まだ署名がありません（期日 {late.due_on.isoformat()}）。{late.last_day.isoformat()} を過ぎると、点検する人のほかの利用者は、署名があるまで停止されます。" if late else ""
    return f'<p class="error">{told}</p>' if late else ""


def _waiting_part(visit: Visit) -> str:
    rows = []
    for row in account_proposal.waiting():
        is_own = row.proposed_by == visit.user.name
        choices = [("decline", "取下げ" if is_own else "差戻し")] if is_own or visit.may("account.approve") else []
        choices = ([("approve", "承認")] if visit.may("account.approve") and not is_own else []) + choices
        buttons = "".join(_button(visit, "/auth/accounts/decide", label, proposal=row.id, decision=key) for key, label in choices)
        told = [row.account, KINDS[row.kind], _content_words(json.loads(row.content)), row.reason, f"{row.proposed_by} {local(row.proposed_at)}"]
        rows.append([*map(html.escape, told), buttons])
    body = table(["利用者ID", "種類", "内容", "理由", "提案", ""], rows) if rows else '<p class="hint">承認を待つ提案はありません。</p>'
    return f"<section><h2>承認待ち</h2>{body}</section>"


def _content_words(content: dict) -> str:
    training = f"研修修了日 {content['training_on']}" if content.get("training_on") else ""
    if not content.get("role"):
        return training
    parts = [content.get("display_name", ""), permissions().roles[content["role"]].title, content["section"], "・".join(content["districts"])]
    parts += [{"staff": "職員", "vendor": "保守業者（7日まで）"}.get(content.get("holder"), ""), content.get("employee_number", ""), training]
    return "　".join(part for part in parts if part)


def _list_part(visit: Visit, listed: list[Listed]) -> str:
    rows = [[*_cells(row), _row_actions(visit, row)] for row in listed]
    return f"<section><h2>利用者（{len(listed)}）</h2>{table([*HEADS, ''], rows)}</section>"


def _cells(row: Listed) -> list[str]:
    told = [row.name, row.display_name, row.role, row.section, "・".join(row.districts), row.kind, row.state]
    return [*map(html.escape, told), f'<span class="nowrap">{row.expires_on or "—"}</span>', f'<span class="nowrap">{row.training_on or "—"}</span>', f'<span class="nowrap">{local(row.last_sign_in)}</span>']


def _row_actions(visit: Visit, row: Listed) -> str:
    if row.name == visit.user.name:
        return ""
    may_stop = visit.may("account.disable") and row.state != "停止"
    stop = _button(visit, "/auth/accounts/disable", "停止", name=row.name) if may_stop else ""
    link = f'<a href="/auth/accounts?about={row.name}#about">変更の提案</a>' if visit.may("account.propose") else ""
    return f'<span class="nowrap">{stop} {link}</span>'


def _about_part(visit: Visit, row: Listed) -> str:
    """What may be proposed about one account."""
    kinds = ("enable", "reset") if row.state == "停止" else ("renew", "reset")
    simple = "".join(
        f'<form method="post" action="/auth/accounts/propose">{hidden(visit, kind=kind, name=row.name)}'
        f'{_field("reason", "理由", 200, part=kind)}<button class="small plain" type="submit">{KINDS[kind]}を提案</button></form>'
        for kind in kinds
    )
    change = (
        f'<form class="pair" method="post" action="/auth/accounts/propose">{hidden(visit, kind="change", name=row.name)}'
        f'{_fields("change", row.role, row.section, row.districts)}<button type="submit">{KINDS["change"]}を提案</button></form>'
    )
    training = (
        f'<form class="pair" method="post" action="/auth/accounts/propose">{hidden(visit, kind="training", name=row.name)}'
        f'{_field("training_on", TRAINING, 10, part="training")}{_field("reason", "理由", 200, part="training")}'
        f'<button type="submit">{KINDS["training"]}を提案</button></form>'
    )
    return f'<section id="about"><h2>{html.escape(row.name)}（{html.escape(row.display_name)}）についての提案</h2>{change}{training}{simple}</section>'


def _create_part(visit: Visit) -> str:
    return (
        '<section><h2>新規登録の提案</h2><p class="hint">承認されると、承認した人に初期パスワードが一度だけ表示されます。期限は年度末（3月31日）、保守業者は7日です。</p>'
        f'<form class="pair" method="post" action="/auth/accounts/propose">{hidden(visit, kind="create")}'
        f'{_field("name", "利用者ID（英小文字・数字）", 32)}{_field("display_name", "氏名", 60)}'
        '<div><label for="holder">種別</label><select id="holder" name="holder"><option value="staff">職員</option><option value="vendor">保守業者</option></select></div>'
        f'{_field("employee_number", "職員番号（職員のとき）", 20, must=False)}'
        f'{_field("training_on", TRAINING, 10, must=False)}{_fields("new")}<button type="submit">提案する</button></form></section>'
    )


def _fields(part: str, title: str = "", section: str = "", districts: tuple[str, ...] = ()) -> str:
    roles = "".join(f'<option value="{key}"{" selected" if role.title == title else ""}>{role.title}</option>' for key, role in permissions().roles.items())
    return (
        f'<div><label for="{part}-role">役割</label><select id="{part}-role" name="role">{roles}</select></div>'
        + _field("section", "所属", 60, part=part, value=section)
        + _field("districts", "担当地区（例: D01,D02）", 200, part=part, value=",".join(districts), must=False)
        + _field("reason", "理由", 200, part=part)
    )


def _field(name: str, label: str, longest: int, *, part: str = "new", value: str = "", must: bool = True) -> str:
    return (
        f'<div><label for="{part}-{name}">{label}</label><input id="{part}-{name}" name="{name}" value="{html.escape(value)}"'
        f' maxlength="{longest}" autocomplete="off"{" required" if must else ""}></div>'
    )


def _button(visit: Visit, action: str, label: str, **values: str) -> str:
    return f'<form method="post" action="{action}">{hidden(visit, **values)}<button class="small plain" type="submit">{label}</button></form>'


def _review_part(visit: Visit, listed: list[Listed]) -> str:
    rows = [[row.period_start, html.escape(row.signed_by), local(row.signed_at), row.sha256[:16], html.escape(row.comment)] for row in account_review.signed()]
    done = table(["四半期の初日", "署名", "日時", "一覧の SHA-256", "所見"], rows) if rows else '<p class="hint">署名はまだありません。</p>'
    form = (
        f'<form method="post" action="/auth/accounts/review">{hidden(visit, digest=account_review.digest(listed))}'
        '<label for="comment">所見</label><input id="comment" name="comment" maxlength="500"><button type="submit">この一覧を点検し、署名する</button></form>'
        if visit.may("account.review")
        else ""
    )
    told = "四半期ごとに、上の一覧（利用者・役割・地区・最後のサインイン）を確かめ、要らない利用者を停止してから署名します。"
    return f'<section><h2>利用者の点検</h2><p class="hint">{told}</p>{form}{done}</section>'


ROUTES = [
    Route("/auth/accounts", shown("account.read", desk), methods=["GET"]),
    Route("/auth/accounts/propose", answered("account.propose", propose, desk), methods=["POST"]),
    Route("/auth/accounts/decide", answered("account.read", decide_proposal, desk), methods=["POST"]),
    Route("/auth/accounts/disable", answered("account.disable", disable, desk), methods=["POST"]),
    Route("/auth/accounts/review", answered("account.review", review, desk), methods=["POST"]),
]
