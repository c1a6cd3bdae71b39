"""A mistake in a campaign file is told by file and line when it is saved, never when people are waiting for it."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from catalog.campaigns import read_snapshot
from catalog.load import Catalog, load_catalog
from catalog.mistakes import ContentWrong
from domain.audience import ActiveWithin, All, Bought, CameBy, Did, Either, Likes, Not, Owns, Reached, Told
from domain.campaign import ITS_OWN, Campaign, Caps, Schedule, Trigger, Variant

ZONE = ZoneInfo("Asia/Shanghai")
ARTICLE = """---
title: 从喘到跑
price: 9.90
tags: [健身, 跑步]
author: 何劲川
summary: 八周跑满半小时
published: 2026-11-01
---
免费的
<!-- more -->
要买的
"""
TEMPLATES = """new-item: {kind: notice, template_id: "1234567890", fields: {thing1: "{title}", amount2: "{price}"}}
course-opens: {kind: template, template_id: "1234567890", fields: {thing1: "可以开始读了", thing2: "{title}"}}
"""
WEEKEND = """title: 周末健身专题
purpose: marketing
audience:
  tags: {健身: 0.3, 跑步: 0.3}
  active_within_days: 30
  not_owning: [running-30]
schedule: {cron: "0 10 * * 6"}
channels: [window, notice, mass]
message:
  text: "{greeting}，这个周末动起来：{title} {link}"
  item: recommend
holdout: 0.1
caps: {per_day: 1, per_week: 3}
"""
LINE = {line.partition(":")[0].strip(): n for n, line in enumerate(WEEKEND.splitlines(), 1)}


def folder_with(folder: Path, text: str, name: str = "weekend.yaml", templates: str = "") -> Path:
    for place in ("articles", "campaigns"):
        (folder / place).mkdir(exist_ok=True)
    for slug in ("running-30", "index-fund"):
        (folder / "articles" / f"{slug}.md").write_text(ARTICLE, "utf-8")
    (folder / "tags.yaml").write_text("健身: []\n跑步: []\n理财: []\n", "utf-8")
    (folder / "templates.yaml").write_text(templates, "utf-8")
    (folder / "campaigns" / name).write_text(text, "utf-8")
    return folder


def load(folder: Path, text: str, name: str = "weekend.yaml", templates: str = "") -> Catalog:
    return load_catalog(folder_with(folder, text, name, templates), ZONE)


def mistakes(folder: Path, text: str, name: str = "weekend.yaml", templates: str = "") -> list[str]:
    with pytest.raises(ContentWrong) as wrong:
        load(folder, text, name, templates)
    return [str(one) for one in wrong.value.mistakes]


def one(folder: Path, text: str, templates: str = "") -> Campaign:
    return load(folder, text, templates=templates).campaigns["weekend"]


def changed(line: str, key: str) -> str:
    """The weekend's file with one line in place of that of a key."""
    lines = WEEKEND.splitlines()
    lines[LINE[key] - 1] = line
    return "\n".join(lines)


def with_audience(audience: str) -> str:
    return f"title: 试\npurpose: marketing\naudience: {audience}\nmessage: {{text: 你好}}\n"


def test_the_file_of_the_manual_is_a_campaign(tmp_path: Path) -> None:
    catalog = load(tmp_path, WEEKEND)
    assert catalog.campaigns["weekend"] == Campaign(
        "weekend",
        "周末健身专题",
        "marketing",
        (Variant("main", "{greeting}，这个周末动起来：{title} {link}"),),
        ("window", "mass"),  # no notice is named, so none can be sent
        All((Either((Likes("健身", 0.3), Likes("跑步", 0.3))), ActiveWithin(30), Not(Owns("running-30")))),
        Schedule(cron="0 10 * * 6"),
        item="recommend",
        holdout=0.1,
        caps=Caps(1, 3),
        names_caps=True,
    )
    (advice,) = map(str, catalog.advice)
    assert advice.startswith("campaigns/weekend.yaml:8: channels: is not used: no notice names its template")


