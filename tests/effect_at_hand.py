"""A campaign that was sent, as rows: who was planned, held out and left out, and what they did then."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from domain.campaign import HELD_OUT, PLANNED, SENT, SKIPPED
from domain.ids import handle
from storage import campaign_deliveries, campaign_runs, followers, funnel
from storage.campaign_deliveries import Plan
from storage.funnel import Step
from storage.schema import campaign_deliveries as deliveries
from storage.schema import exposures, orders
from storage.schema import followers as people
from storage.store import Store

DAY = 86_400
NOON = 1_795_406_400
SLUG = "run-30"


class Effect:
    """Writes the rows that a campaign and its people would have left."""

    def __init__(self, store: Store, campaign: str = "weekend", at: int = NOON) -> None:
        self.store, self.campaign, self.at = store, campaign, at
        self._number = 0

    def run(
        self, planned: int, held: int = 0, excluded: int = 0, at: int | None = None, variants: tuple[str, ...] = ("a",),
        first: int = 0,
    ) -> str:  # fmt: skip
        """One run: people are numbered from `first`, the planned ones first, in turns of the variants."""
        at = self.at if at is None else at
        run_id = campaign_runs.run_id(self.campaign, at)
        plans = [
            Plan(who(first + n), PLANNED, variant=variants[n % len(variants)], slug=SLUG, due_at=at)
            for n in range(planned)
        ]
        plans += [Plan(who(first + n), HELD_OUT, slug=SLUG, due_at=at) for n in range(planned, planned + held)]
        plans += [Plan(f"oOut{first + n}", SKIPPED, "enough", variants[0]) for n in range(excluded)]
        with self.store.write() as tx:
            assert campaign_runs.launch(tx, self.campaign, at, "", "test", at)
            campaign_deliveries.plan(tx, run_id, plans, at)
            for plan in plans:
                followers.followed(tx, plan.openid, at - 30 * DAY, "")
        return run_id

    def sent(self, run_id: str, *numbers: int, at: int | None = None) -> None:
        """These people got it."""
        at = (self.at if at is None else at) + 60
        with self.store.engine.begin() as tx:
            for number in numbers:
                row = (deliveries.c.run_id == run_id) & (deliveries.c.openid == who(number))
                values = {"state": SENT, "channel": "window", "sent_at": at, "exposure_id": link(run_id, number)}
                tx.execute(update(deliveries).where(row).values(**values))
                shown = {
                    "id": link(run_id, number), "openid": who(number), "at": at, "slug": SLUG, "position": 1,
                    "policy": "campaign", "propensity": 1.0, "reason": "", "behaviour_id": run_id, "opened_at": None,
                    "terms": "",
                }  # fmt: skip
                tx.execute(insert(exposures).values(**shown))

    def opened(self, run_id: str, *numbers: int, at: int | None = None) -> None:
        """These people opened its link."""
        at = (self.at if at is None else at) + 600
        with self.store.engine.begin() as tx:
            for number in numbers:
                mine = exposures.c.id == link(run_id, number)
                tx.execute(update(exposures).where(mine).values(opened_at=at))

    def saw(self, number: int, at: int) -> None:
        """Somebody saw an item's page by themselves."""
        with self.store.write() as tx:
            funnel.add(tx, Step(funnel.SEEN, at, who(number), SLUG, "wechat"))

    def bought(self, number: int, at: int, fen: int = 990, **more: Any) -> None:
        """Somebody paid."""
        self._number += 1
        values = {
            "order_no": f"{self.campaign[:8]}{self._number}", "buyer": who(number), "payer": "", "slug": SLUG,
            "kind": "article", "title": "t", "price_fen": fen, "amount_fen": fen, "coupon": "", "method": "jsapi",
            "reason": "", "rejected": "{}", "exposure_id": "", "state": "paid", "created_at": at - 60, "expires_at": at,
            "superseded": 0, "prepay": "", "prepay_until": 0, "asks": 0, "transaction_id": "", "trade_type": "",
            "paid_at": at, "refund_fen": 0, "refunded_fen": 0, **more,
        }  # fmt: skip
        with self.store.engine.begin() as tx:
            tx.execute(insert(orders).values(**values))

    def left(self, number: int, at: int) -> None:
        """Somebody stopped following."""
        with self.store.engine.begin() as tx:
            gone = update(people).where(people.c.openid == who(number))
            tx.execute(gone.values(subscribed=0, unsubscribed_at=at))


def who(number: int) -> str:
    """Their openid."""
    return f"oFan{number:05d}"


def link(run_id: str, number: int) -> str:
    """The id of the exposure in their message."""
    return f"{handle(who(number))}{run_id}"
