"""An account in which everything exists that the recorded API samples name."""

import io
import json
from pathlib import Path
from typing import Any

from conftest import CHEN, Api, Control
from flask import Flask

from simulator.account import Account

LIN = "oSim02LinXiaoYu4Rt8cZp1Hs6dQ"
TEMPLATE, NOTICE, ONCE = "T" * 43, "N" * 43, "O" * 43


class World:
    """An account in which everything the samples name exists."""

    def __init__(self, app: Flask, control: Control, api: Api, account: Account) -> None:
        self.app, self.control, self.api, self.account = app, control, api, account
        for openid in (CHEN, LIN):
            control("follow", openid)
        control("say", text="在吗")
        control.post("settings", {"comment_privilege": True})
        for template_id, kind in ((TEMPLATE, "template"), (NOTICE, "notice"), (ONCE, "once")):
            control.post("templates", {"template_id": template_id, "kind": kind})
        control("consent", templates={NOTICE: "accept"})
        query = {
            "scene": "7",
            "template_id": ONCE,
            "redirect_url": "https://example.com/",
            "sim_openid": CHEN,
        }
        control.client.get("/mp/subscribemsg", query_string=query)
        self.media = {
            kind: self.upload(kind, name)
            for kind, name in (("image", "a.jpg"), ("voice", "a.mp3"), ("video", "a.mp4"), ("thumb", "a.jpg"))
        }
        self.cover = self.upload("thumb", "a.jpg", "/cgi-bin/material/add_material")
        self.tag = api.post("/cgi-bin/tags/create", {"tag": {"name": "已有"}})["tag"]["id"]
        self.draft = self.new_draft()
        self.mass = api.post(
            "/cgi-bin/message/mass/sendall",
            {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "早"}},
        )["msg_id"]
        api.post("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "甲", "key": "A"}]})
        self.article = self.publish()

    def upload(self, kind: str, name: str, path: str = "/cgi-bin/media/upload") -> Any:
        address = f"{path}?access_token={self.api.token}&type={kind}"
        answer = self.api.client.post(address, data={"media": (io.BytesIO(b"\xff\xd8"), name)}).get_json(force=True)
        return answer.get("media_id") or answer.get("thumb_media_id")

    def new_draft(self) -> str:
        article = {"title": "题", "content": "文", "thumb_media_id": self.cover}
        return str(self.api.post("/cgi-bin/draft/add", {"articles": [article]})["media_id"])

    def publish(self) -> str:
        job = self.api.post("/cgi-bin/freepublish/submit", {"media_id": self.new_draft()})["publish_id"]
        self.control.post("clock", {"advance": 3})
        self.published = self.api.post("/cgi-bin/freepublish/get", {"publish_id": job})
        return str(self.published["article_id"])

    def fitted(self, name: str, body: Any) -> Any:
        """The sample with its made-up names replaced by ones that exist here."""
        kind = body.get("msgtype", "image") if isinstance(body, dict) else "image"
        media = self.draft if "freepublish" in name or kind == "mpnews" else self.media.get(kind, self.media["image"])
        template = NOTICE if "bizsend" in name else ONCE if "one_time" in name else TEMPLATE
        known = {
            "openid": CHEN,
            "template_id": template,
            "appid": self.account.app_id,
            "article_id": self.article,
            "media_id": media,
            "thumb_media_id": self.cover if name.startswith("draft") else self.media["thumb"],
            "tagid": self.tag,
            "tag_id": self.tag,
            "msg_id": self.mass,
            "scene": "7" if "one_time" in name else None,
            "openid_list": [CHEN, LIN],
            "id": self.tag if name.startswith("tags_") else None,
            "touser": [CHEN, LIN] if name.startswith("mass_send_") else CHEN,
        }
        return _replaced(body, {key: value for key, value in known.items() if value is not None})


def _replaced(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {
            key: known[key] if key in known and not isinstance(item, dict) else _replaced(item, known)
            for key, item in value.items()
        }
    return [_replaced(item, known) for item in value] if isinstance(value, list) else value


def manifest(samples: Path, folder: str) -> list[tuple[str, str]]:
    rows = json.loads((samples / "manifest.json").read_text("utf-8"))
    return [
        (Path(row["file"]).name, row["expect"]["endpoint"].split()[1])
        for row in rows
        if row["file"].startswith(f"api/{folder}/")
    ]
