"""Orders, rights and what is owed: each change happens once, and only from the states that allow it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command

from domain.order import CLOSED, PAID, REFUNDED, REFUNDING, WAITING, Order, new_number
from storage import deliveries, entitlements, orders
from storage.migrate import _config, migrate
from storage.store import Store

ORDER = Order(
    "n1", "o1", "o1", "run-30", "article", "从喘到跑", 990, 890, "", "jsapi", "in WeChat", "{}", "", WAITING, 100, 1_900
)


@pytest.fixture
def placed(store: Store) -> Store:
    with store.write() as tx:
        assert orders.add(tx, ORDER)
    return store


def state(store: Store) -> Order:
    with store.read() as tx:
        found = orders.find(tx, "n1")
    assert found
    return found


def test_a_number_is_taken_once(placed: Store) -> None:
    with placed.write() as tx:
        assert not orders.add(tx, replace(ORDER, buyer="o2"))
    assert state(placed) == ORDER


def test_every_flag_goes_in_as_a_number_as_strict_databases_want_it() -> None:
    class Listening:
        def __init__(self) -> None:
            self.sent: dict[str, object] = {}

        def change(self, build: object, **values: object) -> int:
            self.sent = values
            return 1

    tx = Listening()
    orders.add(tx, replace(ORDER, superseded=True))  # type: ignore[arg-type]
    assert tx.sent["superseded"] == 1
    assert not [name for name, value in tx.sent.items() if isinstance(value, bool)]


def test_a_payment_counts_once_also_after_the_close(placed: Store) -> None:
    with placed.write() as tx:
        assert orders.close(tx, "n1", 200) and not orders.close(tx, "n1", 201)
        assert orders.find(tx, "n1") == replace(ORDER, state=CLOSED, closed_at=200)
        assert [orders.pay(tx, "n1", "t1", "JSAPI", at) for at in (300, 301)] == [True, False]
        assert not orders.close(tx, "n1", 302)
    assert state(placed) == replace(
        ORDER, state=PAID, closed_at=200, transaction_id="t1", trade_type="JSAPI", paid_at=300
    )


def test_no_more_is_asked_back_than_came_and_the_last_part_ends_it(placed: Store) -> None:
    with placed.write() as tx:
        assert not orders.reserve_refund(tx, "n1", 1), "nothing came yet"
        orders.pay(tx, "n1", "t1", "JSAPI", 300)
        assert orders.reserve_refund(tx, "n1", 400) and not orders.reserve_refund(tx, "n1", 491)
    assert (state(placed).state, state(placed).returnable_fen) == (REFUNDING, 490)
    with placed.write() as tx:
        assert orders.finish_refund(tx, "n1", 400)
    assert (state(placed).state, state(placed).refunded_fen) == (PAID, 400)
    with placed.write() as tx:
        assert orders.reserve_refund(tx, "n1", 90) and orders.reserve_refund(tx, "n1", 400)
        assert orders.drop_refund(tx, "n1", 90)
    assert (state(placed).state, state(placed).refund_fen) == (REFUNDING, 800)
    with placed.write() as tx:
        orders.drop_refund(tx, "n1", 400)
    assert (state(placed).state, state(placed).refund_fen) == (PAID, 400)
    with placed.write() as tx:
        orders.reserve_refund(tx, "n1", 490)
        orders.finish_refund(tx, "n1", 490)
    assert (state(placed).state, state(placed).refunded_fen) == (REFUNDED, 890)


def test_one_order_of_a_buyer_for_an_item_is_open(store: Store) -> None:
    with store.write() as tx:
        assert orders.take_place(tx, "o1", "run-30", "n1", "") and not orders.take_place(tx, "o1", "run-30", "n2", "")
        assert orders.take_place(tx, "o1", "run-30", "n2", "n1") and not orders.take_place(
            tx, "o1", "run-30", "n3", "n1"
        )
        assert orders.open_one(tx, "o1", "run-30") == "n2"
        orders.leave_place(tx, ORDER)
        assert orders.open_one(tx, "o1", "run-30") == "n2", "a former one has no place to leave"


def test_one_process_has_the_turn_to_ask(placed: Store) -> None:
    with placed.write() as tx:
        orders.ask_again(tx, "n1", 105)
        assert [order.order_no for order in orders.to_ask(tx, 105, 10)] == ["n1"] and not orders.to_ask(tx, 104, 10)
        order = orders.to_ask(tx, 105, 10)[0]
        assert orders.asking(tx, order, 130) and not orders.asking(tx, order, 130)
        assert not orders.to_ask(tx, 129, 10)


def test_a_right_moves_with_its_source_and_is_taken_back_by_it(store: Store) -> None:
    with store.write() as tx:
        entitlements.grant(tx, "r:a", "run-30", "order:n1", 100)
        entitlements.grant(tx, "r:a", "stretch", "order:n2", 100)
        entitlements.grant(tx, "o1", "stretch", "order:n3", 100)
        assert entitlements.move(tx, "r:a", "o1") == 1
        assert set(entitlements.owned(tx, "o1", 200)) == {"run-30", "stretch"}
        assert entitlements.owned(tx, "r:a", 200) == ("stretch",), "what the other has already stays"
        assert entitlements.holder(tx, "run-30", "order:n1") == "o1"
        assert not entitlements.withdraw(tx, "run-30", "order:n9")
        assert entitlements.withdraw(tx, "run-30", "order:n1") and not entitlements.owns(tx, "o1", "run-30", 200)


def test_a_right_that_has_run_out_is_granted_anew(store: Store) -> None:
    with store.write() as tx:
        assert entitlements.grant(tx, "o1", "club", "order:n1", 100, 200)
        assert not entitlements.grant(tx, "o1", "club", "order:n2", 199, 300)
        assert entitlements.grant(tx, "o1", "club", "order:n2", 200, 300)
        assert entitlements.owns(tx, "o1", "club", 299) and not entitlements.owns(tx, "o1", "club", 300)


def test_a_receipt_is_owed_once(store: Store) -> None:
    with store.write() as tx:
        assert [deliveries.owe(tx, "receipt", "o1", "n1", "run-30", 5, 5) for _ in range(2)] == [True, False]


def test_orders_move_to_the_follower_who_claims_them(placed: Store) -> None:
    with placed.write() as tx:
        assert orders.move(tx, "o1", "o2") == 1 and not orders.of(tx, "o1", 9)
        assert [order.order_no for order in orders.of(tx, "o2", 9)] == ["n1"]


def test_numbers_fit_wechat_pay() -> None:
    assert new_number(bytes(15)) == "a" * 24
    with pytest.raises(ValueError, match="15"):
        new_number(b"")


def test_a_database_of_the_first_version_brings_itself_up_to_date(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'old.db'}")
    with store.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "gift", 5)
    store.close()
    shutil.copyfile(tmp_path / "old.db", tmp_path / "new.db")
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    assert migrate(store.engine)[0] == "orders, refunds and what surrounds them"
    with store.write() as tx:
        assert orders.add(tx, ORDER) and entitlements.owned(tx, "o1", 9) == ("run-30",)
    store.close()
