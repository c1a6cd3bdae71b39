"""Tracked links: ``/go/<slug>.<exposure id>.<signature>``.

The token names the item in clear, so that a damaged one can still lead to the item's page, and carries no
openid: the exposure row knows whom it was shown to. Signed with HMAC-SHA256, cut to 96 bits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_SHAPE = re.compile(r"([a-z0-9-]+)(?:\.([0-9a-z]{1,40})\.([0-9A-Za-z_-]{16}))?")


class LinkSigner:
    """Makes and reads link tokens under one secret."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"shutong tracked link 1:" + secret.encode()).digest()

    def token(self, slug: str, exposure_id: str) -> str:
        """The token of one exposure of one item."""
        return f"{slug}.{exposure_id}.{self._sign(slug, exposure_id)}"

    def read(self, token: str) -> tuple[str, str]:
        """(slug, exposure id). The id is "" when the signature is wrong, the slug too when there is none."""
        shape = _SHAPE.match(token)
        if not shape:
            return "", ""
        slug, exposure_id, signature = shape[1], shape[2] or "", shape[3] or ""
        genuine = shape.end() == len(token) and hmac.compare_digest(signature, self._sign(slug, exposure_id))
        return slug, exposure_id if genuine else ""

    def _sign(self, slug: str, exposure_id: str) -> str:
        mac = hmac.digest(self._key, f"{slug}.{exposure_id}".encode(), "sha256")
        return base64.urlsafe_b64encode(mac[:12]).decode()
