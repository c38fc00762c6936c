"""督促 that came back, and receipts that acknowledge nothing: the city's SQL and the Python that explains one case agree."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from law_city import answers, city, run
from test_law_twins import ANSWERS, differences, installments, one_installment, open_rows

from law import acknowledgement, claim_state, demand, parameters, prescription
from law.explained import describe_demand, describe_prescription
from law.other_clock import charge_clock
from law.prescription_event import Event, demanded
from law.service import Letter, Mail

FEW, MANY = 700, pytest.param(20_000, marks=pytest.mark.slow)
AS_OF = date(2026, 11, 20)
DAY = timedelta(days=1)


def random_letters(rng, due):
    """One 督促 or none with its 指定期限, when it came back, and the returned letters, of which some were sent again or served."""
    mail, letters = [], []
    for _ in range(rng.choice([0, 1, 1, 1])):
        issued = rng.choice([due + timedelta(days=rng.choice([18, 20, 200])), AS_OF - timedelta(days=rng.randrange(20))])
        back, sent = None, issued
        for _ in range(rng.choice([0, 0, 1, 1, 2])):
            came = sent + timedelta(days=rng.choice([4, 9, 12]))
            again = rng.choice([None, came + timedelta(days=rng.randrange(40))])
            served = rng.choice([None, None, came + timedelta(days=rng.randrange(20, 60))])
            mail.append(Mail(sent, came, rng.choice(["あて所に尋ねあたりません", "受取拒否"]), again, served))
            back, sent = came, again or came
        deadline = rng.choice([None, issued + timedelta(days=rng.choice([10, 11, 45]))])
        letters.append((issued, deadline, rng.choice([back, back, None, issued + timedelta(days=7)])))
    return letters, tuple(rng.sample(mail, len(mail)))


def random_receipts(rng, key, due):
    for number in range(rng.choice([0, 1, 2, 4])):
        on, yen = due + timedelta(days=rng.choice([5, 40, 41, 300])), rng.choice([1_000, 1_000, 2_000])
        kind, channel = rng.choice([("収納", "窓口"), ("収納", "コンビニ"), ("収納", "滞納処分"), ("収納", "年金特徴"), ("充当", "還付")])
        yield acknowledgement.Receipt(f"{key}{number}A", on, yen, kind, channel)
        if rng.random() < 0.4:
            later = on + timedelta(days=rng.choice([0, 0, 1, 10]))
            yield acknowledgement.Receipt(f"{key}{number}B", later, -yen, "取消", channel)


@pytest.mark.parametrize("cases", [FEW, MANY])
@pytest.mark.parametrize("rolls", [True, False])
def test_what_counts_and_what_does_not(cases, rolls, monkeypatch):
    seed = 20_002 + cases
    rng = random.Random(seed)
    shipped = parameters.levy_policy
    monkeypatch.setattr("law.demand.levy_policy", lambda kind, on: replace(shipped(kind, on), designated_deadline_rolls_forward=rolls))
    own = {key: row for key, row in installments(rng, cases).items() if row[1] < AS_OF}
    rows, expected = {name: [] for name in ("demand", "returned_mail", "receipt")}, {}
    for key, (kind, due, _) in own.items():
        letters, mail = random_letters(rng, due)
        receipts = list(random_receipts(rng, key, due))
        sent = [Letter(*letter, mail) for letter in letters]
        rows["demand"] += [(key, "01", issued, deadline, None, back) for issued, deadline, back in letters]
        rows["returned_mail"] += [(key, "01", "督促状", *one) for one in mail] + [(key, "01", "催告書", due, due, None, None, due)]
        rows["receipt"] += [(key, "01", on, yen, 0, number, *words) for number, on, yen, *words in receipts]
        state, event = demand.state(due, 1, AS_OF, sent, levy_kind=kind), demanded(sent, AS_OF, kind)
        paid = [Event("承認", receipt.received_on) for receipt in acknowledgement.acts(receipts)]
        clock = prescription.explain(due, kind, [*paid, *([event] if event else [])], AS_OF)
        seizable = state.seizable and (state.seizable.on, state.seizable.after_dispatch, state.seizable.designated_deadline)
        service = (state.service.served_on, state.service.returned_on, state.service.way) if state.service else (None,) * 3
        expected[key] = (*service, state.issued_on, state.is_missed, state.fee_yen, *(seizable or (None,) * 3),
                         *(getattr(clock, name) for name in ANSWERS), len([each for each in paid if each.happened_on <= AS_OF]))  # fmt: skip
    database = city(AS_OF, open_installment=open_rows(own), **rows)
    database.execute("update law.levy_policy set designated_deadline_rolls_forward = $rolls", {"rolls": rolls})
    for rule in ("demand_state", "prescription_event", "prescription"):
        run(database, rule)
    database.execute("""
        create view derived.told as select *, coalesce(fee_yen, 0) as fee, coalesce(acts, 0) as paid from derived.demand_state
        join derived.prescription using (notice_number, installment_no)
        left join derived.demand_service as service using (notice_number, installment_no)
        left join (select notice_number, installment_no, count(*) as acts from derived.prescription_event where kind = '承認' group by all)
            using (notice_number, installment_no)""")
    found = answers(database, "told", "served_on", "returned_on", "way", "issued_on", "is_missed", "fee", "seizable_from",
                    "after_dispatch", "designated_deadline", *ANSWERS, "paid")  # fmt: skip
    assert differences(expected, found) == [], seed
    ways = Counter(row[2] for row in found.values())
    assert all(ways[way] > 5 for way in ("発送", "再発送", "公示送達", "返戻", "受取拒否", None)), (seed, ways)
    assert Counter(row[-1] for row in found.values()).keys() >= {0, 1, 2}, seed


DUE, SENT = date(2025, 6, 30), date(2025, 7, 18)  # 指定期限 2025-07-28 (月)
CAME_BACK = Letter(SENT, date(2025, 7, 28), date(2025, 7, 25), (Mail(SENT, date(2025, 7, 25), "転居先不明"),))


def test_a_demand_that_came_back_renews_nothing_and_opens_no_attachment():
    state = demand.state(DUE, 1, AS_OF, [CAME_BACK])
    clock = prescription.explain(DUE, "料", [demanded([CAME_BACK], AS_OF, record="督促 N-01")], AS_OF)
    assert (str(clock.completes_on), clock.needs_person, clock.renewed_by) == ("2027-06-30", True, None)
    assert (state.seizable, state.is_missed, state.fee_yen) == (None, False, 100)
    claim = claim_state.explain(clock, state, AS_OF)
    assert (claim.state, claim.sentence) == (None, "督促状は 2025-07-25 に返戻。再発送・公示送達の記録なし（担当者が確かめる）")
    said = [row["sentence"] for row in describe_demand(state)]
    assert said[3:] == [
        "督促状は 2025-07-25 に返戻。再発送・公示送達の記録なし",
        "返戻: 送達がないので、時効の更新にも差押えにも効力がない（担当者が確かめる）",
    ]
    told = [row["sentence"] for row in describe_prescription(clock, parameters.levy_policy("料", DUE))]
    assert "督促返戻：返戻のため効力なし（再発送・公示送達の記録なし。担当者が確かめる）" in told
    served = CAME_BACK._replace(mail=(CAME_BACK.mail[0]._replace(served_on=date(2025, 9, 12)),))
    later = demand.state(DUE, 1, AS_OF, [served])
    assert str(later.seizable.on) == "2025-09-23"  # 公示送達の日が1日目。通例の指定期限 9/22 の翌日も同じ
    assert [row["sentence"] for row in describe_demand(later)][4:7] == [
        "公示送達: 公示送達の日から効力があるものとして数える",
        "督促の指定期限（記録がないため市の通例の日数による）",
        "公示送達の日から起算して10日を経過した日の翌日",
    ]
    assert str(prescription.explain(DUE, "料", [demanded([served], AS_OF)], AS_OF).completes_on) == "2027-09-12"


def test_a_designated_deadline_on_a_closed_day_has_both_readings():
    """12/30 is closed: the attachment waits until 1/5, the day after the next open day; the plain reading stands beside it."""
    state = demand.state(date(2025, 11, 30), 1, AS_OF, [(date(2025, 12, 15), date(2025, 12, 30))])
    assert (str(state.seizable.on), str(state.seizable.after_designated_deadline)) == ("2026-01-06", "2025-12-31")
    said = {row["sentence"]: str(row["on"]) for row in describe_demand(state)}
    assert said["指定期限が閉庁日のため、翌開庁日の翌日とする読み。この日まで待つ（市の設定）"] == "2026-01-06"
    assert said["督促の指定期限の翌日"] == "2025-12-31"


def test_a_grace_that_bars_no_attachment_is_a_caution():
    facts = [demand.Fact("換価猶予", date(2026, 1, 5))]
    state = demand.state(DUE, 1, AS_OF, [(SENT, date(2025, 7, 28))], facts)
    clock = prescription.explain(DUE, "料", [], AS_OF)
    claim = claim_state.explain(clock, state, AS_OF)
    assert (claim.state, state.bars, state.cautions) == ("差押可能", (), ("換価猶予",))
    assert "換価猶予の間" in claim.sentence
    assert "15条の5の3" in claim.article
    assert any("差し押さえる前に担当者が確かめる" in row["sentence"] for row in describe_demand(state))


def test_the_charge_left_when_the_principal_was_paid():
    """The last of the payment days that end a period: 応当日 or the month's end; 料 is for a person, 税 has its article."""
    paid_on = [date(2025, 10, 10), date(2024, 2, 28), date(2024, 2, 29), date(2025, 12, 31)]
    rows = {f"N{place}{kind}": (kind, on) for place, on in enumerate(paid_on) for kind in "料税"}
    balances = [(key, "01", "A1", date(2024, 1, 31), 0, 0, 0, kind, 2024, 0, 200, on) for key, (kind, on) in rows.items()]
    others = [("open", 900, 0, 200), ("lost", 0, 500, 200), ("paid", 0, 0, 1_500)]
    balances += [(key, "01", "A1", date(2024, 1, 31), unpaid, 0, 0, "料", 2024, lost, paid, paid_on[0]) for key, unpaid, lost, paid in others]
    fixed = [(key, "01", None, None, None, 1_500) for key, *_ in balances]
    database = city(AS_OF, balance=balances, installment=fixed)
    run(database, "left_charge")
    found = answers(database, "left_charge", "left_charge_yen", "completes_on", "needs_person")
    clocks = {key: charge_clock(on, kind) for key, (kind, on) in rows.items()}
    assert found == {key: (1_300, clock.completes_on, clock.needs_person) for key, clock in clocks.items()}
    assert [str(found["N0料"][1]), str(found["N0税"][1])] == ["2027-10-10", "2030-10-10"]


def test_money_that_the_debtor_did_not_pay_acknowledges_nothing():
    on = date(2025, 9, 1)
    own = [("1", "収納", "窓口", 500), ("2", "収納", "滞納処分", 500), ("3", "収納", "年金特徴", 500), ("4", "充当", "還付", 500),
           ("5", "収納", "コンビニ", 700), ("6", "取消", "コンビニ", -700), ("7", "還付", "還付", 100)]  # fmt: skip
    database = one_installment(AS_OF, DUE, receipt=[("N1", "01", on, yen, 0, number, *words) for number, *words, yen in own])
    run(database, "prescription_event")
    records = database.sql("select record from derived.prescription_event").fetchall()
    assert records == [("収納 1",)]
    assert [each.number for each in acknowledgement.acts(acknowledgement.Receipt(number, on, yen, *words) for number, *words, yen in own)] == ["1"]