def test_a_snapshot_is_the_campaign_as_it_was_whatever_is_gone_since(tmp_path: Path) -> None:
    catalog = load(tmp_path, WEEKEND)
    text = catalog.campaign_texts["weekend"]
    assert read_snapshot("weekend", text, ZONE) == catalog.campaigns["weekend"]
    assert read_snapshot("weekend", text.replace("running-30", "gone"), ZONE).item == "recommend"
    with pytest.raises(ContentWrong, match="no campaign"):
        read_snapshot("weekend.2", text, ZONE)


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ("titel: 周末", "title", "titel: is not known here — one of title, purpose"),
        ("title: ''", "title", "is missing — what operators call it"),
        (f"title: {'长' * 65}", "title", "has 65 characters — at most 64"),
        ("purpose: promo", "purpose", '"promo" is not known — one of marketing, service'),
        ("  tags: {健生: 0.3}", "tags", 'there is no tag "健生"'),
        ("  tags: {健身: 1.2}", "tags", '"1.2" is not right — a weight above 0 and up to 1'),
        ("  tags: {健身: -0.2}", "tags", '"-0.2" is not right'),
        ("  tags: {健身: 0}", "tags", '"0" is not right'),
        ("  tags: []", "tags", "is empty — give at least a tag"),
        ("  taggs: {健身: 0.3}", "tags", "taggs: is not known here — one of tags, not_tags"),
        ("  active_within_days: soon", "active_within_days", '"soon" is no number of days'),
        ("  active_within_days: 0", "active_within_days", '"0" is no number of days — a whole number from 1 to 3650'),
        ("  not_owning: [runing]", "not_owning", 'there is no published item "runing"'),
        ("  bought: {times: 0}", "not_owning", "is no number of times"),
        ("  came_by: [tiktok]", "not_owning", '"tiktok" is not known — qr: and the scene'),
        ("  read: [nothing]", "not_owning", 'there is no published item "nothing"'),
        ("  reached: {item: running-30}", "not_owning", "step: is missing — one of seen, tapped, ordered, paid"),
        ("  about: {gender: [robot]}", "not_owning", '"robot" is not known — one of male, female, 男, 女'),
        ("  about: {age: 40-30}", "not_owning", '"40-30" is no span of ages'),
        ("  any: []", "not_owning", "is empty — give at least one condition"),
        ('schedule: {cron: "0 10 * *"}', "schedule", 'cron: "0 10 * *": has 4 fields'),
        ('schedule: {cron: "0 10 30 2 *"}', "schedule", "never comes: no such day is in any month"),
        ('schedule: {cron: "0 25 * * *"}', "schedule", '"25" is no hour — from 0 to 23'),
        ('schedule: {cron: "* 10 * * *"}', "schedule", "comes 60 times an hour"),
        ('schedule: {at: "2026-02-30 10:00"}', "schedule", "is not a moment — write it as"),
        ("schedule: {at: tomorrow}", "schedule", '"tomorrow" is not a moment'),
        ("schedule: {}", "schedule", "needs either cron or at"),
        ('schedule: {cron: "0 10 * * 6", at: "2027-01-01 10:00"}', "schedule", "needs either cron or at"),
        ("channels: [window, sms]", "channels", '"sms" is not known — one of window, notice, mass, template'),
        ("channels: [window, window]", "channels", '"window" stands twice'),
        ("channels: []", "channels", "is empty — at least one of"),
        ("channels: [template]", "channels", "WeChat bans accounts for marketing"),
        ("notice: nothing", "channels", 'there is no template "nothing" in templates.yaml'),
        ("notice: receipt", "channels", "make an entry of its own in templates.yaml"),
        ('  text: "{greeting} {titel} {link}"', "text", "{titel} is not filled here — allowed: {greeting}, {name}"),
        ('  text: "{greeting} {title"', "text", "has a brace without its partner"),
        ('  text: "{name}，{title} {link}"', "text", "{name} differs for each person"),
        (f'  text: "{"字" * 700}{{link}}"', "text", "bytes when it is filled in — at most 2,048"),
        ("  item: runing", "item", 'there is no published item "runing"'),
        ("holdout: 1", "holdout", '"1" is not right — the share that is never sent to'),
        ("holdout: some", "holdout", '"some" is not right'),
        ("holdout: 0.1.2", "holdout", '"0.1.2" is not right'),
        ("caps: {per_day: 4}", "caps", "is no number of messages a day — a whole number from 1 to 3"),
        ("caps: {per_day: 3, per_week: 2}", "caps", "is less than per_day"),
        ("topics: [健生]", "caps", 'there is no tag "健生"'),
        ("adjust: sometimes", "caps", '"sometimes" is not known — true or false'),
        ("until_hours: 0", "caps", "is no number of hours"),
        ("status: done", "caps", '"done" is not known — one of draft, ready'),
        ("trigger: followed", "caps", "stands beside schedule"),
        ("steps: [{message: {text: 你好}}]", "caps", "need a trigger that begins them"),
    ],
)
def test_each_slip_is_told_at_its_line(line: str, key: str, said: str, tmp_path: Path) -> None:
    told = mistakes(tmp_path, changed(line, key))
    place = f"campaigns/weekend.yaml:{LINE[key]}: "
    assert any(one.startswith(place) and said in one for one in told), told


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        ("{owning: [running-30], not_owning: [running-30]}", "owning running-30 and not (owning running-30)"),
        ("{tags: [健身], not: {tags: {健身: 0.2}}}", "tags 健身: 0.3 and not (tags 健身: 0.2)"),
        ("{active_within_days: 7, inactive_for_days: 30}", "active_within_days 7 and not (active_within_days 30)"),
        ("{followed_within_days: 7, followed_for_days: 30}", "followed_within_days 7"),
        ("{bought: false, any: [{bought: {times: 2}}, {tags: [健身]}]}", "not (bought 1 times) and bought 2 times"),
        ("{about: {age: 20-30}, not: {about: {age: 18-60}}}", "age 20-30"),
    ],
)
def test_an_audience_nobody_belongs_to_is_told(audience: str, said: str, tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, with_audience(audience))
    assert told.startswith("campaigns/weekend.yaml:3: ") and ": nobody can be both " in told and said in told


