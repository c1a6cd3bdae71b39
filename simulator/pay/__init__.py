"""WeChat Pay API v3: https://api.mch.weixin.qq.com on localhost."""
