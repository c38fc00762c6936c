"""GS1-128 and MPN: published numbers, round trips, and what is refused."""

from datetime import date

import pytest
from golden_rows import case_id, usable
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from law.payment_slip import SlipRefused, build, charge_to_pay, check_digit, mpn_complaints, parse, refusal

ON = date(2026, 11, 23)
EXPIRY = date(2027, 3, 31)


@pytest.mark.parametrize("row", [pytest.param(r, id=case_id(r)) for r in usable("golden_gs1_128.csv")])
def test_published_check_digit(row):
    assert check_digit(row["digits"][:-1], ON) == row["digits"][-1] == row["published_check_digit"]


def test_the_published_slip_reads_and_builds_back():
    row = next(r for r in usable("golden_gs1_128.csv") if r["case_id"] == "GS01")
    slip = parse(row["digits"], ON)
    assert (slip.company, slip.reissue, slip.stamp, slip.yen) == ("912345", 0, 0, 29_500)
    assert slip.expiry == date(2004, 1, 31)
    assert (
        build(slip.company, slip.free, slip.reissue, slip.expiry, slip.stamp, slip.yen, date(2004, 1, 5))
        == row["digits"]
    )


@pytest.mark.parametrize("row", [pytest.param(r, id=case_id(r)) for r in usable("golden2_gs1_128.csv")])
def test_published_samples(row):
    if row["case_id"] == "GE03":
        with pytest.raises(SlipRefused, match=r"46桁.*44桁"):
            parse(row["digits"], ON)
        return
    expiry = date(2002, 3, 31)
    made = build(
        row["issuer"],
        row["free21"],
        int(row["reissue"]),
        expiry,
        int(row["stamp_flag"]),
        int(row["amount6"]),
        expiry,
    )
    assert made == row["digits"] + "2"


def test_without_a_limit_and_with_a_short_free_field():
    made = build("912345", "12345", 0, None, 0, 1, ON)
    assert (len(made), made[29:36], made[37:43]) == (44, "0999999", "000001")
    assert made[8:29] == "123450000000000000000"
    assert parse(made, ON).expiry is None


@pytest.mark.parametrize(
    ("yen", "expiry", "complaint"),
    [
        (300_001, EXPIRY, "300,000円 を超える"),
        (0, EXPIRY, "1円に満たない"),
        (1_000, date(2026, 11, 22), "過ぎている"),
    ],
)
def test_no_barcode(yen, expiry, complaint):
    assert complaint in refusal(yen, expiry, ON)
    with pytest.raises(SlipRefused, match=complaint):
        build("912345", "1", 0, expiry, 0, yen, ON)


def test_a_barcode_up_to_the_limit_and_on_the_last_day():
    assert refusal(300_000, ON, ON) is None
    assert refusal(1, None, ON) is None


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        (("12345", "1", 0), "請求書発行企業コード"),
        (("91234５", "1", 0), "請求書発行企業コード"),
        (("912345", "1" * 22, 0), "自由使用欄"),
        (("912345", "1", 10), "再発行区分"),
        (("912345", "A", 0), "自由使用欄"),
    ],
)
def test_parts_that_do_not_fit(parts, complaint):
    with pytest.raises(SlipRefused, match=complaint):
        build(*parts, EXPIRY, 0, 1_000, ON)


def with_check(body):
    return body + check_digit(body, ON)


@pytest.mark.parametrize(
    ("digits", "complaint"),
    [
        ("9" * 43, "43桁"),
        ("", "0桁"),
        ("９" * 44, "44桁"),
        (with_check("92" + "912345" + "0" * 21 + "0" + "270331" + "0" + "001000"), "識別子が 92"),
        (with_check("91" + "912345" + "0" * 21 + "0" + "270231" + "0" + "001000"), "日付ではありません"),
        (
            with_check("91" + "912345" + "0" * 21 + "0" + "270331" + "0" + "300001"),
            "300,000円 を超えています",
        ),
    ],
)
def test_unreadable(digits, complaint):
    with pytest.raises(SlipRefused, match=complaint):
        parse(digits, ON)


@settings(max_examples=150, deadline=None)
@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9]{21}", fullmatch=True),
    st.integers(0, 9),
    st.dates(ON, date(2099, 12, 31)),
    st.integers(0, 1),
    st.integers(1, 300_000),
)
def test_what_is_built_reads_back(company, free, reissue, expiry, stamp, yen):
    assume(f"{expiry:%y%m%d}" != "999999")
    made = build(company, free, reissue, expiry, stamp, yen, ON)
    slip = parse(made, ON)
    assert (slip.company, slip.free, slip.reissue, slip.expiry, slip.stamp, slip.yen) == (
        company, free, reissue, expiry, stamp, yen,
    )  # fmt: skip
    place = yen % 43
    wrong = made[:place] + str((int(made[place]) + 1) % 10) + made[place + 1 :]
    with pytest.raises(SlipRefused, match="検査数字"):
        parse(wrong, ON)


def test_mpn_keys():
    good = {"collector": "31201", "payment": "1234567890123456", "confirmation": "123456", "division": "001"}
    assert mpn_complaints(good, ON) == []
    wrong = mpn_complaints({**good, "collector": "3120", "payment": "1" * 21, "confirmation": "12345"}, ON)
    assert [text.split()[0] for text in wrong] == ["収納機関番号", "納付番号", "確認番号"]
    assert len(mpn_complaints({}, ON)) == 4


def test_a_slip_issued_again_keeps_its_printed_charge_until_it_expires():
    """RQ14: 納付書を発行した際の金額を用いる。期限通りに納付されなかった場合には適用しない."""
    assert "RQ14" in {row["case_id"] for row in usable("golden2_rule_quotes.csv")}
    assert charge_to_pay(1_200, 1_500, EXPIRY, EXPIRY) == 1_200
    assert charge_to_pay(1_200, 1_500, EXPIRY, date(2027, 4, 1)) == 1_500
