"""Orders: made before WeChat Pay is called, and changed only where the state allows it: the row count decides."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import ColumnElement, Executable, Update, and_, bindparam, case, delete, or_, select, update

from domain.order import BOUGHT, CLOSED, PAID, REFUNDED, REFUNDING, WAITING, Order
from storage.dialect import insert_once
from storage.schema import open_orders
from storage.schema import orders as table
from storage.store import Transaction


def add(tx: Transaction, order: Order) -> bool:
    """Store a new order; False when the number is taken."""
    # a number: PostgreSQL takes no boolean for one
    return tx.change(_add, **{**asdict(order), "superseded": int(order.superseded)}) == 1


def find(tx: Transaction, order_no: str) -> Order | None:
    """The order, or None."""
    row = tx.row(_find, wanted=order_no)
    return _order(row) if row else None


def of_source(tx: Transaction, source: str) -> Order | None:
    """The order that a right names as its source, None when it came from no order."""
    return find(tx, source.removeprefix(BOUGHT)) if source.startswith(BOUGHT) else None


def of(tx: Transaction, buyer: str, most: int) -> list[Order]:
    """A buyer's orders, the newest first."""
    return [_order(row) for row in tx.rows(_of, who=buyer, most=most)]


def lately(tx: Transaction, most: int, state: str = "") -> list[Order]:
    """Everybody's orders (of a state), the newest first."""
    rows = tx.rows(_lately_in, state=state, most=most) if state else tx.rows(_lately, most=most)
    return [_order(row) for row in rows]


# --- the one open order of a buyer for an item -------------------------------------------------------------------


def open_one(tx: Transaction, buyer: str, slug: str) -> str:
    """The number of the order that waits for money, "" if none does."""
    row = tx.row(_open_one, who=buyer, slug=slug)
    return str(row[0]) if row else ""


def take_place(tx: Transaction, buyer: str, slug: str, order_no: str, instead_of: str) -> bool:
    """Be the open order instead of another ("" = none); False when somebody else took the place meanwhile."""
    if not instead_of:
        return tx.change(_open_first, buyer=buyer, slug=slug, order_no=order_no) == 1
    return tx.change(_open_instead, who=buyer, which=slug, old=instead_of, new=order_no) == 1


def leave_place(tx: Transaction, order: Order) -> None:
    """Be no open order any more."""
    tx.change(_leave, who=order.buyer, which=order.slug, old=order.order_no)


def supersede(tx: Transaction, order_no: str, now: int) -> bool:
    """Another order takes its place: it is to be closed at WeChat Pay at once."""
    return tx.change(_supersede, wanted=order_no, now=now) == 1


# --- what happens to an order ------------------------------------------------------------------------------------


def prepaid(tx: Transaction, order_no: str, prepay: str, until: int) -> bool:
    """WeChat Pay took the order: `prepay` calls up the payment until then."""
    return tx.change(_prepaid, wanted=order_no, prepay=prepay, until=until) == 1


def pay(tx: Transaction, order_no: str, transaction_id: str, trade_type: str, at: int) -> bool:
    """The money came, also after the close. False when that was known."""
    return tx.change(_pay, wanted=order_no, transaction_id=transaction_id, trade_type=trade_type, at=at) == 1


def close(tx: Transaction, order_no: str, at: int) -> bool:
    """WeChat Pay takes no money for it any more. False unless it was waiting."""
    return tx.change(_close, wanted=order_no, at=at) == 1


def reserve_refund(tx: Transaction, order_no: str, fen: int) -> bool:
    """Money is asked back: never more than came."""
    return tx.change(_reserve, wanted=order_no, fen=fen) == 1


def finish_refund(tx: Transaction, order_no: str, fen: int) -> bool:
    """Money that was asked back is back."""
    return tx.change(_finish, wanted=order_no, fen=fen) == 1


def drop_refund(tx: Transaction, order_no: str, fen: int) -> bool:
    """Money that was asked back stays: WeChat Pay refused."""
    return tx.change(_drop, wanted=order_no, fen=fen) == 1


def to_ask(tx: Transaction, now: int, most: int) -> list[Order]:
    """Orders WeChat Pay should be asked about now, the longest overdue first."""
    return [_order(row) for row in tx.rows(_to_ask, now=now, most=most)]


def asking(tx: Transaction, order: Order, ask_at: int | None) -> bool:
    """Take the waiting order's turn to be asked about, and set the next; False when another process took it."""
    return tx.change(_asking, wanted=order.order_no, asked=order.asks, asks=order.asks + 1, ask_at=ask_at) == 1


def ask_again(tx: Transaction, order_no: str, ask_at: int | None) -> None:
    """When to ask about it next."""
    tx.change(_ask_again, wanted=order_no, ask_at=ask_at)


def paid_between(tx: Transaction, begin: int, end: int) -> list[Order]:
    """Orders whose money came within [begin, end)."""
    return [_order(row) for row in tx.rows(_paid_between, begin=begin, end=end)]


def unpaid_between(tx: Transaction, begin: int, end: int, most: int) -> list[Order]:
    """Orders made within [begin, end) that still wait for money, and that no other took the place of."""
    return [_order(row) for row in tx.rows(_unpaid_between, begin=begin, end=end, most=most)]


