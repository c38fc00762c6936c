import random

import pytest

from law.my_number import looks_like_my_number, my_number_at


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("123456789018", 0),
        ("983205673214", 0),
        ("番号は123456789018です", 3),
        ("１２３４５６７８９０１８", 0),
        ("1234-5678-9018", 0),
        ("個人番号 1234 5678 9018", 5),
        ("１２３４－５６７８－９０１８", 0),
        ("1234　5678　9018", 0),
        ("1234-5678 9018", 0),
        ("1234 - 5678 - 9018", 0),
        ("123 456 789 018", 0),
        ("電話 090-1234-5678 本人 123456789018", 20),
        ("1 2 3 4 5 6 7 8 9 0 1 8", 0),
    ],
)
def test_found(text, position):
    assert my_number_at(text) == position
    assert looks_like_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789012",  # 検査用数字が違う
        "983205673210",
        "1234567890180",  # 13桁は法人番号など
        "0123456789018",
        "12345678901",
        "1234/5678/9018",
        "1234\n5678\n9018",
        "1234、5678、9018",
        "0857-22-8111 15時に電話",
        "令和8年11月20日 12,345円",
    ],
)
def test_not_found(text):
    assert my_number_at(text) is None


def test_every_single_wrong_digit_is_told_apart_where_the_check_digit_can():
    """One wrong digit changes the sum modulo 11, so at most remainders 0 and 1 (both check 0) can be confused."""
    seed = 85
    rng = random.Random(seed)
    missed = 0
    for _ in range(200):
        body = [rng.randrange(10) for _ in range(11)]
        number = next(
            text for text in ("".join(map(str, [*body, c])) for c in range(10)) if looks_like_my_number(text)
        )
        place = rng.randrange(11)
        wrong = number[:place] + str((int(number[place]) + rng.randrange(1, 10)) % 10) + number[place + 1 :]
        missed += looks_like_my_number(wrong)
        assert not looks_like_my_number(wrong) or number[-1] == "0", (seed, number, wrong)
    assert missed < 20, seed
