"""What somebody wrote is shown as it is written: three hundred texts that would like to be HTML, Markdown, a formula or a link."""

import uuid

import pytest

import store
from auth.access import User
from casework.negotiation_note import record_note
from data_access import connection, query
from tests.browser.conftest import server_at
from tests.conftest import CLOCK

pytestmark = [pytest.mark.slow, pytest.mark.browser]

OFFICER = User("tanto2", "地区担当2（デモ）", "officer", "収納推進課", ("D04", "D05", "D06"))
NAME = "雨滝　剛"  # story 6, D04
SHAPES = (
    '<img src=x onerror="window.hit={n}">', "<script>window.hit={n}</script>", "<svg onload=window.hit={n}>", "<iframe src=//evil.invalid/{n}></iframe>",
    "<a href=//evil.invalid/{n}>押す</a>", "<base href=//evil.invalid/{n}>", '<meta http-equiv=refresh content="0;url=//evil.invalid/{n}">',
    "<style>*{{display:none}}</style>{n}", "<input autofocus onfocus=window.hit={n}>", "<details open ontoggle=window.hit={n}>", "<b onclick=window.hit={n}>太字</b>",
    "![絵](http://evil.invalid/{n}.png)", "[押す](javascript:window.hit={n})", "[押す](http://evil.invalid/{n})", "# 見出し{n}", "**太字**{n}", "`字`{n}",
    "|表|{n}|", ":red[赤{n}]", ":material/home:{n}", ":streamlit:{n}", "$\\href{{javascript:window.hit={n}}}{{式}}$", "$$x^{n}$$", "&lt;script&gt;{n}", "=HYPERLINK(\"//evil.invalid/{n}\")",
)
WRAPS = ("{}", " {}", "\"'>{}", "</textarea>{}", "{}<!--", "]]>{}", "-->{}", "<x {}>", "『{}』", "\\{}", "{{{{{}}}}}", "%3C{}%3E")
TEXTS = [wrap.format(shape.format(n=number)) for number, (shape, wrap) in enumerate((shape, wrap) for shape in SHAPES for wrap in WRAPS)]
PER_NOTE = 20
OBEYED = "img[src='x'], iframe[src*='evil'], a[href*='evil'], a[href^='javascript'], base[href*='evil'], meta[http-equiv='refresh'], [onerror], [onload], [onclick], [ontoggle]"


def test_nothing_written_is_obeyed(own_home, desk, people, monkeypatch):
    for name, value in {"HOME": str(own_home), "TODAY": CLOCK.business_date.isoformat(), "SECOND_FACTOR": "none"}.items():
        monkeypatch.setenv(f"CONSOLE_{name}", value)
    ref = next(person["atena_ref"] for person in people if person["name"] == NAME)
    for first in range(0, len(TEXTS), PER_NOTE):
        record_note(OFFICER, query.subject(OFFICER, ref), event_id=str(uuid.uuid4()), today=CLOCK.business_date, contacted_on=CLOCK.business_date,
                    expected_version=query.ask(OFFICER, "case_head", atena_ref=ref)["note_version"][0], method="電話", direction="発信",
                    counterpart="本人", outcome="連絡のみ", body="\n".join(TEXTS[first:first + PER_NOTE]))
    with server_at(own_home) as server:
        officer = desk("tanto2", server)
        officer.open("地区ワークリスト")
        officer.click_row([row["氏名"] for row in officer.table()].index(NAME))
        officer.settled("滞納者カルテ")
        officer.page.get_by_role("tab", name="経過").click()
        officer.settled()
        shown = "\n".join(row["記事"] for row in officer.table())
        officer.shot("命令のような記事")
        obeyed = officer.page.locator(OBEYED).count()
        hit = officer.page.evaluate("window.hit")
    assert len(TEXTS) == 300
    assert all(text.strip() in shown for text in TEXTS), "each stands there letter by letter"
    assert (obeyed, hit) == (0, None)
    assert not [url for url in officer.urls if "evil" in url or not url.startswith((officer.origin, "ws://", "data:", "blob:"))]
    assert not officer.problems, officer.problems
    store.engine().dispose()
    connection._engines.clear()
