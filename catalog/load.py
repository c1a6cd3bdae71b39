"""Reading the whole content folder into one ``Catalog``, or saying everything that is wrong with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from catalog.articles import read_article
from catalog.audiences import Around, never_late
from catalog.blocked_words import read_blocked_words
from catalog.campaigns import notices_named, open_campaigns, read_campaigns
from catalog.coupons import read_coupons
from catalog.menu import Button, read_menu
from catalog.mistakes import ContentWrong, Mistake
from catalog.phrases import PHRASES, Phrases
from catalog.replies import Replies, read_replies
from catalog.search import Search
from catalog.tags import read_tags
from catalog.templates import read_templates
from catalog.vocabulary import Vocabulary
from catalog.words import teach
from catalog.yaml_lines import Source
from domain.campaign import Campaign
from domain.item import Item
from domain.learned import NOTHING_LEARNED, Learned
from domain.notice import Notice
from domain.price import Coupon
from domain.ranking import Ranking
from domain.shelf import Shelf

OF_A_SUBJECT, SUBJECT, ANY_SUBJECT = range(3)
"""How broad a tag is: at home in a subject, a subject itself, or going with every subject (入门)."""


@dataclass(frozen=True)
class Catalog:
    """One version of everything the operators wrote. Never changed; a new version replaces it whole."""

    items: Mapping[str, Item]
    synonyms: Mapping[str, tuple[str, ...]]
    menu: Sequence[Button]
    replies: Replies
    vocabulary: Vocabulary
    phrases: Phrases
    search: Search
    shelf: Shelf
    """The items as ranking sees them."""
    learned: Learned = NOTHING_LEARNED
    """What the account's followers taught about them."""
    coupons: Mapping[str, Coupon] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    unpublished: Mapping[str, str] = field(default_factory=dict)
    """Slug -> the status of a file that is not on the shelf."""
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    """By the name of the file, or of the step of a series (``welcome.2``). Drafts are among them."""
    campaign_texts: Mapping[str, str] = field(default_factory=dict)
    """The text of each one's file, for the snapshot of a run."""
    blocked: Sequence[str] = ()
    """Words that nothing sent to a follower may hold."""
    advice: Sequence[Mistake] = ()
    """What would be better in the files, though they are taken as they are."""

    @cached_property
    def ranking(self) -> Ranking:
        """Prepared at the first use: for 100,000 items it takes seconds, so ``LiveCatalog`` uses it beforehand."""
        return Ranking(self.shelf, self.learned)

    def taught(self, learned: Learned) -> Catalog:
        """The same, ranked by what the account's followers taught."""
        return replace(self, learned=learned)

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """Tag -> the subject of most of the items that carry it; tags at home in no subject are left out."""
        homes: dict[str, Counter[str]] = defaultdict(Counter)
        for item in self.items.values():
            for tag in item.tags[1:]:
                homes[tag][item.subject] += 1
        best = {tag: home.most_common(1)[0] for tag, home in homes.items()}
        return {
            tag: subject
            for tag, (subject, count) in best.items()
            if count * 2 > homes[tag].total() and tag not in self.subjects
        }

    def breadth(self, tag: str) -> int:
        """How little a tag says of what somebody wants: the higher, the less."""
        return OF_A_SUBJECT if tag in self.parents else SUBJECT if tag in self.subjects else ANY_SUBJECT

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The first tags of the items, the most common first."""
        counts: dict[str, int] = {}
        for item in self.items.values():
            counts[item.subject] = counts.get(item.subject, 0) + 1
        return tuple(sorted(counts, key=lambda subject: (-counts[subject], subject)))


def build_catalog(
    items: Sequence[Item], synonyms: Mapping[str, tuple[str, ...]], menu: Sequence[Button], replies: Replies,
    coupons: Mapping[str, Coupon] | None = None, notices: Mapping[str, Notice] | None = None,
) -> Catalog:  # fmt: skip
    """Prepare items and texts for ranking, searching and understanding."""
    tags = dict(synonyms)
    for item in items:
        for tag in item.tags:
            tags.setdefault(tag, ())
    vocabulary = Vocabulary(tags)
    return Catalog(
        {item.slug: item for item in items}, synonyms, menu, replies, vocabulary,
        Phrases(replies.commands), Search(items, synonyms), Shelf(items), NOTHING_LEARNED, coupons or {}, notices or {},
    )  # fmt: skip


def load_catalog(folder: Path, zone: ZoneInfo, late: Callable[[str, int], bool] = never_late) -> Catalog:
    """Read `folder`; raise ``ContentWrong`` with every mistake when there is any. `late` says of a campaign and its
    moment that it never came and never will: a mistake while somebody checks, and none at a later start."""
    if not folder.is_dir():
        raise ContentWrong([Mistake(str(folder), 1, "", "is not a folder — set CONTENT_DIR to the content folder")])
    files = _article_files(folder / "articles")
    blocked, blocked_source = read_blocked_words(folder / "blocked-words.txt")
    read = [read_article(file, folder, zone, blocked) for file in files]
    items = [item for item, _, _ in read if item]
    synonyms, tags_source = read_tags(folder / "tags.yaml", folder)
    slugs = {item.slug for item in items}
    replies, replies_source = read_replies(folder / "replies.yaml", folder, slugs, PHRASES)
    names = {reply.name for reply in replies.replies}
    tags = set(synonyms) | {tag for item in items for tag in item.tags}
    menu, menu_source = read_menu(folder / "menu.yaml", folder, tags, slugs, names)
    extra_words, words_source = _extra_words(folder / "words.txt")
    words = Phrases(replies.commands).words
    coupons, coupons_source = read_coupons(folder / "coupons.yaml", folder, zone, slugs, tags, words)
    drafts = open_campaigns(folder)
    notices, notices_source = read_templates(folder / "templates.yaml", folder, notices_named(drafts))
    around = Around(tags, {item.slug: item for item in items}, notices, blocked, late)
    campaigns, texts = read_campaigns(drafts, zone, around)
    sources = [source for _, source, _ in read] + [
        tags_source, replies_source, menu_source, words_source, coupons_source, notices_source,
        blocked_source,        *(draft.source for draft in drafts),
    ]  # fmt: skip
    mistakes = [mistake for source in sources for mistake in source.mistakes]
    if mistakes:
        raise ContentWrong(mistakes)
    teach(extra_words)
    unpublished = {file.stem: status for file, (item, _, status) in zip(files, read, strict=True) if item is None}
    advice = sorted({one for source in sources for one in source.advice})
    return replace(
        build_catalog(items, synonyms, menu, replies, coupons, notices),
        unpublished=unpublished, campaigns=campaigns, campaign_texts=texts, blocked=blocked, advice=advice,
    )  # fmt: skip


def _article_files(folder: Path) -> list[Path]:
    """A folder that is away or closed is a mistake and not an empty shelf."""
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".md" and not file.name.startswith("."))
    except OSError as fault:
        told = f"cannot be listed ({fault.strerror}) — put the articles into a folder of this name"
        raise ContentWrong([Mistake(folder.name, 1, "", told)]) from None


def _extra_words(file: Path) -> tuple[list[str], Source]:
    """One word a line; # begins a remark."""
    source = Source(file.name)
    lines = source.read(file).splitlines() if file.exists() else []
    return [word for word in (line.partition("#")[0].strip() for line in lines) if word], source
