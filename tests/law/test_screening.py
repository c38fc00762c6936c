"""執行停止の一次審査: one table of decisions that the office can check by hand, the city's readings, and what is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from data_access.contract import tables
from law import files, hardship, screening, screening_contradiction, screening_settings
from law.dated import NoValue
from law.hardship import Household
from law.screening import Finding, Record, Verdict
from law.screening_contradiction import Fact

ON = date(2026, 10, 30)
SHIPPED = {  # 場合 → its 号 and what meets each criterion
    "無財産": ("1号", {"預金": "該当なし", "給与": "該当なし", "不動産": "該当なし", "年金": "差押禁止のみ"}),
    "生活保護": ("2号", {"生活保護": "継続中"}),
    "家計の窮迫": ("2号", {"家計": "目安以下", "預金": "該当なし"}),
    "所在・財産とも不明": ("3号", {"住民票": "職権消除", "居所": "居所不明", "預金": "差押禁止のみ", "不動産": "該当なし"}),
}
REFUTES = {"預金": "財産あり", "給与": "財産あり", "不動産": "財産あり", "年金": "財産あり", "住民票": "現住", "居所": "居所判明", "家計": "目安を超える"}
CASES = [(name, target) for name, (_, own) in SHIPPED.items() for target in own]
AGED = [(name, target) for name, target in CASES if target not in ("生活保護", "住民票")]


def record(target, result, age=100, is_confirmed=True, **rest):
    return Record(target, result, ON - timedelta(days=age), is_confirmed, f"{target}の資料", **rest)


def judged(ground, own, on=ON):
    return next(each for each in screening.explain(own, on) if each.ground == ground)


def judged_by(name, own):
    """The 号 of one 場合, which has to be the one that comes nearest."""
    found = judged(SHIPPED[name][0], own)
    assert found.clause.name == name
    return found


def all_of(name, **instead):
    """The records that meet a 場合, one of them replaced or, with None, left out."""
    found = {target: record(target, result) for target, result in SHIPPED[name][1].items()} | instead
    return [each for each in found.values() if each]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_criterion_met_is_a_likely_case(name):
    found = judged_by(name, all_of(name))
    assert (found.verdict, found.clause.missing) == (Verdict.LIKELY, ())
    assert sorted(found.clause.evidence_ids) == sorted(f"{target}の資料" for target in SHIPPED[name][1])
    assert {each.age_days for each in found.clause.evidence} == {100}


@pytest.mark.parametrize(("name", "target"), CASES)
def test_each_criterion_alone(name, target):
    own = SHIPPED[name][1]
    found = judged_by(name, [record(target, own[target])])
    assert found.verdict is (Verdict.LIKELY if len(own) == 1 else Verdict.LACKING)
    assert found.clause.evidence_ids == (f"{target}の資料",)
    assert {each.criterion.target for each in found.clause.missing} == own.keys() - {target}


@pytest.mark.parametrize(("name", "target"), CASES)
def test_each_criterion_missing(name, target):
    found = judged_by(name, all_of(name, **{target: None}))
    assert found.verdict is (Verdict.NO if len(SHIPPED[name][1]) == 1 else Verdict.LACKING)
    (lacking,) = found.clause.missing
    rule = screening_settings.record_rules(ON)[target]
    assert (lacking.finding, lacking.remedy) == (Finding.NONE, f"{rule.how}（{rule.article}）")


@pytest.mark.parametrize(("name", "target"), AGED)
def test_each_criterion_stale(name, target):
    limit = screening_settings.record_rules(ON)[target].longest_age_days
    result = SHIPPED[name][1][target]
    on_the_day = judged_by(name, all_of(name, **{target: record(target, result, limit)}))
    found = judged_by(name, all_of(name, **{target: record(target, result, limit + 1)}))
    assert (on_the_day.verdict, found.verdict) == (Verdict.LIKELY, Verdict.LACKING)
    (lacking,) = found.clause.missing
    assert (lacking.finding, lacking.age_days) == (Finding.STALE, limit + 1)
    assert lacking.remedy.startswith(f"{limit + 1}日前の資料は、有効な{limit}日を過ぎた。")
    against = judged_by(name, all_of(name, **{target: record(target, REFUTES[target], limit + 1)}))
    assert against.verdict is Verdict.LACKING, "what is stale refutes as little as it meets"


@pytest.mark.parametrize(("name", "target"), CASES)
def test_each_criterion_unconfirmed_unanswered_or_refuted(name, target):
    ground, own = SHIPPED[name]
    unsure = judged_by(name, all_of(name, **{target: record(target, own[target], is_confirmed=False)}))
    assert (unsure.verdict, unsure.clause.missing[0].finding) == (Verdict.LACKING, Finding.UNCONFIRMED)
    asked = Record(target, None, None, False, "照会中", asked_on=ON)
    waiting = judged_by(name, all_of(name, **{target: asked}))
    assert waiting.verdict is (Verdict.NO if len(own) == 1 else Verdict.LACKING)
    assert waiting.clause.missing[0].remedy.startswith("照会 照会中 の回答を求める")
    if target in REFUTES:
        against = record(target, REFUTES[target])
        assert judged(ground, all_of(name, **{target: against})).verdict is Verdict.NO
        # what is not confirmed refutes as little as it meets
        assert judged_by(name, all_of(name, **{target: record(target, REFUTES[target], is_confirmed=False)})).verdict is Verdict.LACKING


AGAINST = [(rule.target, rule.record, result) for rule in screening_contradiction.rules(ON) for result in rule.results]
MEETING = [(name, target, record, result) for target, record, result in AGAINST for name, (ground, _) in SHIPPED.items()
           for each in screening_settings.criteria(ON) if (each.ground, each.clause, each.target) == (ground, name, target) and result in each.met_by]


def fact(target, record, on=ON - timedelta(days=100)):
    """A record of the city and the day of which it speaks: its own day, or the one as of which its tax year is read."""
    (rule,) = [rule for rule in screening_contradiction.rules(ON) if (rule.target, rule.record) == (target, record)]
    named = {"evidence_id": "市の記録", "target": target if record == "財産管理" else None}
    if rule.known_on is None:
        return Fact(record, dated_on=on, **named), on
    return Fact(record, tax_year=ON.year, **named), date(ON.year, *rule.known_on)


@pytest.mark.parametrize(("name", "target", "source", "result"), MEETING)
def test_a_record_of_the_city_no_older_than_the_answer_stops_it(name, target, source, result):
    """Newer, of the same day, and older by a day; the verdict is 資料不足, and it says which record, of which day, and what to ask."""
    known, day = fact(target, source)
    for days, finding in ((1, Finding.CONTRADICTED), (0, Finding.CONTRADICTED), (-1, Finding.MET)):
        answer = Record(target, result, day - timedelta(days=days), True, "回答")
        own = [*(each for each in all_of(name) if each.target != target), answer]
        found = next(each for each in screening.explain(own, ON, [known]) if each.ground == SHIPPED[name][0])
        evidence = next(each for clause in (found.clause, *found.others) if clause.name == name for each in clause.evidence if each.criterion.target == target)
        assert evidence.finding is finding
        assert found.verdict is (Verdict.LIKELY if finding is Finding.MET else Verdict.LACKING)
        assert "回答" in found.clause.evidence_ids
        if finding is Finding.CONTRADICTED:
            assert (evidence.contradiction.dated_on, evidence.contradiction.evidence_id) == (day, "市の記録")
            assert evidence.remedy.startswith(f"{day} の{source}（市の記録）と食い違う。")
            assert evidence.remedy.endswith(f"（{evidence.contradiction.article}）")
        else:
            assert (evidence.contradiction, evidence.remedy) == (None, None)


def test_every_criterion_that_reads_a_search_for_assets_knows_what_could_stand_against_it():
    """預金・給与・不動産・年金・居所 and the household; 生活保護 and 住民票 tell of today by themselves."""
    silent = {target for name, target in CASES} - {target for target, _, _ in AGAINST}
    assert silent == {"生活保護", "住民票"}
    assert {(name, target) for name, target, _, _ in MEETING} == {(name, target) for name, target in CASES if target not in silent}


def test_what_contradicts_an_answer_refutes_nothing_and_lifts_nothing():
    job = Fact("勤務先", "給報", tax_year=2026)
    stale = record("給与", "該当なし", 366)  # the newest answer is too old anyhow: that is what is told first
    (found, *_) = screening.explain(all_of("無財産", 給与=stale), ON, [job])
    (lacking,) = found.clause.missing
    assert (lacking.finding, lacking.contradiction.evidence_id) == (Finding.STALE, "給報")
    asked = record("給与", "該当なし", 320)
    (alone, *_) = screening.explain([asked], ON, [job])
    assert (alone.verdict, alone.clause.evidence_ids) == (Verdict.LACKING, ("給与の資料",)), "asked again, it may be met: no 非該当"
    unsure = record("給与", "該当なし", 320, is_confirmed=False)
    (found, *_) = screening.explain(all_of("無財産", 給与=unsure), ON, [job])
    assert found.clause.missing[0].finding is Finding.UNCONFIRMED
    wealthy = record("給与", "財産あり", 320)
    (found, *_) = screening.explain(all_of("無財産", 給与=wealthy), ON, [job])
    assert (found.verdict, found.clause.evidence[1].contradiction) == (Verdict.NO, None), "it agrees with the record"


def test_what_is_known_of_today_and_of_nobody_else():
    own = all_of("無財産", 給与=record("給与", "該当なし", 320))
    over = [Fact("勤務先", "給報", dated_on=ON + timedelta(days=1), tax_year=2026), Fact("財産管理", "財産", dated_on=ON, target="車両")]
    assert screening.explain(own, ON, over)[0].verdict is Verdict.LIKELY, "begins tomorrow, and a kind that nobody asks for"
    two = [Fact("勤務先", "給報 1", tax_year=2026), Fact("勤務先", "給報 2", dated_on=date(2026, 4, 1), tax_year=2026), Fact("財産管理", "財産", dated_on=date(2026, 4, 1), target="給与")]
    told = screening.explain(own, ON, two)[0].clause.missing[0].contradiction
    assert (told.dated_on, told.evidence_id) == (date(2026, 4, 1), "給報 2"), "the newest, and of one day the first of the settings"
    home = [Record("家計", "目安以下", date(2026, 6, 1), True, "住民税"), record("預金", "該当なし")]
    hired = [(2025, 12, 31), (2026, 1, 1), (2026, 8, 1)]
    verdicts = [judged_with("2号", home, Fact("就職", "給報", dated_on=date(*day), tax_year=day[0])).verdict for day in hired]
    assert verdicts == [Verdict.LIKELY, Verdict.LACKING, Verdict.LACKING], "the income of 2025 knows of who was hired in it"


def judged_with(ground, own, *facts):
    return next(each for each in screening.explain(own, ON, facts) if each.ground == ground)


def test_a_city_leaves_out_or_adds_what_contradicts_by_a_setting_alone(amend):
    own = all_of("無財産", 給与=record("給与", "該当なし", 320))
    job = Fact("勤務先", "給報", tax_year=2026)
    assert judged_with("1号", own, job).verdict is Verdict.LACKING
    entry = '[[screening_contradiction]]\nfrom = 2000-01-01\nvalue = { target = "給与", record = "勤務先"'
    amend(screening_settings.FILE, (entry, entry.replace("2000-01-01", "2000-01-01\nto = 2026-10-29")))
    assert judged_with("1号", own, job).verdict is Verdict.LIKELY, "that entry has ended the day before"
    car = Fact("車両", "軽自", dated_on=ON)
    assert judged_with("1号", own, car).verdict is Verdict.LIKELY
    amend(screening_settings.FILE, ('target = "給与", record = "財産管理"', 'target = "給与", record = "車両"'))
    assert judged_with("1号", own, car).verdict is Verdict.LACKING


@pytest.mark.parametrize(("old", "new", "entry", "remedy"), [
    ('record = "口座振替"', 'record = "口座振込"', "1 番目", "口座振込 は 口座振替・年金特徴.*から選んで"),
    ('known_on = "01-01", how = "その勤務先に、今の給与を', 'how = "その勤務先に、今の給与を', "3 番目", "known_on は、課税年度で届く記録"),
    ('record = "口座振替", results', 'record = "口座振替", known_on = "01-01", results', "1 番目", "known_on は、課税年度で届く記録"),
    ('known_on = "01-01", how = "その勤務先に、今の給与を', 'known_on = "02-29", how = "その勤務先に、今の給与を', "3 番目", "known_on 02-29 は月日"),
    ('target = "預金", record = "口座振替"', 'target = "貯金", record = "口座振替"', "1 番目", "貯金 は screening_record にありません"),
    ('record = "口座振替", results = ["該当なし"]', 'record = "口座振替", results = ["なし"]', "1 番目", "results の なし は.*綴りを直して"),
    ('target = "預金", record = "財産管理"', 'target = "預金", record = "口座振替"', "2 番目", "「預金」と「口座振替」の項目が同じ日に2件"),
    ('record = "口座振替", results', 'records = "口座振替", results', "1 番目", "この名前どおり"),
])
def test_a_slip_in_what_contradicts_is_refused_with_its_entry_and_the_remedy(amend, old, new, entry, remedy):
    amend(screening_settings.FILE, (old, new))
    with pytest.raises(files.LawFileInvalid, match=rf"^screening\.toml の screening_contradiction {entry}（from 2000-01-01）: .*{remedy}.*ください。$"):
        screening_contradiction.law_tables()


HOME = Household(3, 3, 2_280_000, 0, 2026)  # three people who live on the very line: 190,000円 a month


@pytest.mark.parametrize(("home", "state", "finding", "verdict"), [
    (HOME, "現住", Finding.MET, Verdict.LIKELY),
    (replace(HOME, revenue_yen=2_280_012), "現住", Finding.REFUTED, Verdict.NO),  # one yen a month more
    (replace(HOME, recorded_count=2), "現住", Finding.UNCONFIRMED, Verdict.LACKING),  # one of them may earn
    (replace(HOME, recorded_count=2, dependant_count=1), "現住", Finding.MET, Verdict.LIKELY),  # the third is supported
    (replace(HOME, recorded_count=2, revenue_yen=2_280_012), "現住", Finding.REFUTED, Verdict.NO),  # more cannot bring it below
    (replace(HOME, oldest_tax_year=2025), "現住", Finding.STALE, Verdict.LACKING),  # one income is that of the year before
    (replace(HOME, recorded_count=0, revenue_yen=0, oldest_tax_year=None), "現住", Finding.NONE, Verdict.LACKING),  # of 預金 alone
    (HOME, "転出", Finding.NONE, Verdict.LACKING),
    (HOME, "死亡", Finding.REFUTED, Verdict.NO),  # no life here that could be made hard
    (HOME, "職権消除", Finding.REFUTED, Verdict.NO),
])
def test_the_household_is_evidence_only_with_every_income_fresh_and_known(home, state, finding, verdict):
    own = [each for each in (hardship.record(home, state, ON), record("預金", "該当なし")) if each]
    found = judged_by("家計の窮迫", own)
    assert found.verdict is verdict
    counted = next(each for each in found.clause.evidence if each.criterion.target == screening.HOUSEHOLD)
    assert counted.finding is finding
    assert (counted.remedy is None) == (finding in (Finding.MET, Finding.REFUTED))
    assert counted.remedy is None or "住民税の申告を求め" in counted.remedy


def test_an_income_stands_until_the_next_ones_are_known():
    """The 住民税 of a year is read as of June: it counts to the end of the next May, and never from a day to come."""
    ages = [(on, hardship.record(HOME, "現住", on).dated_on) for on in (date(2026, 5, 20), date(2026, 6, 1), date(2027, 5, 31))]
    assert [dated for _, dated in ages] == [date(2026, 5, 20), date(2026, 6, 1), date(2026, 6, 1)]
    verdicts = [judged("2号", [hardship.record(HOME, "現住", on), Record("預金", "該当なし", on, True, "預金")], on).verdict
                for on in (date(2027, 6, 1), date(2027, 6, 2))]
    assert verdicts == [Verdict.LIKELY, Verdict.LACKING]


def test_nobody_is_a_candidate_without_a_record():
    found = screening.explain([], ON)
    assert [(each.ground, each.verdict, each.clause.evidence_ids) for each in found] == [(ground, Verdict.NO, ()) for ground in ("1号", "2号", "3号")]


def test_the_newest_true_record_counts():
    older, newer = record("生活保護", "継続中", 900), record("生活保護", "継続中", 10, is_confirmed=False)
    over = record("生活保護", "継続中", 5, ended_on=ON - timedelta(days=1))
    coming = record("生活保護", "継続中", -1)
    asked = Record("預金", None, None, False, "照会中", asked_on=ON)
    known = screening.newest([asked, newer, older, over, coming, record("預金", "該当なし", 700)], ON)
    assert (known["生活保護"], known["預金"].result) == (newer, "該当なし")
    assert judged("2号", [record("生活保護", "継続中", ended_on=ON)]).verdict is Verdict.LIKELY


ASSISTANCE = 'value = { ground = "2号", clause = "生活保護"'
OTHER_READING = (ASSISTANCE, ASSISTANCE.replace("2号", "1号"))


def test_both_readings_of_public_assistance(amend):
    """2号 by itself; as 1号 it is another 場合 beside 無財産, never one more criterion of it."""
    poor = [record("生活保護", "継続中"), record("預金", "財産あり")]
    bare = all_of("無財産")
    assert [each.verdict for each in screening.explain(poor, ON)] == [Verdict.NO, Verdict.LIKELY, Verdict.NO]
    amend(screening_settings.FILE, OTHER_READING)
    assert [each.ground for each in screening.explain(poor, ON)] == ["1号", "2号", "3号"]
    found = judged("1号", poor)
    assert (found.verdict, found.clause.name, [each.name for each in found.others]) == (Verdict.LIKELY, "生活保護", ["無財産"])
    assert judged("1号", bare).clause.name == "無財産"
    assert judged("1号", bare).verdict is Verdict.LIKELY


ADOPTED = "".join(f"""
[[screening_criterion]]
from = 2000-01-01
value = {{ ground = "1号", clause = "{target}", target = "{target}", met_by = ["{met_by}"], meaning = "{target}: {met_by}" }}
reference = "市の要領の例: 和水町"
last_checked = 2026-11-23
""" for target, met_by in (("破産", "終了"), ("相続", "全員が放棄")))


def test_a_city_adopts_what_others_have_published_by_a_setting_alone(amend):
    bankrupt = [record("破産", "終了"), record("預金", "財産あり")]
    assert {each.verdict for each in screening.explain(bankrupt, ON)} == {Verdict.NO}
    amend(screening_settings.FILE, ("# 公表された市の要領と", ADOPTED + "# 公表された市の要領と"))
    assert (judged("1号", bankrupt).clause.name, judged("1号", bankrupt).verdict) == ("破産", Verdict.LIKELY)
    assert judged("1号", [record("破産", "手続中")]).verdict is Verdict.NO
    assert judged("1号", [record("相続", "全員が放棄")]).clause.name == "相続"


def test_a_criterion_counts_from_its_day(amend):
    """The city takes 生活保護 as 1号 from a day on: one row ends, another begins."""
    day = date(2026, 4, 1)
    old = f"[[screening_criterion]]\nfrom = 2000-01-01\n{ASSISTANCE}"
    ended = old.replace("from = 2000-01-01", "from = 2000-01-01\nto = 2026-03-31")
    rest = ', target = "生活保護", met_by = ["継続中"], meaning = "生活保護を受けている" }\nreference = "市の要領3条"\nlast_checked = 2026-03-01\n\n'
    begun = f"[[screening_criterion]]\nfrom = 2026-04-01\n{OTHER_READING[1]}{rest}"
    amend(screening_settings.FILE, (old, begun + ended))
    poor = [Record("生活保護", "継続中", date(2025, 1, 1), True, "資料")]
    grounds = [[each.ground for each in screening.explain(poor, on) if each.verdict is Verdict.LIKELY] for on in (day - timedelta(days=1), day)]
    assert grounds == [["2号"], ["1号"]]
    with pytest.raises(NoValue, match="screening.toml の screening_criterion: 1999-12-31 の項目がありません"):
        screening_settings.criteria(date(1999, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "entry", "remedy"),
    [
        ("longest_age_days = 365", "longest_age_day = 365", "screening_record 1 番目", "longest_age_days.*この名前どおり"),
        ("longest_age_days = 365", 'longest_age_days = "365"', "screening_record 1 番目", "整数で書いて"),
        ("longest_age_days = 365", "longest_age_days = 0", "screening_record 1 番目", "1 から 3650 の日数"),
        ("longest_age_days = 365", "longest_age_days = 36500", "screening_record 1 番目", "1 から 3650 の日数"),
        ("longest_age_days = 365", "longest_age_days = true", "screening_record 1 番目", "整数で書いて"),
        ('how = "金融機関に預貯金を照会する"', 'how = ""', "screening_record 1 番目", "空でない文字列で書いて"),
        ('sensitivity = "C5"', 'sensitivity = "5"', "screening_record 1 番目", "C1 から C9"),
        ('target = "給与", results', 'target = "預金", results', "screening_record 2 番目", "同じ日に2件.*to を書いて"),
        ('meaning = "差し押さえられる預金がない"', 'meanings = "差し押さえられる預金がない"', "screening_criterion 1 番目", "この名前どおり"),
        ('met_by = ["該当なし", "差押禁止のみ"]', 'met_by = "該当なし"', "screening_criterion 1 番目", "空でない文字列の並びで書いて"),
        ('met_by = ["該当なし", "差押禁止のみ"]', "met_by = []", "screening_criterion 1 番目", "空でない文字列の並びで書いて"),
        ('met_by = ["該当なし", "差押禁止のみ"]', 'met_by = ["該当無し"]', "screening_criterion 1 番目", "該当無し は、.*綴りを直して"),
        ('clause = "無財産", target = "預金"', 'clause = "無財産", target = "貯金"', "screening_criterion 1 番目", "screening_record にない.*綴りと日付"),
        ('from = 2000-01-01\nvalue = { ground = "1号"', 'from = 1999-01-01\nvalue = { ground = "1号"', "screening_criterion 1 番目", "にない日があります"),
        ('ground = "1号"', 'ground = "4号"', "screening_criterion 1 番目", "1号・2号・3号 から選んで"),
        ('target = "給与", met_by', 'target = "預金", met_by', "screening_criterion 2 番目", "1号（無財産）の「預金」.*同じ日に2件"),
    ],
)
def test_a_slip_in_screening_toml_is_refused_with_its_entry_and_the_remedy(amend, old, new, entry, remedy):
    amend(screening_settings.FILE, (old, new))
    with pytest.raises(files.LawFileInvalid, match=rf"^screening\.toml の {entry}（from \d{{4}}-\d\d-\d\d）: .*{remedy}.*ください。$"):
        screening_settings.law_tables()


def test_the_records_say_what_the_feeds_can_say():
    """screening.toml and the contract use the same words, so that a criterion can be met at all."""
    contract = tables()
    asked = contract["asset_investigation"]
    details, states = contract["delinquent_detail"].column("detail_kind").values, contract["person"].column("resident_state").values
    for rule in screening_settings.record_rules(ON).values():
        if rule.target in details:
            assert rule.results == ("継続中",)
        elif rule.target == "住民票":
            assert set(rule.results) == set(states)
        elif rule.target == screening.HOUSEHOLD:
            assert rule.results == (str(hardship.Line.BELOW), str(hardship.Line.ABOVE), hardship.NO_HOME)
            assert {hardship.RESIDENT, *hardship.GONE} <= set(states)
        elif rule.target in ("破産", "相続"):
            assert rule.target == "相続" or rule.target in contract["court_case"].column("case_kind").values
        else:
            assert rule.target in asked.column("target").values
            assert set(rule.results) <= set(asked.column("result").values)


def test_the_published_rules_stand_beside_ours():
    found = screening_settings.municipal(ON)
    welfare = {each.place: (each.ground, each.ours, each.differs) for each in found if each.criterion == "生活保護"}
    assert welfare["阿久根市"] == ("1号", "2号", True)
    assert welfare["湧別町"] == ("2号", "2号", False)
    assert all(each.article.count("http") == 1 for each in found)
    assert {each.criterion for each in found if each.ours is None} >= {"破産", "死亡・相続の放棄", "ほかの部署の停止決議"}
    assert not [each for each in screening_settings.municipal(date(2016, 12, 31)) if each.place == "阿久根市"], "each from its own day"


@pytest.mark.parametrize(("wrong", "told"), [
    ({"clause": "無財差"}, "無財差"), ({"target": "破算"}, "破算"), ({"place": "湧別町", "criterion": "生活保護"}, "2件"), ({"text": ""}, "空でない"), ({"age": "1"}, "この名前どおり"),
])
def test_a_published_rule_that_cannot_be_trusted_is_refused(monkeypatch, wrong, told):
    entries = list(files.entries_in("screening.toml", "municipal_criterion"))
    extra = entries[0] | {"value": entries[0]["value"] | {"criterion": "ほか"} | wrong}
    monkeypatch.setattr(screening_settings, "entries_in", lambda file, setting: [*entries, extra] if setting == "municipal_criterion" else files.entries_in(file, setting))
    screening_settings._municipal.cache_clear()
    try:
        with pytest.raises(files.LawFileInvalid, match=told):
            screening_settings.municipal(ON)
    finally:
        screening_settings._municipal.cache_clear()
