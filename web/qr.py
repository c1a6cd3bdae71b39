"""QR codes as SVG."""

from __future__ import annotations

import segno

SCALE, BORDER = 6, 4
"""Pixels a module; modules of white around, as readers want it."""


def svg(text: str) -> str:
    """`text` as a picture, black on white in dark pages too."""
    return str(segno.make(text, error="m", micro=False).svg_inline(scale=SCALE, border=BORDER, light="#fff"))
