"""Who gets into the operator console, how often one may try, and when a sign-in is over."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from bot_in_process import DATA_KEY, SECRET_KEY, Bot, Workshop
from shop_at_hand import merchant, merchant_settings

from domain.console import ADMIN, IDLE_SECONDS, LONGEST_SECONDS, RIGHTS, TRIES_OF_ADDRESS, TRIES_OF_PAIR
from storage.console_users import ConsoleUsers
from tests.web.console_at_hand import COOKIE, NAMES, PASSWORD, Operator, staff_in
from tests.web.signed_in import DOMAIN, SITE
from web.console import OPEN, PAGES


@pytest.fixture
def users(tmp_path: Path) -> ConsoleUsers:
    return staff_in(tmp_path / "users.json")


@pytest.fixture
def bot(workshop: Workshop, users: ConsoleUsers, tmp_path: Path) -> Iterator[Bot]:
    made = workshop.bot(
        CONSOLE_USERS_FILE=str(tmp_path / "users.json"), FRAME_ANCESTORS="https://phone.example",
        **merchant_settings("http://127.0.0.1:9"),
    )  # fmt: skip
    yield made
    made.close()


def routes(bot: Bot) -> list[tuple[str, str, str]]:
    """(page, method, path) of every route under /console."""
    app: Any = bot.app.__closure__[0].cell_contents  # type: ignore[attr-defined]
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console"):
            path = re.sub(r"<[^>]+>", "abcdefghijklmnopqrstuvwx", rule.rule)
            found += [(rule.endpoint.removeprefix("console."), method, path) for method in sorted(rule.methods)]
    assert len(found) > 10
    return found


# --- strangers ------------------------------------------------------------------------------------------------


def test_a_stranger_gets_the_sign_in_page_or_nothing_on_every_route(bot: Bot) -> None:
    stranger = Operator(bot)
    for page, method, path in routes(bot):
        answer = stranger.browser.open(path, method=method, base_url=SITE)
        if PAGES[page] == OPEN:
            assert answer.status_code in (200, 400), (method, path)
        elif method in ("GET", "HEAD"):
            assert answer.status_code == 303 and answer.headers["Location"].startswith("/console/sign-in?next=")
        else:
            assert answer.status_code == 403, (method, path)
        assert "¥" not in answer.text
    assert not bot.rows("console_acts")


def test_every_page_has_its_right_on_the_list(bot: Bot) -> None:
    assert {page for page, _, _ in routes(bot)} == set(PAGES)


@pytest.mark.parametrize("role", RIGHTS)
def test_a_role_opens_what_it_may_and_nothing_else(bot: Bot, role: str) -> None:
    operator = Operator(bot, NAMES[role])
    for page, method, path in routes(bot):
        right = PAGES[page]
        if right == OPEN or page == "sign_out" or method == "OPTIONS":
            continue
        if method == "POST":
            refused = operator.post(path, token=operator.token).status_code == 403
        else:
            refused = operator.browser.open(path, method=method, base_url=SITE).status_code == 403
        assert refused is (right not in RIGHTS[role]), (role, method, path)


def test_every_answer_may_be_kept_by_nobody_and_framed_by_nobody(bot: Bot) -> None:
    ada = Operator(bot, "ada")
    for path in ("/console/", "/console/log", "/console/sign-in"):
        for operator in (ada, Operator(bot)):
            headers = operator.get(path).headers
            assert headers["Cache-Control"] == "no-store" and headers["X-Frame-Options"] == "DENY"
            policy = headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy and "script" not in policy


def test_a_wrong_role_in_the_file_lets_nobody_in(bot: Bot, users: ConsoleUsers, tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    file.write_text(file.read_text().replace('"admin"', '"root"'))
    assert Operator(bot).sign_in("ada").status_code == 403


def test_without_a_users_file_nobody_gets_in(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "users.json").unlink()
    assert Operator(bot).sign_in("ada").status_code == 403
    (tmp_path / "users.json").write_text("{damaged")
    answer = Operator(bot).sign_in("ada")
    assert answer.status_code == 503 and "users.json" not in answer.text


# --- signing in and out -----------------------------------------------------------------------------------------


def test_who_signs_in_goes_on_where_they_wanted_but_never_elsewhere(bot: Bot) -> None:
    for wanted, goes_to in {
        "/console/log?after=1.a": "/console/log?after=1.a", "//evil.example/console/": "/console/",
        "https://evil.example/": "/console/", "/me": "/console/",
        "/console\\@evil.example": "/console/", "": "/console/",
    }.items():  # fmt: skip
        assert Operator(bot).sign_in("ada", after=wanted).headers["Location"] == goes_to


def test_the_cookie_is_for_the_console_of_this_site_and_no_script_reads_it(bot: Bot) -> None:
    operator = Operator(bot)
    operator.get("/console/sign-in")
    answer = operator.post("/console/sign-in", name="ada", password=PASSWORD)
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(f"{COOKIE}=")]
    words = {word.strip() for word in cookie.split(";")[1:]}
    assert words == {"Secure", "HttpOnly", "Path=/console", "SameSite=Strict"}
    assert "ada" not in cookie and all(row["id"] not in cookie for row in bot.rows("console_sessions"))


def test_the_session_is_new_for_each_sign_in_and_the_former_is_over(bot: Bot) -> None:
    operator = Operator(bot, "vera")
    before = operator.cookie
    token = operator.browser.get("/console/sign-in", base_url=SITE)
    assert token.status_code == 303  # one is signed in
    operator.browser.delete_cookie(COOKIE, domain=DOMAIN, path="/console")
    operator.get("/console/sign-in")
    operator.steal(before)  # somebody planted a session of theirs
    assert operator.post("/console/sign-in", name="ada", password=PASSWORD).status_code == 303
    assert operator.cookie not in ("", before)
    thief = Operator(bot)
    thief.steal(before)
    assert thief.get("/console/").status_code == 303
    assert len(bot.rows("console_sessions")) == 1


def test_a_copied_cookie_opens_nothing_after_the_sign_out(bot: Bot) -> None:
    ada, thief = Operator(bot, "ada"), Operator(bot)
    thief.steal(ada.cookie)
    assert thief.get("/console/log").status_code == 200
    thief.token = ""
    assert ada.post("/console/sign-out").status_code == 303 and not ada.cookie
    assert thief.get("/console/log").status_code == 303
    assert sorted(row["act"] for row in bot.rows("console_acts")) == ["sign_in", "sign_out"]


@pytest.mark.parametrize(
    "damage", [lambda one: one[:-2], lambda one: "x" + one, lambda one: one.split(".")[0], lambda _: "=" * 9]
)
def test_a_forged_cookie_is_no_cookie(bot: Bot, damage: Any) -> None:
    ada, forger = Operator(bot, "ada"), Operator(bot)
    forger.steal(damage(ada.cookie))
    assert forger.get("/console/").status_code == 303


def test_the_cookie_of_the_sign_in_form_is_no_session(bot: Bot) -> None:
    stranger = Operator(bot)
    stranger.get("/console/sign-in")
    held = stranger.browser.get_cookie("shutong_console_form", domain=DOMAIN, path="/console")
    assert held
    stranger.steal(held.value)
    assert stranger.get("/console/").status_code == 303


def test_a_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours_of_work(bot: Bot) -> None:
    rests, works = Operator(bot, "vera"), Operator(bot, "ada")
    for _ in range(0, LONGEST_SECONDS - IDLE_SECONDS, IDLE_SECONDS - 60):
        bot.clock.now += IDLE_SECONDS - 60
        assert works.get("/console/").status_code == 200
    assert rests.get("/console/").status_code == 303
    bot.clock.now += IDLE_SECONDS - 60
    works.get("/console/")
    bot.clock.now += IDLE_SECONDS - 60
    assert works.get("/console/").status_code == 303


def test_a_changed_password_or_a_removed_user_ends_the_sessions_at_once(bot: Bot, users: ConsoleUsers) -> None:
    vera, ada, fina = Operator(bot, "vera"), Operator(bot, "ada"), Operator(bot, "fina")
    users.add("vera", "viewer", "another long password")
    users.remove("ada")
    assert vera.get("/console/").status_code == ada.get("/console/").status_code == 303
    assert fina.get("/console/").status_code == 200
    assert Operator(bot).sign_in("vera").status_code == Operator(bot).sign_in("ada").status_code == 403


def test_another_role_counts_from_the_next_page_on(bot: Bot, tmp_path: Path) -> None:
    vera = Operator(bot, "vera")
    assert vera.get("/console/log").status_code == 403
    file = tmp_path / "users.json"
    file.write_text(file.read_text().replace('"viewer"', '"admin"'))
    assert vera.get("/console/log").status_code == 200


# --- forms ------------------------------------------------------------------------------------------------------


def test_a_form_without_the_token_of_this_session_changes_nothing(bot: Bot) -> None:
    ada, other = Operator(bot, "ada"), Operator(bot, "vera")
    for token in ("", "0" * 64, other.token, "ü"):
        for page, method, path in routes(bot):
            if method == "POST" and PAGES[page] != OPEN:
                assert ada.post(path, token=token).status_code == 400, path
    assert ada.get("/console/").status_code == 200
    ada.browser.delete_cookie("shutong_console_form", domain=DOMAIN, path="/console")
    fresh = Operator(bot)
    fresh.get("/console/sign-in")
    for token in ("", "0" * 64, ada.token):
        assert fresh.post("/console/sign-in", token=token, name="ada", password=PASSWORD).status_code == 400
    assert len(bot.rows("console_sessions")) == 2


# --- guessing ---------------------------------------------------------------------------------------------------


def test_after_five_wrong_passwords_the_right_one_is_refused_too_for_a_while(bot: Bot) -> None:
    guesser = Operator(bot)
    for _ in range(TRIES_OF_PAIR):
        assert guesser.sign_in("ada", "wrong password!").status_code == 403
    assert guesser.sign_in("ada").status_code == 429
    assert Operator(bot, REMOTE_ADDR="203.0.113.9").sign_in("ada").status_code == 303  # she sits elsewhere
    bot.clock.now += 15 * 60
    assert guesser.sign_in("ada").status_code == 303


def test_names_are_guessed_no_more_often_from_one_address_and_its_network(bot: Bot) -> None:
    tries = [
        Operator(bot, REMOTE_ADDR=f"2001:db8::{number}").sign_in(f"name{number}", "wrong password!").status_code
        for number in range(TRIES_OF_ADDRESS + 2)
    ]
    assert tries == [403] * TRIES_OF_ADDRESS + [429] * 2
    assert Operator(bot, REMOTE_ADDR="2001:db8:0:1::1").sign_in("ada").status_code == 303


def test_an_unknown_name_is_answered_like_a_wrong_password_and_is_written_nowhere(
    bot: Bot, users: ConsoleUsers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    users.add("ada", ADMIN, PASSWORD)
    compared: list[str] = []
    verify = PasswordHasher.verify

    def watched(hasher: PasswordHasher, known: str, typed: str) -> bool:
        compared.append(known)
        return bool(verify(hasher, known, typed))

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    known = Operator(bot).sign_in("ada", "wrong password!")
    unknown = Operator(bot).sign_in("my-password-here", "wrong password!")
    assert known.status_code == unknown.status_code == 403
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)
    costs = [re.findall(r"m=\d+,t=\d+,p=\d+", one) for one in compared]
    assert len(costs) == 2 and costs[0] == costs[1]  # the unknown name takes as long
    assert "my-password-here" not in caplog.text + str(bot.everything())
    assert [(row["who"], row["act"]) for row in bot.rows("console_acts")] == [("ada", "sign_in_failed")]


def test_passwords_and_secrets_stand_in_no_page_log_or_row(
    bot: Bot, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    ada = Operator(bot, "ada")
    seen = "".join(ada.get(path).text for _, method, path in routes(bot) if method == "GET")
    hashes = re.findall(r"\$argon2id[^\"]+", (tmp_path / "users.json").read_text())
    secrets = [
        PASSWORD,
        SECRET_KEY,
        DATA_KEY,
        merchant().api_v3_key,
        "PRIVATE KEY",
        bot.settings.wechat_app_secret,
        *hashes,
    ]
    for secret in secrets:
        assert secret not in seen + caplog.text + str(bot.everything())


def test_who_does_what_stands_in_the_log_of_acts_for_admins(bot: Bot) -> None:
    Operator(bot).sign_in("fina", "wrong password!")
    bot.clock.now += 60
    ada = Operator(bot, NAMES[ADMIN])
    text = ada.get("/console/log").text
    assert "登录失败" in text and "fina" in text and "11-23 12:01" in text
    assert ada.get("/console/log?after=nonsense").status_code == 200
    assert "登录失败" not in ada.get("/console/log?after=5.zz").text
