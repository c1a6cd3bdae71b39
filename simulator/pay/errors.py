"""Errors of WeChat Pay."""


class PayError(Exception):
    """An HTTP status, a code and a message (platform.md 6.8)."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message
