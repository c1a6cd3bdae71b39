"""Consents: what a follower answered when asked for a 订阅通知, and what each yes was used for.

One yes allows one message, and never runs out; a later no takes back every yes that is not used. WeChat's pushed event
tells it, not the page (``docs/platform.md``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import Executable, Select, bindparam, or_, select, update

from storage.among import among, rows_among
from storage.dialect import insert_once
from storage.schema import consents as table
from storage.store import Build, Transaction

ACCEPT, REJECT = ANSWERS = ("accept", "reject")
PAGE, ARTICLE, SETTINGS = "page", "article", "settings"
"""Where they were asked; in the settings they can only say no."""
NONE_LEFT = "none left"
"""What a yes was used for that WeChat does not know of."""


def answered(tx: Transaction, event: str, openid: str, template_id: str, answer: str, scene: str, at: int) -> bool:
    """A yes or a no, told by this event (its key): False when the same event told it before."""
    told = hashlib.sha256(f"{event}\n{template_id}".encode()).hexdigest()
    return (
        tx.change(
            _answered, id=told, openid=openid, template_id=template_id[:64], at=at, answer=answer, scene=scene,
            spent_on="", spent_at=None,
        )
        == 1
    )  # fmt: skip


def left(tx: Transaction, openid: str, template_id: str) -> int:
    """How many messages of this template they still agreed to."""
    return left_of(tx, (openid,), template_id).get(openid, 0)


def of(tx: Transaction, openid: str) -> dict[str, int]:
    """Template -> how many messages of it they still agreed to; a template of which none is left is missing."""
    templates = [row[0] for row in tx.rows(_templates, who=openid)]
    return {template: count for template in templates if (count := left(tx, openid, template))}


def left_of(tx: Transaction, openids: Collection[str], template_id: str) -> dict[str, int]:
    """The same of many; who agreed to none is missing."""
    return {openid: len(ids) for openid, ids in _unused(tx, openids, template_id).items()}


def who_agreed(tx: Transaction, template_id: str) -> set[str]:
    """Everybody who agreed to a message of this template that is not sent yet. Reads the whole table."""
    return {*_good(tx.rows(_all_answers, template=template_id))}


def spend(tx: Transaction, openid: str, template_id: str, what: str, at: int) -> bool:
    """Use one yes, the oldest, for this message: False when there is none."""
    unused = _unused(tx, (openid,), template_id).get(openid, [])
    return any(tx.change(_spend, which=consent, what=what, at=at) == 1 for consent in unused)


def give_back(tx: Transaction, openid: str, what: str) -> bool:
    """The message was not sent: the yes it took is there again."""
    return bool(what) and tx.change(_give_back, who=openid, what=what) == 1


def none_left(tx: Transaction, openid: str, template_id: str, at: int) -> None:
    """WeChat says that they agreed to no more (43101): what we took for a yes is none."""
    tx.change(_none_left, who=openid, template=template_id, at=at)


def _unused(tx: Transaction, openids: Collection[str], template_id: str) -> dict[str, list[str]]:
    """Openid -> ids of each yes that is still good, the oldest first."""
    return _good(rows_among(tx, _answers, openids, template=template_id))


def _good(answers: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """(openid, id, answer) in their order -> the ids of each one's yeses after their last no."""
    found: dict[str, list[str]] = {}
    for openid, consent, answer in answers:
        if answer == ACCEPT:
            found.setdefault(openid, []).append(consent)
        else:
            found.pop(openid, None)
    return found


def _answered(backend: str) -> Executable:
    return insert_once(table, backend)


def _templates(backend: str) -> Executable:
    return select(table.c.template_id).where(table.c.openid == bindparam("who")).distinct()


@cache
def _answers(size: int) -> Build:
    return lambda backend: _in_order().where(among(table.c.openid, size))


def _all_answers(backend: str) -> Executable:
    return _in_order()


def _in_order() -> Select[tuple[str, str, str]]:
    of_template = table.c.template_id == bindparam("template")
    unused = or_(table.c.answer == REJECT, table.c.spent_on == "")
    asked = select(table.c.openid, table.c.id, table.c.answer).where(of_template, unused)
    return asked.order_by(table.c.at, table.c.answer, table.c.id)  # of one second's answers the no counts


def _spend(backend: str) -> Executable:
    unused = update(table).where(table.c.id == bindparam("which"), table.c.spent_on == "")
    return unused.values(spent_on=bindparam("what"), spent_at=bindparam("at"))


def _give_back(backend: str) -> Executable:
    used = update(table).where(table.c.openid == bindparam("who"), table.c.spent_on == bindparam("what"))
    return used.values(spent_on="", spent_at=None)


def _none_left(backend: str) -> Executable:
    theirs = update(table).where(table.c.openid == bindparam("who"), table.c.template_id == bindparam("template"))
    return theirs.where(table.c.spent_on == "").values(spent_on=NONE_LEFT, spent_at=bindparam("at"))
