"""QR codes as SVG."""

from __future__ import annotations

import io

import segno

SCALE, BORDER = 6, 4
"""Pixels a module; modules of white around, as readers want it."""


def svg(text: str) -> str:
    """`text` as a picture that can stand alone, black on white in dark pages too."""
    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", scale=SCALE, border=BORDER, light="#fff", xmldecl=False, nl=False)
    return drawn.getvalue().decode()
