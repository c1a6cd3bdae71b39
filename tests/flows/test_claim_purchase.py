"""What a browser outside WeChat bought moves, with its code, to one follower, once."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claim import ALPHABET, ClaimCodes, read_code
from flows.claim_purchase import GOOD_FOR_SECONDS, claim, claim_code, was_claimed
from storage import claim_codes, entitlements
from storage.schema import claim_codes as table
from storage.store import Store

CODES = ClaimCodes("a-secret-of-this-test")
BROWSER = "r:0123456789abcdef"


@pytest.fixture
def bought(store: Store, now: int) -> Store:
    with store.write() as tx:
        entitlements.grant(tx, BROWSER, "run-30", "order:1", now)
        entitlements.grant(tx, BROWSER, "one-bag", "order:2", now)
    return store


def take(store: Store, code: str, openid: str, now: int) -> tuple[str, ...] | None:
    with store.write() as tx:
        return claim(tx, CODES.stored(code), openid, now)


def owned(store: Store, buyer: str, now: int) -> set[str]:
    with store.read() as tx:
        return set(entitlements.owned(tx, buyer, now))


def test_the_code_moves_everything_once(bought: Store, now: int) -> None:
    code = claim_code(bought, CODES, BROWSER, now)
    assert claim_code(bought, CODES, BROWSER, now + 9) == code
    assert set(take(bought, code, "o1", now) or ()) == {"run-30", "one-bag"}
    assert owned(bought, "o1", now) == {"run-30", "one-bag"} and owned(bought, BROWSER, now) == set()
    assert take(bought, code, "o2", now) is None and owned(bought, "o2", now) == set()
    with bought.read() as tx:
        assert was_claimed(tx, BROWSER, "run-30", now) and not was_claimed(tx, BROWSER, "ai-ask", now)
        assert not was_claimed(tx, "r:other", "run-30", now)


def test_what_is_bought_later_gets_a_code_of_its_own(bought: Store, now: int) -> None:
    first = claim_code(bought, CODES, BROWSER, now)
    take(bought, first, "o1", now)
    with bought.write() as tx:
        entitlements.grant(tx, BROWSER, "ai-ask", "order:3", now)
    second = claim_code(bought, CODES, BROWSER, now)
    assert second != first and take(bought, second, "o1", now) == ("ai-ask",)


def test_a_code_is_over_after_a_month(bought: Store, now: int) -> None:
    code, late = claim_code(bought, CODES, BROWSER, now), now + GOOD_FOR_SECONDS
    assert take(bought, code, "o1", late) is None and owned(bought, "o1", late) == set()
    fresh = claim_code(bought, CODES, BROWSER, late)
    assert fresh != code and take(bought, fresh, "o1", late) is not None


def test_of_two_who_type_it_at_once_one_gets_it(bought: Store, now: int) -> None:
    code = claim_code(bought, CODES, BROWSER, now)
    got: dict[str, tuple[str, ...] | None] = {}
    start = threading.Barrier(4)

    def one(openid: str) -> None:
        start.wait()
        got[openid] = take(bought, code, openid, now)

    threads = [threading.Thread(target=one, args=(f"o{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [openid for openid, slugs in got.items() if slugs]
    assert owned(bought, winner, now) == {"run-30", "one-bag"}
    assert not any(owned(bought, f"o{n}", now) for n in range(4) if f"o{n}" != winner)


def test_what_the_follower_owned_before_is_not_lost(bought: Store, now: int) -> None:
    with bought.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "gift", now)
    take(bought, claim_code(bought, CODES, BROWSER, now), "o1", now)
    assert owned(bought, "o1", now) == {"run-30", "one-bag"}


def test_the_database_holds_no_code(bought: Store, now: int) -> None:
    code = claim_code(bought, CODES, BROWSER, now)
    with bought.engine.connect() as connection:
        (row,) = connection.execute(table.select()).fetchall()
    assert code not in str(row) and len(row[0]) == 64
    with bought.read() as tx:
        assert claim_codes.find(tx, CODES.stored("00000000")) is None


@given(st.text(ALPHABET, min_size=8, max_size=8), st.sampled_from(["领取{}", "领取 {}", " {} ", "领取：{}", "领 {}"]))
def test_a_code_is_read_however_it_is_typed(code: str, how: str) -> None:
    said = how.format(f"{code[:4]} {code[4:]}".lower())
    spared = not any(one.isdigit() for one in code) and "领" not in said
    assert read_code(said) == ("" if spared else code)


@pytest.mark.parametrize(
    "said", ["", "推荐", "running", "领取", "领取优惠", "12345", "123456789", "password", "a b c d"]
)
def test_other_words_are_no_code(said: str) -> None:
    assert read_code(said) == ""


@given(st.text(min_size=1, max_size=64), st.integers(0, 5))
def test_codes_are_typable_and_differ(buyer: str, nth: int) -> None:
    code = CODES.code(buyer, nth)
    assert len(code) == 8 and set(code) <= set(ALPHABET)
    assert code != CODES.code(buyer, nth + 1) and code != ClaimCodes("another-secret-another").code(buyer, nth)
