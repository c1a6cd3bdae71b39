"""``content/coupons.yaml`` and ``content/templates.yaml``: what they give, and how a mistake in them is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from catalog.coupons import read_coupons
from catalog.templates import read_templates
from domain.notice import NOTICES, Notice
from domain.price import Coupon

SHANGHAI = ZoneInfo("Asia/Shanghai")


def coupons(folder: Path, text: str) -> tuple[Mapping[str, Coupon], list[str]]:
    (folder / "coupons.yaml").write_text(text, "utf-8")
    found, source = read_coupons(folder / "coupons.yaml", folder, SHANGHAI, {"run-30"}, {"健身"}, {"help"})
    return found, [str(one) for one in source.mistakes]


def notices(folder: Path, text: str) -> tuple[Mapping[str, Notice], list[str]]:
    (folder / "templates.yaml").write_text(text, "utf-8")
    found, source = read_templates(folder / "templates.yaml", folder)
    return found, [str(one) for one in source.mistakes]


def test_a_coupon_is_a_percentage_or_an_amount_with_its_bounds(tmp_path: Path) -> None:
    found, mistakes = coupons(
        tmp_path,
        "AUTUMN20: {title: 秋日八折, percent_off: 20, items: [run-30], tags: [健身], per_person: 2,\n"
        "           from: 2026-11-01, until: 2026-11-30}\n"
        "SAVE3: {title: 立减三元, off: 3.00, minimum: 9.90}\n",
    )
    assert mistakes == []
    assert found["SAVE3"] == Coupon("SAVE3", "立减三元", fen_off=300, least_fen=990)
    assert found["AUTUMN20"] == Coupon(
        "AUTUMN20", "秋日八折", 20, 0, 0, 2, ("run-30",), ("健身",), 1_793_462_400, 1_796_054_400
    ), "the last day counts whole, where the account is"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("autumn: {title: t, percent_off: 20}", "coupons.yaml:1: autumn: a code has 4 to 20 of A-Z and 0-9"),
        ("1234: {title: t, percent_off: 20}", "at least one letter"),
        ("HELP: {title: t, percent_off: 20}", "is a command of the chat"),
        ("GOOD: {title: t}", "needs either percent_off or off"),
        ("GOOD: {title: t, percent_off: 5, off: 1}", "needs either percent_off or off"),
        ("GOOD: {title: t, percent_off: 100}", 'percent_off: "100" is not right — a whole number from 1 to 99'),
        ("GOOD: {title: t, percent_off: 0}", "a whole number from 1 to 99"),
        ("GOOD: {title: t, percent_off: 12.5}", "a whole number from 1 to 99"),
        ("GOOD: {percent_off: 20}", "title: is missing"),
        (f"GOOD: {{title: {'长' * 21}, percent_off: 20}}", "has 21 characters — at most 20"),
        ("GOOD: {title: t, off: 0}", "takes nothing off"),
        ("GOOD: {title: t, off: 3 元}", '"3 元" is not an amount'),
        ("GOOD: {title: t, off: 3, minimum: 3.00}", "minimum: is not more than off"),
        ("GOOD: {title: t, off: 3, per_person: many}", "per_person:"),
        ("GOOD: {title: t, off: 3, items: [gone]}", 'items: there is no published item "gone"'),
        ("GOOD: {title: t, off: 3, tags: [钓鱼]}", 'tags: there is no tag "钓鱼"'),
        ("GOOD: {title: t, off: 3, from: soon}", 'from: "soon" is not a day'),
        ("GOOD: {title: t, off: 3, from: 2026-12-02, until: 2026-12-01}", "until: is before from"),
        ("GOOD: {title: t, off: 3, limit: 1}", "limit: is not known here"),
        ("GOOD: SAVE", "must be a mapping"),
    ],
)
def test_a_mistake_in_a_coupon_is_told_by_its_place(written: str, told: str, tmp_path: Path) -> None:
    mistakes = coupons(tmp_path, written + "\n")[1]
    assert any(told in one for one in mistakes), mistakes
    assert all(one.startswith("coupons.yaml:1: ") for one in mistakes)


RECEIPT = """receipt:
  kind: template
  template_id: Tm0123456789
  fields: {thing1: "{title}", amount2: "{amount}", time3: "{paid_at}", character_string4: "{order_no}"}
"""


def test_a_receipt_fills_the_template_and_cuts_what_would_be_refused(tmp_path: Path) -> None:
    found, mistakes = notices(tmp_path, RECEIPT)
    assert mistakes == [] and found["receipt"].kind == "template"
    values = {"title": "很长的题目" * 6, "amount": "9.90元", "paid_at": "2026-11-23 12:00", "order_no": "A1" * 16}
    data = found["receipt"].data(values)
    assert data["thing1"]["value"] == ("很长的题目" * 6)[:19] + "…"
    assert data["amount2"]["value"] == "9.90元" and data["character_string4"]["value"] == "A1" * 16


def test_no_notice_is_known_that_would_promote_anything(tmp_path: Path) -> None:
    assert set(NOTICES) == {"receipt", "refunded"}
    for name in ("reminder", "sale", "coupon"):
        assert "is not sent by template" in notices(tmp_path, RECEIPT.replace("receipt", name))[1][0]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: template", "kind: mass", 'templates.yaml:2: kind: "mass" is not known'),
        ("Tm0123456789", "…", "templates.yaml:3: template_id: write the template's id"),
        ("  template_id: Tm0123456789\n", "", "template_id: write the template's id"),
        ("thing1", "first", "first: is no keyword of WeChat's"),
        ("{title}", "{name}", "templates.yaml:4: thing1: {name} is not filled here — allowed: {title}, {amount}"),
        ("{title}", "{title.real}", "{title.real} is not filled here"),
        ("{title}", "{title", "has a brace without its partner"),
        ('"{title}"', '""', "is empty"),
        ("fields:", "values:", "values: is not known here"),
    ],
)
def test_a_mistake_in_a_template_is_told_by_its_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    mistakes = notices(tmp_path, RECEIPT.replace(old, new))[1]
    assert any(told in one for one in mistakes), mistakes


def test_without_the_files_there_are_no_coupons_and_no_templates(tmp_path: Path) -> None:
    assert read_coupons(tmp_path / "coupons.yaml", tmp_path, SHANGHAI, (), (), ())[0] == {}
    assert read_templates(tmp_path / "templates.yaml", tmp_path)[0] == {}
