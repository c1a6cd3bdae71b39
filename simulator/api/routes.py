"""Every address of the server API, in one list."""

from functools import partial

from flask import Flask

from simulator.api import (
    base,
    custom,
    datacube,
    drafts,
    mass,
    media,
    menu,
    notice,
    oauth,
    openapi,
    qrcode,
    tags,
    template,
    users,
)
from simulator.api.call import Route, serve_call
from simulator.platform import Platform

ROUTES: tuple[Route, ...] = (
    *base.ROUTES,
    *menu.ROUTES,
    *custom.ROUTES,
    *template.ROUTES,
    *notice.ROUTES,
    *mass.ROUTES,
    *tags.ROUTES,
    *users.ROUTES,
    *qrcode.ROUTES,
    *media.ROUTES,
    *drafts.ROUTES,
    *oauth.ROUTES,
    *datacube.ROUTES,
    *openapi.ROUTES,
)


def register(app: Flask, platform: Platform) -> None:
    for route in ROUTES:
        app.add_url_rule(
            route.path,
            f"{route.method} {route.path}",
            partial(serve_call, platform, route),
            methods=[route.method],
        )