def move(tx: Transaction, buyer: str, to: str) -> int:
    """Give a buyer's orders to another; return how many."""
    tx.change(_move_open, who=buyer)
    return tx.change(_move, who=buyer, to=to)


_NAMES = [field.name for field in fields(Order)]
_COLUMNS = [table.c[name] for name in _NAMES]


def _order(row: tuple[object, ...]) -> Order:
    known = dict(zip(_NAMES, row, strict=True))
    known["superseded"] = bool(known["superseded"])
    return Order(**known)  # type: ignore[arg-type]


def _the(*states: str) -> Update:
    """Change the order of that number if it is in one of the states."""
    mine: ColumnElement[bool] = table.c.order_no == bindparam("wanted")
    return update(table).where(mine, or_(*(table.c.state == state for state in states)))


def _add(backend: str) -> Executable:
    return insert_once(table, backend)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.order_no == bindparam("wanted"))


def _of(backend: str) -> Executable:
    newest = select(*_COLUMNS).where(table.c.buyer == bindparam("who"))
    return newest.order_by(table.c.created_at.desc(), table.c.order_no).limit(bindparam("most"))


def _lately(backend: str) -> Executable:
    return select(*_COLUMNS).order_by(table.c.created_at.desc(), table.c.order_no).limit(bindparam("most"))


def _lately_in(backend: str) -> Executable:
    found = select(*_COLUMNS).where(table.c.state == bindparam("state"))
    return found.order_by(table.c.created_at.desc(), table.c.order_no).limit(bindparam("most"))


def _open_one(backend: str) -> Executable:
    return select(open_orders.c.order_no).where(
        open_orders.c.buyer == bindparam("who"), open_orders.c.slug == bindparam("slug")
    )


def _open_first(backend: str) -> Executable:
    return insert_once(open_orders, backend)


def _open_instead(backend: str) -> Executable:
    return (
        update(open_orders)
        .where(
            open_orders.c.buyer == bindparam("who"),
            open_orders.c.slug == bindparam("which"),
            open_orders.c.order_no == bindparam("old"),
        )
        .values(order_no=bindparam("new"))
    )


def _leave(backend: str) -> Executable:
    return delete(open_orders).where(
        open_orders.c.buyer == bindparam("who"),
        open_orders.c.slug == bindparam("which"),
        open_orders.c.order_no == bindparam("old"),
    )


def _supersede(backend: str) -> Executable:
    return _the(WAITING).values(superseded=1, ask_at=bindparam("now"))


def _prepaid(backend: str) -> Executable:
    return _the(WAITING).values(prepay=bindparam("prepay"), prepay_until=bindparam("until"))


def _pay(backend: str) -> Executable:
    return _the(WAITING, CLOSED).values(
        state=PAID, transaction_id=bindparam("transaction_id"), trade_type=bindparam("trade_type"),
        paid_at=bindparam("at"), ask_at=None,
    )  # fmt: skip


def _close(backend: str) -> Executable:
    return _the(WAITING).values(state=CLOSED, closed_at=bindparam("at"), ask_at=None)


def _reserve(backend: str) -> Executable:
    enough = table.c.refund_fen + bindparam("fen") <= table.c.amount_fen
    return _the(PAID, REFUNDING).where(enough).values(state=REFUNDING, refund_fen=table.c.refund_fen + bindparam("fen"))


def _finish(backend: str) -> Executable:
    # MySQL sets one column after the other, in the table's order, and reads what it has set: the state comes first.
    back = table.c.refunded_fen + bindparam("fen")
    return _the(REFUNDING).values(
        state=case((back >= table.c.amount_fen, REFUNDED), (back == table.c.refund_fen, PAID), else_=REFUNDING),
        refunded_fen=back,
    )


def _drop(backend: str) -> Executable:
    asked = table.c.refund_fen - bindparam("fen")
    return _the(REFUNDING).values(
        state=case((asked == table.c.refunded_fen, PAID), else_=REFUNDING),
        refund_fen=asked,
    )


def _to_ask(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.ask_at <= bindparam("now")).order_by(table.c.ask_at).limit(bindparam("most"))


def _asking(backend: str) -> Executable:
    return (
        _the(WAITING)
        .where(table.c.asks == bindparam("asked"))
        .values(asks=bindparam("asks"), ask_at=bindparam("ask_at"))
    )


def _ask_again(backend: str) -> Executable:
    return _the(WAITING).values(ask_at=bindparam("ask_at"))


def _paid_between(backend: str) -> Executable:
    found = select(*_COLUMNS).where(table.c.paid_at >= bindparam("begin"), table.c.paid_at < bindparam("end"))
    return found.order_by(table.c.order_no)


def _unpaid_between(backend: str) -> Executable:
    made = and_(table.c.created_at >= bindparam("begin"), table.c.created_at < bindparam("end"))
    found = select(*_COLUMNS).where(made, table.c.state == WAITING, table.c.superseded == 0)
    return found.order_by(table.c.created_at, table.c.order_no).limit(bindparam("most"))


def _move(backend: str) -> Executable:
    return update(table).where(table.c.buyer == bindparam("who")).values(buyer=bindparam("to"))


def _move_open(backend: str) -> Executable:
    return delete(open_orders).where(open_orders.c.buyer == bindparam("who"))