def test_a_contradiction_is_told_where_its_second_half_stands(tmp_path: Path) -> None:
    audience = "\n  owning: running-30\n  active_within_days: 30\n  not_owning: [running-30]\n  tags: [健身]"
    (told,) = mistakes(tmp_path, with_audience(audience))
    assert told.startswith("campaigns/weekend.yaml:6: not_owning: nobody can be both owning running-30 and not (owning")


def test_nobody_is_offered_what_they_own(tmp_path: Path) -> None:
    text = "title: 试\npurpose: {}\naudience: {{owning: running-30}}\nmessage: {{item: running-30}}\n"
    (told,) = mistakes(tmp_path, text.format("marketing"))
    assert told.startswith("campaigns/weekend.yaml:4: item: everybody of the audience owns it already")
    assert one(tmp_path, text.format("service")).item == "running-30"


def test_every_condition_has_a_plain_word(tmp_path: Path) -> None:
    rule = one(
        tmp_path,
        with_audience(
            "{came_by: [qr:c_42, other], owning: running-30, bought: {times: 2, yuan: 50.00, within_days: 90},"
            " finished: any, not_shared: [index-fund], reached: ordered,"
            " about: {gender: 女, city: [成都, 重庆], age: 25-35}, any: [{tags: {理财: 0.25}},"
            " {all: [{liked: [running-30]}, {not: [{tags: [跑步]}, {bought: false}]}]}]}"
        ),
    ).audience
    assert rule == All(
        (
            Either((CameBy("qr:c_42"), CameBy(""))),
            Owns("running-30"),
            Bought(2, 5000, 90),
            Did("finished"),
            Not(Did("shared", "index-fund")),
            Reached("ordered"),
            All((Told("gender", ("female",)), Told("city", ("成都", "重庆")), Told("age", (), 25, 35))),
            Either(
                (
                    Likes("理财", 0.25),
                    All((Did("liked", "running-30"), Not(Either((Likes("跑步", 0.3), Not(Bought())))))),
                )
            ),
        )
    )


VARIANTS = """title: 试
purpose: marketing
message: {item: running-30}
variants:
  - {name: short, text: "{title} {link}", share: 0.3}
  - {name: long, text: "{greeting}，{summary} {link}", share: 0.7}
  - {name: savers, text: "攒钱的人也跑步 {link}", audience: {tags: [理财]}}
"""


