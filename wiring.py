"""Builds the house: the one place where real things are chosen and put together."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from catalog.campaign_editor import CampaignFiles
from catalog.campaigns import read_snapshot
from catalog.live import LiveCatalog
from catalog.load import load_catalog
from config import Settings, doubts, load
from domain.campaign import Campaign
from domain.claim import ClaimCodes
from domain.item import Item
from domain.link import LinkSigner
from domain.payment import Merchant
from errors import SettingWrong, ShutongError
from flows.adjust_shares import shares_now
from flows.deliver_receipt import Place
from flows.live_learned import LiveLearned
from flows.preview_campaign import Previewer
from flows.show_held import Visiting
from flows.till import Till
from follow_clock import FollowedClock
from handlers.door import Door
from storage import campaign_runs
from storage.campaign_runs import Run
from storage.console_users import ConsoleUsers
from storage.migrate import migrate, require_current
from storage.secrets_held import HeldSecret
from storage.store import Store
from storage.together import Together
from storage.vault import Vault
from supervisor import end_with_parent
from web.app import WSGI, Rooms, front, make_app
from web.checkout import make_checkout
from web.console import make_console
from web.console_door import ConsoleDoor
from web.console_office import Office
from web.health import Counts, make_health
from web.js_config import make_js_config
from web.me import make_me
from web.pages import make_pages
from web.pay_notify import make_pay_notify
from web.places import Places
from web.reactions import make_reactions
from web.reader import ReaderCookie
from web.shop import Shop
from web.sign_in import make_sign_in
from web.visitor import Visitors
from web.webhook import Webhook
from wechat.api import WeChatApi
from wechat.envelope import Envelope
from wechat.oauth import OAuth
from wechat.pay import PayApi
from wechat.tickets import PageSigner, TicketKeeper
from wechat.tokens import TokenKeeper

log = logging.getLogger(__name__)

COLLECT_AFTER = 20_000, 20, 20
"""New objects until the youngest are looked at, and how many times that until the older ones are."""


@dataclass
class House:
    """The rooms that are shared by the roles."""

    settings: Settings
    store: Store
    clock: Callable[[], float]
    chance: Callable[[], float] = secrets.SystemRandom().random  # in [0, 1): what is tried out when recommending

    @cached_property
    def together(self) -> Together:
        """Where pushes are stored: a line before one connection of their own."""
        return Together(Store(self.settings.database_url, one_connection=True))

    @cached_property
    def catalog(self) -> LiveCatalog:
        """The content, read when it is first needed: a fault in it must not stop what works without."""
        settings = self.settings
        return LiveCatalog(settings.content_dir, partial(load_catalog, settings.content_dir, settings.timezone))

    @cached_property
    def learned(self) -> LiveLearned:
        """What all followers together taught: nothing until it is read, then the catalogue is ranked by it."""
        return LiveLearned(self.store, lambda learned: self.catalog.teach(learned))

    @property
    def exact_clock(self) -> Callable[[], float]:
        """For money: WeChat Pay refuses what is minutes off, and a followed clock may have jumped by days."""
        return self.clock.asked if isinstance(self.clock, FollowedClock) else self.clock

    @cached_property
    def followed_catalog(self) -> LiveCatalog:
        """The content, for a role that reads it now and then: it follows the files from its first use on."""
        self.catalog.follow()
        return self.catalog

    @cached_property
    def pay(self) -> PayApi | None:
        """WeChat Pay for the merchant; None when none is set up: nothing is sold then."""
        settings = self.settings
        if not settings.wechatpay_mch_id:
            return None
        keys = {
            "private": settings.wechatpay_private_key,
            "public": settings.wechatpay_public_key,
            "public_id": settings.wechatpay_public_key_id,
            "api_v3": settings.wechatpay_api_v3_key,
        }
        merchant = Merchant(settings.wechat_app_id, settings.wechatpay_mch_id)
        serial, base = settings.wechatpay_cert_serial, settings.wechatpay_api_base
        return PayApi(merchant, serial, keys, base, settings.public_url, self.exact_clock)

    @cached_property
    def vault(self) -> Vault | None:
        """What encrypts personal facts; None before ``DATA_KEYS`` are set: none are kept then."""
        return Vault(self.settings.data_keys) if self.settings.data_keys else None

    @cached_property
    def till(self) -> Till | None:
        """Our books and WeChat Pay; None when no merchant is set up."""
        if self.pay is None:
            return None
        return Till(self.store, self.pay, vault(self.settings).hide, secrets.token_bytes, self._items)

    def _items(self) -> Mapping[str, Item]:
        """What is on the shelf; nothing when the content cannot be read."""
        try:
            return self.catalog.current.items
        except ShutongError as wrong:
            log.error("the content cannot be read, so a purchase teaches nothing: %s", wrong)
            return {}

    def close(self) -> None:
        """Close the database's connections."""
        self.together.store.close()
        self.store.close()


