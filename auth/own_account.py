"""自分のアカウント: own password, own authenticator, own sign-ins; and the page that asks who it is once more."""

import html
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

import settings
import store
from audit import log
from auth import accounts, first_secret, passwords, proof, second_factor, sessions, step_up
from auth.account_checks import AccountRefused
from auth.accounts import Refused
from auth.forms import Visit, answered, hidden, page, set_cookie, shown, table, wait_words
from auth.passwords import LONGEST, SHORTEST, PasswordRefused

HISTORY = 20
TOLD = {"session.start": "サインイン", "session.refused": "サインインの失敗", "session.end": "終了", "session.moved": "別の端末で使用",
        "step_up.confirm": "再確認", "step_up.refused": "再確認の失敗"}
REASONS = {
    "mismatch": "パスワードの誤り", "locked": "待ち時間中", "second_factor": "認証コードの誤り", "disabled": "停止中", "expired": "期限切れ",
    "lapsed": "初期パスワードの期限切れ", "network": "許していないネットワーク", "signed_out": "サインアウト", "idle": "10分間操作なし", "absolute": "9時間経過",
    "elsewhere": "別の端末でのサインイン", "revoked": "登録の変更",
}  # fmt: skip
WRONG = {True: "パスワードか認証コードが違います。一度使った認証コードは使えません。次のコードが出るのを待って入力してください。", False: "パスワードが違います。"}  # is a code asked?


def code_field(label: str, *, required: bool = False, part: str = "") -> str:
    """The field for a code of the authenticator, as HTML; `part` keeps the ids of two forms on one page apart."""
    must = " required" if required else ""
    return (
        f'<label for="{part}code">{label}</label><input id="{part}code" name="code" inputmode="numeric" autocomplete="one-time-code"'
        f' maxlength="7" pattern="[0-9 ]*"{must}>'
    )


def password_field(name: str, label: str, *, is_new: bool, part: str = "") -> str:
    """A password field, as HTML; `part` as for `code_field`."""
    kind = "new-password" if is_new else "current-password"
    return f'<label for="{part}{name}">{label}</label><input id="{part}{name}" name="{name}" type="password" autocomplete="{kind}" maxlength="256" required>'


def local(instant: str) -> str:
    """UTC text of the store as the office's clock shows it; "" stays "—"."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M") if instant else "—"


def own_page(visit: Visit, *, notice: str = "", error: str = "", status: int = 200) -> Response:
    """What is left to do on the first day, or everything about one's own account."""
    name, has_first = visit.session.account, first_secret.is_pending(visit.session.account)
    parts = [_password_part(visit, has_first)]
    if not has_first and settings.second_factor() == "totp":
        parts.append(_code_part(visit, second_factor.is_registered(name)))
    if visit.user is not None:
        parts.append(_history_part(name))
    elif not notice and not error:
        notice = "はじめに、自分のパスワードを決めてください。" if has_first else "次に、認証コードを登録してください。"
    return page(visit, "自分のアカウント", "".join(parts), notice=notice or visit_notice(visit), error=error, status=status)


def visit_notice(visit: Visit) -> str:
    """What just happened, told after a redirect."""
    return {"password": "パスワードを替えました。", "code": "認証コードを登録しました。"}.get(visit.query.get("done", ""), "")


def _password_part(visit: Visit, has_first: bool) -> str:
    asked = "" if has_first else password_field("password", "今のパスワード", is_new=False)
    asked += "" if has_first or not _asks_code(visit) else code_field("認証コード", required=True)
    return (
        f'<section><h2>パスワードの変更</h2><p class="hint">{SHORTEST}～{LONGEST}文字。文字の種類は問いません。利用者ID・氏名・市や課の名前、'
        "よく使われる言葉の並びだけのものは使えません。関係のない言葉をいくつかつなぐと、長くて覚えやすくなります。</p>"
        f'<form method="post" action="/auth/account/password">{hidden(visit)}{asked}'
        f'{password_field("new", "新しいパスワード", is_new=True)}{password_field("again", "新しいパスワード（もう一度）", is_new=True)}'
        '<button type="submit">パスワードを替える</button></form></section>'
    )


def _code_part(visit: Visit, is_registered: bool) -> str:
    told = "登録済みです。端末を替えるときは、登録し直してください。" if is_registered else "まだ登録していません。"
    asked = password_field("password", "今のパスワード", is_new=False, part="key-")
    asked += code_field("今の認証コード", required=True, part="key-") if is_registered else ""
    return (
        f'<section><h2>認証コード（第二の認証）</h2><p class="hint">{told}6桁の認証コードを出すアプリか専用の機器に、鍵を登録します。</p>'
        f'<form method="post" action="/auth/account/code-offer">{hidden(visit)}{asked}'
        '<button type="submit">鍵を作る</button></form></section>'
    )


