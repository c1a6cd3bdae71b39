"""The picture of the regret, as SVG: a panel for each size, a line with its interval for each policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Curve = Sequence[tuple[int, float, float]]
"""(interactions, mean, reach of the interval) from left to right."""

WIDTH, HEIGHT, LEFT, TOP, GAP, FOOT = 400, 260, 46, 34, 56, 62
COLOURS = {"ours": "#c0392b", "newest": "#7f8c8d", "popular": "#2980b9", "content": "#27ae60"}
STROKES = {"ours": "3"}


def picture(panels: Sequence[tuple[str, Mapping[str, Curve]]]) -> str:
    """The whole picture; `panels` are (title, policy -> curve), of the same points."""
    width = LEFT + len(panels) * (WIDTH + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TOP + HEIGHT + FOOT}" '
        'font-family="sans-serif" font-size="13" fill="#333">',
        f'<rect width="{width}" height="{TOP + HEIGHT + FOOT}" fill="#fff"/>',
    ]
    for nth, (title, curves) in enumerate(panels):
        parts.append(f'<g transform="translate({LEFT + nth * (WIDTH + GAP)},{TOP})">{_panel(title, curves)}</g>')
    return "\n".join([*parts, _legend(list(panels[0][1])), "</svg>"]) + "\n"


def _panel(title: str, curves: Mapping[str, Curve]) -> str:
    points = [n for n, _, _ in next(iter(curves.values()))]
    low = min(mean - reach for curve in curves.values() for _, mean, reach in curve)
    bottom = max(0.0, int(low * 10) / 10)
    parts = [f'<text x="{WIDTH / 2}" y="-14" text-anchor="middle" font-size="15">{title}</text>']
    for tenth in range(round(bottom * 10), 11):
        y = _y(tenth / 10, bottom)
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{10 * tenth} %</text>')
    parts += [
        f'<text x="{_x(nth, len(points)):.1f}" y="{HEIGHT + 18}" text-anchor="middle">{n}</text>'
        for nth, n in enumerate(points)
    ]
    parts += [_curve(name, curve, bottom) for name, curve in curves.items()]
    return "\n".join(parts)


def _curve(name: str, curve: Curve, bottom: float) -> str:
    """The line, and a bar for each interval."""
    colour = COLOURS[name]
    at = [(_x(nth, len(curve)), mean, reach) for nth, (_, mean, reach) in enumerate(curve)]
    line = " ".join(f"{x:.1f},{_y(mean, bottom):.1f}" for x, mean, _ in at)
    bars = "".join(f"M{x:.1f} {_y(mean - reach, bottom):.1f}V{_y(mean + reach, bottom):.1f}" for x, mean, reach in at)
    return (
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{STROKES.get(name, "1.5")}"/>'
        f'<path d="{bars}" stroke="{colour}"/>'
    )


def _x(nth: int, points: int) -> float:
    return WIDTH * (nth + 0.5) / points


def _y(regret: float, bottom: float) -> float:
    return HEIGHT * (1 - regret) / (1 - bottom)


def _legend(names: Sequence[str]) -> str:
    y = TOP + HEIGHT + 46
    parts = [f'<text x="{LEFT}" y="{y}">regret, after so many interactions each:</text>']
    for nth, name in enumerate(names):
        x = LEFT + 290 + 120 * nth
        parts.append(
            f'<path d="M{x} {y - 4}h26" stroke="{COLOURS[name]}" stroke-width="{STROKES.get(name, "1.5")}"/>'
            f'<text x="{x + 32}" y="{y}">{name}</text>'
        )
    return "\n".join(parts)