def build(settings: Settings, clock: Callable[[], float] | None = None) -> House:
    """Open the database; an embedded one brings itself up to date.

    `clock` gives the seconds since 1970; by default the machine's, or the one at ``CLOCK_URL``.
    """
    store = Store(settings.database_url)
    if store.backend == "sqlite":
        migrate(store.engine)
    require_current(store.engine)
    return House(settings, store, clock or _clock_of(settings))


def never_ran(settings: Settings) -> Callable[[str, int], bool]:
    """Says of a campaign and its moment that it is past and nothing was launched then, as far as the database knows:
    one that is not there, or cannot be asked, knows nothing."""
    now = time.time()

    def late(name: str, at: int) -> bool:
        return at <= now and not _was_launched(settings.database_url, campaign_runs.run_id(name, at))

    return late


def _was_launched(database_url: str, run_id: str) -> bool:
    file = database_url.removeprefix("sqlite:///")
    if file != database_url and not Path(file).is_file():
        return False  # opening it would make it
    store = Store(database_url)
    try:
        with store.read() as tx:
            return campaign_runs.find(tx, run_id) is not None
    except ShutongError:
        return False
    finally:
        store.close()


def _clock_of(settings: Settings) -> Callable[[], float]:
    if not settings.clock_url:
        return time.time
    followed = FollowedClock(settings.clock_url)
    followed.follow()
    return followed


def web_application(house: House) -> WSGI:
    """The whole web side as one WSGI application."""
    settings, store, catalog, clock = house.settings, house.store, house.catalog, house.clock
    counts = Counts()
    links = LinkSigner(settings.secret_key)
    door = Door(
        house.together,
        catalog,
        links,
        settings.public_url,
        settings.wechat_tappable_text,
        settings.timezone,
        ClaimCodes(settings.secret_key),
        house.vault,
        house.chance,
        counts.push,
        _visiting(house),
    )
    envelope = Envelope(
        settings.wechat_token,
        settings.wechat_app_id,
        settings.wechat_aes_key,
        settings.wechat_max_skew_seconds,
    )
    rooms = [
        *_pages(house, links),
        make_console(_office(house), lambda: previewer(house)),
        make_pay_notify(house.till, clock, counts.pay_notice),
        make_health(store, catalog, counts),
    ]
    app = make_app(rooms, settings.frame_ancestors)
    return front(app, Webhook(envelope, door.receive, clock, counts.push))


def _pages(house: House, links: LinkSigner) -> Rooms:
    """Everything a follower's browser opens."""
    settings = house.settings
    secret, secure = settings.secret_key, settings.public_url.startswith("https:")
    shop = Shop(
        house.store, house.catalog, house.till, Visitors(secret, secure), ReaderCookie(secret, secure), Places(),
        house.exact_clock, settings.public_url, settings.ios_virtual_goods, house.vault, _visiting(house),
        page_signer(house),
    )  # fmt: skip
    oauth = OAuth(
        settings.wechat_oauth_base, settings.wechat_api_base, settings.wechat_app_id, settings.wechat_app_secret
    )
    return [
        make_pages(shop, links, ClaimCodes(secret), settings.timezone),
        make_js_config(shop),
        make_reactions(shop),
        make_checkout(shop),
        make_me(shop, settings.timezone),
        make_sign_in(oauth, shop.visitors, shop.places, settings.public_url, secret),
    ]


