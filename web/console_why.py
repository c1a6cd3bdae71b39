"""Why one follower is shown an item, or is not, in the console: asked from the page of the follower."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from catalog.load import Catalog
from domain.ids import handle
from domain.item import Item
from domain.why_sentences import bar_sentence
from flows.console_follower import look_why
from flows.find_items import meant
from web.console_office import Office

LONGEST_NAME, MOST_NAMED = 100, 200
"""Characters of an item's slug or title; titles a browser offers while one is typed."""


def add_why(console: Blueprint, office: Office) -> None:
    """The page of one follower and one item."""

    @console.get("/followers/<address>/why", endpoint="why")
    def why(address: str) -> Response:
        catalog, openid = office.catalog.current, office.door.at_address(address)
        typed = request.args.get("item", "").strip()[:LONGEST_NAME]
        slugs = meant(catalog, typed) if typed.isprintable() else ()
        slug = slugs[0] if len(slugs) == 1 else "" if slugs else typed
        found = look_why(office.store, catalog, openid, slug, office.me.name, office.now) if openid else None
        if found is None:
            abort(404)
        sayings = [bar_sentence(bar, office.zone) for bar in found.bars]
        return office.page(
            "why.html",
            why=found if slug else None,
            sayings=sayings,
            typed=typed,
            choices=[catalog.items[one] for one in slugs if one in catalog.items] if not slug else [],
            address=address,
            handle=handle(openid),
            items=named(catalog),
        )


def named(catalog: Catalog) -> list[Item]:
    """Items to choose among by title, the newest first."""
    return list(catalog.shelf.items[:MOST_NAMED])