def test_variants_are_shared_out_or_meant_for_a_part(tmp_path: Path) -> None:
    assert one(tmp_path, VARIANTS).variants == (
        Variant("short", "{title} {link}", 0.3),
        Variant("long", "{greeting}，{summary} {link}", 0.7),
        Variant("savers", "攒钱的人也跑步 {link}", 1.0, Likes("理财", 0.3)),
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("share: 0.3", "share: 1.5", 5, "its share of the people, above 0 and up to 1"),
        ("name: long", "name: short", 6, 'the name "short" is given twice'),
        ("name: long", "name: Lang", 6, "write a name of a-z, 0-9 and -"),
        ("[理财]", "[理才]", 7, 'there is no tag "理才"'),
        ("{item: running-30}", "{item: running-30, text: 跑}", 3, "stands beside variants"),
        ("攒钱的人也跑步 {link}", "{tittle}", 7, "{tittle} is not filled here"),
        ("purpose: marketing", "purpose: marketing\naudience: {not_tags: [理财]}", 8, "nobody gets it"),
    ],
)
def test_slips_in_variants_are_told(old: str, new: str, line: int, said: str, tmp_path: Path) -> None:
    told = mistakes(tmp_path, VARIANTS.replace(old, new))
    assert any(f"weekend.yaml:{line}: " in one and said in one for one in told), told


def test_somebody_must_be_left_with_a_variant(tmp_path: Path) -> None:
    everybody = VARIANTS.replace("share: 0.3", "audience: {tags: [健身]}").replace(
        "share: 0.7", "audience: {tags: [跑步]}"
    )
    (told,) = mistakes(tmp_path, everybody)
    assert told.startswith("campaigns/weekend.yaml:4: variants: each has an audience")


SERIES = """title: 欢迎三步
purpose: service
trigger: followed
steps:
  - {after: 10m, message: {text: 欢迎！回复「推荐」试试。}}
  - {after: 2d, message: {item: recommend}}
"""


def test_a_series_is_a_campaign_for_each_step(tmp_path: Path) -> None:
    catalog = load(tmp_path, SERIES, "welcome.yaml")
    first, second = catalog.campaigns["welcome.1"], catalog.campaigns["welcome.2"]
    assert [*catalog.campaigns] == ["welcome.1", "welcome.2"] and first.series == second.series == "welcome"
    assert (first.trigger, second.trigger) == (Trigger("followed", 600), Trigger("followed", 172_800))
    assert (first.item, second.item) == ("", "recommend")
    assert read_snapshot("welcome.2", catalog.campaign_texts["welcome.2"], ZONE) == second


def test_what_an_event_is_about_is_the_item_where_none_is_written(tmp_path: Path) -> None:
    text = "title: 试\npurpose: marketing\ntrigger: {event: %s, %s}\nmessage: {text: '{title} {link}'}\n"
    service = text.replace("marketing", "service")
    ends = one(tmp_path, service % ("right_ends", "before: 3d"))
    assert (ends.item, ends.trigger) == (ITS_OWN, Trigger("right_ends", -259_200))
    (told,) = mistakes(tmp_path, text % ("order_abandoned", "before: 3d"))
    assert told.startswith("campaigns/weekend.yaml:3: before: nobody knows before when it will happen")
    assert "{title} needs an item" in mistakes(tmp_path, text % ("followed", "after: 1h"))[1]
    assert "is no span — minutes, hours or days" in mistakes(tmp_path, text % ("followed", "after: soon"))[0]
    assert "following is not about an item" in mistakes(tmp_path, text % ("followed", "item: running-30"))[0]
    assert "one of followed, order_abandoned" in mistakes(tmp_path, text % ("died", "after: 1h"))[0]


def test_a_draft_is_read_and_checked(tmp_path: Path) -> None:
    assert one(tmp_path, WEEKEND + "status: draft\n").draft and not one(tmp_path, WEEKEND).draft
    assert mistakes(tmp_path, changed("holdout: 2", "holdout") + "\nstatus: draft\n")


@pytest.mark.parametrize("name", ["Weekend.yaml", "周末.yaml", "a_b.yaml", f"{'x' * 49}.yaml", "a.1.yaml"])
def test_a_file_with_an_odd_name_is_told(name: str, tmp_path: Path) -> None:
    assert f"campaigns/{name}:1: the file name" in mistakes(tmp_path, WEEKEND, name)[0]


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "title: [\n"])
def test_a_file_that_holds_no_campaign_is_told(text: str, tmp_path: Path) -> None:
    assert mistakes(tmp_path, text)[0].startswith("campaigns/weekend.yaml:")


NOTICED = "title: 试\npurpose: {}\nchannels: [{}]\nnotice: {}\nmessage: {{item: running-30}}\n"


