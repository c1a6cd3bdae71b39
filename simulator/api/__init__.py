"""The server API that bots call: https://api.weixin.qq.com on localhost."""
