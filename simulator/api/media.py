"""Media, temporary and permanent (platform.md 4.11)."""

from typing import Any

from flask import Response

from simulator import media
from simulator.api.call import Call, Route
from simulator.api.custom import OK
from simulator.api.errors import ApiError


def _store(call: Call, kind: str, permanent: bool) -> media.Medium:
    if call.upload is None:
        raise ApiError(41005, "media data missing")
    medium = media.Medium(
        media_id=f"media{call.platform.next_id()}",
        kind=kind,
        name=call.upload.filename or "",
        data=call.upload.read(),
        mimetype=call.upload.mimetype or "application/octet-stream",
        created_at=call.now,
        permanent=permanent,
    )
    return call.platform.media.add(medium, call.platform.settings.image_max_bytes)


def upload(call: Call) -> dict[str, Any]:
    medium = _store(call, call.query.get("type", ""), permanent=False)
    name = "thumb_media_id" if medium.kind == "thumb" else "media_id"
    return {"type": medium.kind, name: medium.media_id, "created_at": call.now}


def get(call: Call) -> dict[str, Any] | Response:
    medium = call.platform.media.get(call.query.get("media_id"), call.now)
    if medium.kind == "video":
        return {"video_url": f"{call.platform.base_url}/_media/{medium.media_id}"}
    answer = Response(medium.data, mimetype=medium.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{medium.media_id}"'
    return answer


def uploadimg(call: Call) -> dict[str, Any]:
    medium = _store(call, "image", permanent=True)
    if len(medium.data) > media.PICTURE_MAX:
        del call.platform.media.kept[medium.media_id]
        raise ApiError(40009, "invalid image size")
    return {"url": f"{call.platform.base_url}/_media/{medium.media_id}"}


def add_material(call: Call) -> dict[str, Any]:
    medium = _store(call, call.query.get("type", ""), permanent=True)
    return {"media_id": medium.media_id, "url": f"{call.platform.base_url}/_media/{medium.media_id}"}


def get_material(call: Call) -> dict[str, Any] | Response:
    medium = call.platform.media.get(call.body.get("media_id"), call.now)
    return Response(medium.data, mimetype=medium.mimetype)


def del_material(call: Call) -> dict[str, Any]:
    medium = call.platform.media.get(call.body.get("media_id"), call.now)
    del call.platform.media.kept[medium.media_id]
    return OK


def get_materialcount(call: Call) -> dict[str, Any]:
    counts = {f"{kind}_count": len(call.platform.media.permanent(kind)) for kind in ("voice", "video", "image")}
    return {**counts, "news_count": len(call.platform.drafts.kept)}


def batchget_material(call: Call) -> dict[str, Any]:
    kind = str(call.body.get("type", ""))
    if kind not in media.LIMITS:
        raise ApiError(40004, "invalid media type")
    items = [
        {
            "media_id": one.media_id,
            "name": one.name,
            "update_time": one.created_at,
            "url": f"{call.platform.base_url}/_media/{one.media_id}",
        }
        for one in call.platform.media.permanent(kind)
    ]
    offset, most = int(call.body.get("offset", 0)), int(call.body.get("count", 20))
    shown = items[offset : offset + most]
    return {"total_count": len(items), "item_count": len(shown), "item": shown}


ROUTES = (
    Route("POST", "/cgi-bin/media/upload", upload),
    Route("GET", "/cgi-bin/media/get", get),
    Route("POST", "/cgi-bin/media/uploadimg", uploadimg),
    Route("POST", "/cgi-bin/material/add_material", add_material),
    Route("POST", "/cgi-bin/material/get_material", get_material),
    Route("POST", "/cgi-bin/material/del_material", del_material),
    Route("GET", "/cgi-bin/material/get_materialcount", get_materialcount),
    Route("POST", "/cgi-bin/material/batchget_material", batchget_material),
)
