"""A WeChat platform on localhost: signed pushes, the server API, and a phone in the browser.

It shares no code with any bot. Point a bot's API base at it, in any language, and it behaves as WeChat does.
"""