def test_a_notice_needs_a_template_of_its_kind(tmp_path: Path) -> None:
    assert (
        one(tmp_path, NOTICED.format("marketing", "notice", "new-item"), TEMPLATES.splitlines()[0]).notice == "new-item"
    )
    wrong_kind = mistakes(tmp_path, NOTICED.format("service", "notice", "course-opens"), templates=TEMPLATES)
    assert any(":3: channels: the notice of this campaign is of kind template" in one for one in wrong_kind), wrong_kind
    lacking = mistakes(tmp_path, NOTICED.format("service", "template", "x").replace("notice: x\n", ""))
    assert lacking[0].startswith("campaigns/weekend.yaml:3: channels: needs a notice")


def test_a_notice_is_filled_within_what_its_fields_take(tmp_path: Path) -> None:
    text = NOTICED.format("marketing", "notice", "new-item")
    of = 'new-item: {{kind: notice, template_id: "1234567890", fields: {{{}}}}}\n'
    phrase = mistakes(tmp_path, text, templates=of.format('phrase1: "现在就可以读了"'))
    (told,) = phrase
    assert told.startswith(
        "campaigns/weekend.yaml:4: notice: its field phrase1 may have 7 characters when it is filled"
    )
    assert load(tmp_path, text, templates=of.format('thing1: "这一篇现在就可以读了：{title}：{summary}"')).advice
    assert not load(tmp_path, text, templates=of.format('thing1: "{title}"')).advice
    empty = mistakes(tmp_path, text, templates=of.format(""))
    assert empty[0].startswith("templates.yaml:1: fields: is empty — WeChat refuses a notice without its fields")
    unfilled = mistakes(tmp_path, text, templates=of.format('thing1: "{paid_at}"'))
    assert "{paid_at} is not filled here" in unfilled[0]
    itemless = text.replace("{item: running-30}", "{text: 你好}")
    assert "needs {title}" in mistakes(tmp_path, itemless, templates=of.format('thing1: "{title}"'))[0]


def test_a_template_message_that_nothing_uses_is_refused_and_so_is_a_misspelt_one(tmp_path: Path) -> None:
    told = mistakes(tmp_path, WEEKEND, templates='reciept: {template_id: "1234567890", fields: {thing1: x}}\n')
    assert "reciept: is not sent by template — one of receipt, refunded, or what a campaign names" in told[0]
    windowed = changed("channels: [window]", "channels")
    assert not load(tmp_path, windowed, templates=TEMPLATES.splitlines()[0]).advice, "whoever consents waits for it"
    assert "course-opens: is not sent by template" in mistakes(tmp_path, windowed, templates=TEMPLATES)[0]


def test_the_only_notice_is_taken_where_none_is_named_and_the_snapshot_keeps_it(tmp_path: Path) -> None:
    only, two = TEMPLATES.splitlines()[0], TEMPLATES.splitlines()[0].replace("new-item", "news")
    catalog = load(tmp_path, WEEKEND, templates=only)
    campaign = catalog.campaigns["weekend"]
    assert (campaign.notice, campaign.channels, [*catalog.advice]) == ("new-item", ("window", "notice", "mass"), [])
    assert read_snapshot("weekend", catalog.campaign_texts["weekend"], ZONE) == campaign
    assert one(tmp_path, WEEKEND, f"{only}\n{two}\n").notice == "", "of two nobody knows which"
    assert one(tmp_path, changed("channels: [window]", "channels"), only).notice == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [("转发到朋友圈即可领取 {link}", "rewards sharing"), ("稳赚不赔 {link}", "promises what nobody can promise")],
)
def test_words_that_cost_the_account_are_told_at_their_line(text: str, said: str, tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, changed(f'  text: "{text}"', "text"))
    assert told.startswith(f'campaigns/weekend.yaml:{LINE["text"]}: text: "') and said in told


def test_doubtful_words_are_advice(tmp_path: Path) -> None:
    told = [str(one) for one in load(tmp_path, changed('  text: "最好的入门课 {link}"', "text")).advice]
    assert any(f":{LINE['text']}: text: " in one and "superlative" in one for one in told)


