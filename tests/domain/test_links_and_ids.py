"""Tracked links cannot be forged and fail softly; ids sort by time."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.ids import CHANCE_BYTES, first_since, handle, new_id
from domain.link import LinkSigner

signer = LinkSigner("secret")
slugs = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=100)
exposure_ids = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=40)
OPENID = "oABCDEFGHIJKLMNOPQRSTUVWXYZ0"
TOKEN = signer.token("running-30", "abcdefghijkl0069f0b2c8112233445566")


@given(slugs, exposure_ids)
def test_a_genuine_token_is_read(slug: str, exposure_id: str) -> None:
    assert signer.read(signer.token(slug, exposure_id)) == (slug, exposure_id)


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_one_changed_character_anywhere_gives_no_exposure(place: int) -> None:
    for other in "a0-_.ZÄ":
        if other != TOKEN[place]:
            assert signer.read(TOKEN[:place] + other + TOKEN[place + 1 :])[1] == ""


@pytest.mark.parametrize("length", range(len(TOKEN)))
def test_a_token_cut_short_still_leads_to_the_item_and_to_no_exposure(length: int) -> None:
    slug, exposure_id = signer.read(TOKEN[:length])
    assert exposure_id == "" and slug == "running-30"[:length]


@pytest.mark.parametrize("tail", ["x", ".", "\n", " ", "=", "%0a", "?a=b", "/../me", "\u0000"])
def test_a_token_with_something_behind_it_still_leads_to_the_item(tail: str) -> None:
    assert signer.read(TOKEN + tail) == ("running-30", "")


@given(st.text(max_size=200))
def test_anything_else_is_read_without_an_error_and_proves_nothing(text: str) -> None:
    assume(text != TOKEN)
    slug, exposure_id = signer.read(text)
    assert exposure_id == ""
    assert text.startswith(slug) and set(slug) <= set(string.ascii_lowercase + string.digits + "-")


@pytest.mark.parametrize("text", ["", ".", "/etc/passwd", "..", "Running", "健身", "<b>"])
def test_what_begins_with_no_slug_leads_nowhere(text: str) -> None:
    assert signer.read(text) == ("", "")


def test_a_token_of_another_secret_proves_nothing() -> None:
    assert LinkSigner("other").read(TOKEN) == ("running-30", "")


def test_an_exposure_cannot_be_moved_to_another_item() -> None:
    _, exposure_id, signature = TOKEN.split(".")
    assert signer.read(f"index-fund.{exposure_id}.{signature}") == ("index-fund", "")


def test_a_token_is_short_and_tells_no_openid() -> None:
    assert len(TOKEN) < 80
    assert OPENID.lower() not in signer.token("a", handle(OPENID)).lower()
    assert handle(OPENID) not in (OPENID.lower()[:12], OPENID.lower()[-12:])


# --- ids -----------------------------------------------------------------------------------------------------

moments = st.integers(0, 2**36 - 1)
chances = st.binary(min_size=CHANCE_BYTES, max_size=CHANCE_BYTES)


@given(moments, chances, moments, chances)
def test_ids_sort_by_time(at: int, chance: bytes, later: int, other: bytes) -> None:
    assume(at < later)
    assert new_id(at, chance) < new_id(later, other)
    assert len(new_id(at, chance)) == 21


def test_ids_of_one_second_differ_by_chance() -> None:
    assert new_id(5, b"\0" * 6) != new_id(5, b"\0" * 5 + b"\1")


@pytest.mark.parametrize("bytes_", [b"", b"12345", b"1234567"])
def test_an_id_needs_its_chance(bytes_: bytes) -> None:
    with pytest.raises(ValueError, match="6 random bytes"):
        new_id(5, bytes_)


@given(st.text(min_size=1, max_size=28), moments, moments, chances)
def test_the_span_since_a_moment_holds_exactly_the_followers_ids_from_then_on(
    openid: str, at: int, since: int, chance: bytes
) -> None:
    first, last = first_since(openid, since)
    assert (first <= handle(openid) + new_id(at, chance) < last) is (at >= since)
    other = handle(openid + "x") + new_id(at, chance)
    assert not first <= other < last


def test_a_time_before_1970_means_everything() -> None:
    assert first_since("o1", -5) == first_since("o1", 0)


def test_the_handle_of_a_follower_never_changes() -> None:
    """Stored exposure ids begin with it: a new formula would lose what everybody was shown."""
    assert handle("o1") == "5jrpcs4s47yz"
    assert all(len(handle(openid)) == 12 and handle(openid).isalnum() for openid in ("", "o", OPENID, "名"))
