"""Drafts and publishing (platform.md 4.6)."""

from functools import partial
from typing import Any

from simulator import drafts, inbound
from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError
from simulator.platform import Platform
from simulator.webhook import push


def add(call: Call) -> dict[str, Any]:
    articles = drafts.checked(call.body.get("articles"), call.platform.settings)
    for article in articles:
        if article.get("article_type", "news") == "news":
            _check_thumb(call, article.get("thumb_media_id"))
    media_id = f"draft{call.platform.next_id()}"
    call.platform.drafts.save(media_id, articles, call.now)
    return {"media_id": media_id}


def _check_thumb(call: Call, media_id: Any) -> None:
    """The cover of an article is permanent material."""
    if not call.platform.media.get(media_id, call.now).permanent:
        raise ApiError(40007, "invalid media_id")


def update(call: Call) -> dict[str, Any]:
    kept = call.platform.drafts.get(call.body.get("media_id"))
    at = call.body.get("index", 0)
    if not isinstance(at, int) or not 0 <= at < len(kept):
        raise ApiError(40114, "invalid index value")
    kept[at] = drafts.checked([call.body.get("articles")], call.platform.settings)[0]
    return OK


def get(call: Call) -> dict[str, Any]:
    return {"news_item": call.platform.drafts.get(call.body.get("media_id"))}


def delete(call: Call) -> dict[str, Any]:
    call.platform.drafts.get(call.body.get("media_id"))
    del call.platform.drafts.kept[call.body["media_id"]]
    return OK


def count(call: Call) -> dict[str, Any]:
    return {"total_count": len(call.platform.drafts.kept)}


def _page(call: Call, items: list[dict[str, Any]]) -> dict[str, Any]:
    offset, most = call.body.get("offset", 0), call.body.get("count", 20)
    if not isinstance(offset, int) or not isinstance(most, int) or offset < 0 or not 1 <= most <= 20:
        raise ApiError(47001, "data format error: offset or count")
    shown = items[offset : offset + most]
    return {"total_count": len(items), "item_count": len(shown), "item": shown}


def batchget(call: Call) -> dict[str, Any]:
    kept = call.platform.drafts
    items = [
        {"media_id": media_id, "content": {"news_item": articles}, "update_time": kept.updated[media_id]}
        for media_id, articles in kept.kept.items()
    ]
    return _page(call, items)


def submit(call: Call) -> dict[str, Any]:
    platform = call.platform
    media_id = str(call.body.get("media_id", ""))
    platform.drafts.get(media_id)
    publish_id = str(platform.next_id())
    platform.drafts.jobs[publish_id] = {"publish_id": publish_id, "publish_status": 1}
    job = partial(_finish, platform, publish_id, media_id)
    platform.agenda.after(platform.settings.job_delay_seconds, job)
    return {**OK, "publish_id": publish_id, "msg_data_id": str(platform.next_id())}


def _finish(platform: Platform, publish_id: str, media_id: str) -> None:
    with platform.lock:
        if media_id not in platform.drafts.kept:
            return
        status = platform.publish_ends.pop(0) if platform.publish_ends else 0
        done = _published(platform, publish_id, media_id) if status == 0 else _failed(publish_id, status)
        platform.drafts.jobs[publish_id] = done
    info = {"PublishEventInfo": done}
    push(platform, SYSTEM_SENDER, inbound.event(platform, SYSTEM_SENDER, "PUBLISHJOBFINISH", info))


def _published(platform: Platform, publish_id: str, media_id: str) -> dict[str, Any]:
    article_id = f"article{platform.next_id()}"
    articles = platform.drafts.publish(media_id, article_id, platform.base_url)
    items = [{"idx": at, "article_url": one["url"]} for at, one in enumerate(articles, 1)]
    detail = {"count": len(items), "item": items}
    return {"publish_id": publish_id, "publish_status": 0, "article_id": article_id, "article_detail": detail}


def _failed(publish_id: str, status: int) -> dict[str, Any]:
    return {"publish_id": publish_id, "publish_status": status, "fail_idx": [1]}


SYSTEM_SENDER = "oSimPlatformNotices000000000"
"""FromUserName of events that no follower causes."""


def job(call: Call) -> dict[str, Any]:
    found = call.platform.drafts.jobs.get(str(call.body.get("publish_id", "")))
    if found is None:
        raise ApiError(53602, "publish_id is invalid")
    return {"fail_idx": [], **found}


def getarticle(call: Call) -> dict[str, Any]:
    call.platform.drafts.article(call.body.get("article_id"))
    return {"news_item": call.platform.drafts.published[call.body["article_id"]]}


def published(call: Call) -> dict[str, Any]:
    items = [
        {"article_id": article_id, "content": {"news_item": articles}, "update_time": call.now}
        for article_id, articles in call.platform.drafts.published.items()
    ]
    return _page(call, items)


def unpublish(call: Call) -> dict[str, Any]:
    call.platform.drafts.article(call.body.get("article_id"))
    del call.platform.drafts.published[call.body["article_id"]]
    return OK


ROUTES = (
    Route("POST", "/cgi-bin/draft/add", add),
    Route("POST", "/cgi-bin/draft/update", update),
    Route("POST", "/cgi-bin/draft/get", get),
    Route("POST", "/cgi-bin/draft/delete", delete),
    Route("GET", "/cgi-bin/draft/count", count),
    Route("POST", "/cgi-bin/draft/batchget", batchget),
    Route("POST", "/cgi-bin/freepublish/submit", submit),
    Route("POST", "/cgi-bin/freepublish/get", job),
    Route("POST", "/cgi-bin/freepublish/getarticle", getarticle),
    Route("POST", "/cgi-bin/freepublish/batchget", published),
    Route("POST", "/cgi-bin/freepublish/delete", unpublish),
)