def console_users(settings: Settings) -> ConsoleUsers:
    """The operators' accounts."""
    return ConsoleUsers(settings.console_users_file)


def _office(house: House) -> Office:
    """What the operator console works with."""
    settings, users = house.settings, console_users(house.settings)
    door = ConsoleDoor(house.store, users, settings.secret_key, settings.public_url.startswith("https:"))
    return Office(
        house.store, house.catalog, house.till, users, door, house.clock, settings.timezone,
        lambda hidden: vault(settings).show(hidden), house.vault,
        CampaignFiles(settings.content_dir, settings.timezone),
    )  # fmt: skip


def application() -> WSGI:
    """What the web server's workers load: built from the environment, following the content files."""
    end_with_parent()
    settings = load(os.environ)
    log_to_stderr(settings.log_level)
    for doubt in doubts(settings):
        logging.getLogger(__name__).warning(doubt)
    house = build(settings)
    house.catalog.follow()
    house.learned.follow()
    application = web_application(house)
    spare_collector()
    return application


def spare_collector() -> None:
    """What is loaded stays as long as the process: the garbage collector need not look at it again and again. A
    dictionary and a catalogue are a million objects. A worker sends twice as many messages a second so."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def vault(settings: Settings) -> Vault:
    """What encrypts personal facts and lent secrets."""
    if not settings.data_keys:
        raise SettingWrong("DATA_KEYS", "is not set", "44 characters, made by: openssl rand -base64 32 | tr '+/' '-_'")
    return Vault(settings.data_keys)


def wechat_api(house: House) -> WeChatApi:
    """WeChat's API for the account, its token shared through the database."""
    return WeChatApi(house.settings.wechat_api_base, house.settings.wechat_app_id, token_keeper(house))


def token_keeper(house: House) -> TokenKeeper:
    """Hands out the account's token, shared through the database."""
    settings = house.settings
    shelf = HeldSecret(house.store, vault(settings), "access_token")
    return TokenKeeper(settings.wechat_api_base, settings.wechat_app_id, settings.wechat_app_secret, shelf, house.clock)


def page_signer(house: House) -> PageSigner | None:
    """Signs our pages for WeChat's open tags; None where they are turned off, or before the account's secrets are
    set."""
    settings = house.settings
    if not (settings.wechat_subscribe_button and settings.wechat_app_secret and settings.data_keys):
        return None
    shelf = HeldSecret(house.store, vault(settings), "jsapi_ticket")
    keeper = TicketKeeper(wechat_api(house), shelf, house.clock)
    return PageSigner(settings.wechat_app_id, keeper, settings.public_url, house.exact_clock)


def previewer(house: House) -> Previewer:
    """What a campaign's preview is made with."""
    settings = house.settings
    return Previewer(
        house.store, house.catalog.current, Place(settings.public_url, settings.timezone),
        LinkSigner(settings.secret_key), house.vault, facts_told(house), shares_now,
    )  # fmt: skip


def facts_told(house: House) -> Callable[[str], Mapping[str, Any]]:
    """Decrypts what followers told of themselves; without keys nobody has told anything."""
    return house.vault.show_facts if house.vault else lambda hidden: {}


def campaign_of(house: House, run: Run) -> Campaign:
    """The campaign as it was launched. Raises ``ContentWrong``."""
    return _snapshot(run.campaign, run.snapshot, house.settings.timezone)


@lru_cache(maxsize=64)
def _snapshot(name: str, text: str, zone: ZoneInfo) -> Campaign:
    """It never changes, and is asked for with every answer that shows one of its pushes."""
    return read_snapshot(name, text, zone)


def _visiting(house: House) -> Visiting:
    """What is needed to show held pushes."""
    settings = house.settings
    place = Place(settings.public_url, settings.timezone)
    return Visiting(partial(campaign_of, house), LinkSigner(settings.secret_key), place, house.vault)


def log_to_stderr(level: str) -> None:
    """One line an event, with the time."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    logging.getLogger("huey").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it tells of every beat, every ten seconds
    logging.getLogger("alembic").setLevel(logging.WARNING)