def _history_part(name: str) -> str:
    entry = log.ACCESS_LOG.c
    read = sa.select(entry.at, entry.action, entry.source, entry.detail).where(entry.actor == name, entry.action.in_(TOLD))
    with store.engine().connect() as connection:
        found = connection.execute(read.order_by(entry.seq.desc()).limit(HISTORY)).all()
    rows = [[local(row.at), TOLD[row.action], html.escape(row.source), REASONS.get(json.loads(row.detail).get("reason", ""), "")] for row in found]
    told = "心当たりのないものがあれば、すぐにシステム管理者に連絡してください。"
    return f'<section><h2>自分のサインイン履歴</h2><p class="hint">新しい順に{HISTORY}件。{told}</p>{table(["日時", "できごと", "端末", "わけ"], rows)}</section>'


def change_password(visit: Visit) -> Response:
    """Set the new password and go on with a new session. Raises PasswordRefused, AccountRefused, AuditUnavailable."""
    name, new = visit.session.account, visit.form.get("new", "")
    if new != visit.form.get("again", ""):
        raise PasswordRefused("新しいパスワードの2つが違います。同じものを2回入力してください。")
    has_first = first_secret.is_pending(name)
    passwords.judge(new, accounts.forbidden_words(name))
    if not has_first:
        _prove(visit)
    if accounts.is_current(name, new):
        raise PasswordRefused("今と同じパスワードです。別のものにしてください。")
    log.append(actor=name, action="account.own_password", source=visit.source, detail={"first": has_first})
    accounts.set_password(name, new)
    sessions.end(visit.session.sid, "revoked")
    response = RedirectResponse("/auth/account?done=password", 303)
    set_cookie(response, "console", sessions.start(name, visit.source))
    return response


def offer_code(visit: Visit) -> Response:
    """Show a new key, once, and ask for a code that shows it arrived."""
    _prove(visit)
    name = visit.session.account
    log.append(actor=name, action="account.code_offer", source=visit.source)
    key = second_factor.offer(name)
    grouped = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    body = (
        '<section><p>この鍵を、認証コードのアプリか機器に入力してください。<strong>この画面でしか見られません。</strong>'
        f'10分以内に登録を終えてください。</p><p class="secret">{grouped}</p>'
        f'<p class="hint">種類: 時刻式（TOTP）、SHA-1、6桁、30秒。<br>アプリに取り込むとき: {html.escape(second_factor.address(name, key))}</p>'
        f'<form method="post" action="/auth/account/code">{hidden(visit)}{code_field("表示された認証コード（6桁）", required=True)}'
        '<button type="submit">登録する</button></form></section>'
    )
    return page(visit, "認証コードの登録", body)


def register_code(visit: Visit) -> Response:
    """The offered key becomes the person's own."""
    name = visit.session.account
    if not second_factor.register(name, visit.form.get("code", "")):
        raise AccountRefused("認証コードが違うか、10分を過ぎました。もう一度「鍵を作る」から登録し、時計が合っているか確かめてください。")
    log.append(actor=name, action="account.code_register", source=visit.source)
    return RedirectResponse("/auth/account?done=code", 303)


def confirm_page(visit: Visit, *, notice: str = "", error: str = "", status: int = 200) -> Response:
    """Ask for the password and the code once more."""
    if visit.query.get("done"):
        return page(visit, "本人の再確認", "<p>確かめました（5分間）。この画面を閉じて、元の画面でもう一度操作してください。</p>", notice=notice)
    code = code_field("認証コード", required=True) if _asks_code(visit) else ""
    body = (
        '<p>個人情報の一時表示・書出し・承認の前に、本人であることをもう一度確かめます。</p><section>'
        f'<form method="post" action="{step_up.PAGE}">{hidden(visit)}{password_field("password", "パスワード", is_new=False)}{code}'
        '<button type="submit">確かめる</button></form></section>'
    )
    return page(visit, "本人の再確認", body, notice=notice, error=error, status=status)


def confirm(visit: Visit) -> Response:
    """Five minutes begin."""
    refused = step_up.confirm(visit.session.sid, _claim(visit))
    if refused:
        return confirm_page(visit, error=wait_words(refused) if refused.retry_after else WRONG[_asks_code(visit)], status=403)
    return RedirectResponse(f"{step_up.PAGE}?done=1", 303)


def _prove(visit: Visit) -> None:
    outcome = proof.prove(_claim(visit), refused_as="step_up.refused")
    if isinstance(outcome, Refused):
        raise AccountRefused(wait_words(outcome) if outcome.retry_after else WRONG[_asks_code(visit)])


def _claim(visit: Visit) -> proof.Claim:
    return proof.claim(visit.form, visit.headers, visit.source, visit.session.account)


def _asks_code(visit: Visit) -> bool:
    return second_factor.is_asked_of(visit.session.account)


ROUTES = [
    Route("/auth/account", shown("account.own", own_page), methods=["GET"]),
    Route("/auth/account/password", answered("account.own", change_password, own_page), methods=["POST"]),
    Route("/auth/account/code-offer", answered("account.own", offer_code, own_page), methods=["POST"]),
    Route("/auth/account/code", answered("account.own", register_code, own_page), methods=["POST"]),
    Route(step_up.PAGE, shown("account.own", confirm_page), methods=["GET"]),
    Route(step_up.PAGE, answered("account.own", confirm, confirm_page), methods=["POST"]),
]
