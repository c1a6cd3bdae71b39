"""What the bot is measured against: Flask and WeRoBot echoing in safe mode, session off."""

from __future__ import annotations

from flask import Flask
from werobot import WeRoBot
from werobot.contrib.flask import make_view

from benchmarks.platform_side import AES_KEY, APP_ID, TOKEN


def application() -> Flask:
    """The echo."""
    robot = WeRoBot(token=TOKEN, app_id=APP_ID, encoding_aes_key=AES_KEY)
    robot.config["SESSION_STORAGE"] = False

    @robot.text
    def echo(message: object) -> str:
        return message.content  # type: ignore[attr-defined,no-any-return]

    app = Flask(__name__)
    app.add_url_rule("/wechat", endpoint="wechat", view_func=make_view(robot), methods=["GET", "POST"])
    return app