def test_a_service_notice_that_promotes_is_told_in_the_text_and_in_the_template(tmp_path: Path) -> None:
    text = "title: 试\npurpose: service\nmessage: {text: 限时八折}\n"
    assert "weekend.yaml:3: text: " in mistakes(tmp_path, text)[0]
    promoting = TEMPLATES.replace("可以开始读了", "新课八折")
    assert any(
        "weekend.yaml:4: notice: " in one and "promotes" in one
        for one in mistakes(tmp_path, NOTICED.format("service", "template", "course-opens"), templates=promoting)
    )


def test_blocked_words_are_told_wherever_they_would_be_sent(tmp_path: Path) -> None:
    (tmp_path / "blocked-words.txt").write_text("# 不许说\n跑满半小时 # 在摘要里\nVX\n", "utf-8")
    told = mistakes(tmp_path, "title: 试\npurpose: marketing\nmessage: {text: 加ＶＸ}\n")
    assert [one.partition(" — ")[0] for one in told] == [
        'articles/index-fund.md:6: summary: "跑满半小时" stands in blocked-words.txt',
        'articles/running-30.md:6: summary: "跑满半小时" stands in blocked-words.txt',
        'campaigns/weekend.yaml:3: text: "vx" stands in blocked-words.txt',
    ]


def test_a_moment_that_is_past_is_a_mistake_only_while_somebody_checks(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, changed('schedule: {at: "2026-11-01 10:00"}', "schedule"))
    assert load_catalog(folder, ZONE).campaigns, "a bot that starts after it must start"
    asked = []

    def late(name: str, at: int) -> bool:
        asked.append((name, at))
        return True

    with pytest.raises(ContentWrong) as wrong:
        load_catalog(folder, ZONE, late)
    assert asked == [("weekend", 1_793_498_400)]
    assert str(wrong.value).startswith(f'campaigns/weekend.yaml:{LINE["schedule"]}: at: "2026-11-01 10:00" is past')
    assert load_catalog(folder, ZONE, lambda name, at: False).campaigns


@pytest.mark.parametrize(
    ("event", "purpose", "good"),
    [
        ("order_abandoned", "marketing", True), ("item_published", "marketing", True), ("not_read_on", "service", True),
        ("right_ends", "service", True), ("order_abandoned", "service", False), ("item_published", "service", False),
        ("not_read_on", "marketing", False), ("right_ends", "marketing", False), ("followed", "marketing", True),
        ("followed", "service", True),
    ],
)  # fmt: skip
def test_what_a_series_is_about_decides_its_purpose(event: str, purpose: str, good: bool, tmp_path: Path) -> None:
    text = f"title: 试\npurpose: {purpose}\ntrigger: {event}\nmessage: {{text: 你好}}\n"
    if good:
        assert one(tmp_path, text).purpose == purpose
    else:
        (told,) = mistakes(tmp_path, text)
        assert told.startswith(f"campaigns/weekend.yaml:2: purpose: a series about {event}")


def test_a_long_text_is_no_matter_where_no_channel_carries_it(tmp_path: Path) -> None:
    text = NOTICED.format("marketing", "notice", "new-item").replace("running-30}", f"running-30, text: {'字' * 900}}}")
    assert one(tmp_path, text, TEMPLATES.splitlines()[0]).channels == ("notice",)


def test_a_field_that_may_be_empty_is_told(tmp_path: Path) -> None:
    text = NOTICED.format("marketing", "notice", "new-item")
    of = 'new-item: {{kind: notice, template_id: "1234567890", fields: {{thing1: "{}"}}}}\n'
    (told,) = mistakes(tmp_path, text, templates=of.format("{proof}"))
    assert told.startswith("campaigns/weekend.yaml:4: notice: its field thing1 may be empty")
    assert one(tmp_path, text, of.format("{title}{proof}")).notice == "new-item"


def test_as_many_a_week_as_a_day_is_a_cap_too(tmp_path: Path) -> None:
    assert one(tmp_path, changed("caps: {per_day: 1, per_week: 1}", "caps")).caps == Caps(1, 1)


@pytest.mark.parametrize("steps", ["[]", "[" + ", ".join(["{message: {text: 你好}}"] * 11) + "]"])
def test_a_series_has_from_one_to_ten_steps(steps: str, tmp_path: Path) -> None:
    told = mistakes(tmp_path, f"title: 试\npurpose: service\ntrigger: followed\nsteps: {steps}\n")
    assert any("weekend.yaml:4: steps: has " in one and "from 1 to 10" in one for one in told)
