"""Small plots as inline SVG: they need no script, no network and no plotting library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

Point = tuple[float, float]
_WIDTH, _HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 14, 14, 42
_ROW = 24
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Bar:
    """A share (0 to 1) with its name and, where there is one, what it must reach."""

    name: str
    value: float
    note: str
    goal: float | None = None


@dataclass(frozen=True)
class Line:
    """Points in a square from 0 to 1, drawn as ``kind`` (a class of the page's style)."""

    name: str
    points: Sequence[Point]
    kind: str = "one"
    dots: bool = False


def bars(entries: Sequence[Bar], *, title: str) -> str:
    """Horizontal bars, a stroke where a goal is."""
    left, width = 110, _WIDTH
    height = _ROW * len(entries) + 8
    scale = width - left - 96
    svg = _svg(width, height, title)
    for row, entry in enumerate(entries):
        y = 4 + row * _ROW
        missed = entry.goal is not None and entry.value < entry.goal
        _text(svg, left - 8, y + 16, entry.name, "end")
        _rect(svg, (left, y + 3, scale, 16), "track")
        _rect(svg, (left, y + 3, scale * entry.value, 16), "bad" if missed else "good")
        if entry.goal is not None:
            x = left + scale * entry.goal
            _stroke(svg, (x, y), (x, y + 22), "goal")
        _text(svg, left + scale + 6, y + 16, entry.note, "start")
    return _done(svg)


def curves(lines: Sequence[Line], *, title: str, across: str, up: str, top: float = 1.0) -> str:
    """Lines over a square from 0 to 1 (``top`` is the highest value of the upright axis)."""
    svg = _svg(_WIDTH, _HEIGHT, title)
    _axes(svg, across, up, top)
    for line in lines:
        placed = [_place(x, y / top) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        SubElement(svg, "polyline", {"points": path, "class": f"line {line.kind}"})
        for (x, y), (at, value) in zip(placed, line.points, strict=True):
            if line.dots:
                dot = SubElement(
                    svg,
                    "circle",
                    {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4", "class": line.kind},
                )
                SubElement(dot, "title").text = f"{line.name} {at:.3f} → {value:.3f}"
    return _done(svg)


@dataclass(frozen=True)
class Growth:
    """A cost (upright) at sizes of any magnitude (across)."""

    name: str
    points: Sequence[Point]
    kind: str = "one"


# A picture that stands alone brings its own style.
_ALONE = (
    "svg{font:12px sans-serif;background:#fff}text{fill:#333}.grid{stroke:#ddd}"
    ".line{fill:none;stroke-width:2}.one{stroke:#c0392b;fill:#c0392b}"
    ".two{stroke:#2c6fbb;fill:#2c6fbb}polyline.line{fill:none}"
)


def growth(lines: Sequence[Growth], *, title: str, across: str, up: str) -> str:
    """Lines over sizes on a logarithmic scale; with no point, empty axes."""
    points = [point for line in lines for point in line.points]
    exponents = [math.log10(x) for x, _ in points] or [0.0]
    low = math.floor(min(exponents))
    span = max(1, math.ceil(max(exponents)) - low)
    top = max((y for _, y in points), default=1.0) * 1.1 or 1.0
    svg = _svg(_WIDTH, _HEIGHT, title)
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    SubElement(svg, "style").text = _ALONE
    for exponent in range(span + 1):
        x, y = _place(exponent / span, 0)
        _stroke(svg, (x, y), _place(exponent / span, 1), "grid")
        _text(svg, x, y + 16, f"{10 ** (low + exponent):,}", "middle")
    for tick in _TICKS:
        x, y = _place(0, tick)
        _stroke(svg, (x, y), _place(1, tick), "grid")
        _text(svg, x - 6, y + 4, f"{tick * top:.0f}", "end")
    x, y = _place(0.5, 0)
    _text(svg, x, y + 34, across, "middle")
    _text(svg, _LEFT + 6, _TOP + 12, up, "start")
    for row, line in enumerate(lines):
        placed = [_place((math.log10(x) - low) / span, y / top) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        SubElement(svg, "polyline", {"points": path, "class": f"line {line.kind}"})
        for (x, y), (size, cost) in zip(placed, line.points, strict=True):
            place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4", "class": line.kind}
            dot = SubElement(svg, "circle", place)
            SubElement(dot, "title").text = f"{line.name} {size:,.0f} → {cost:.1f}"
        at = _TOP + 30 + 18 * row
        _rect(svg, (_LEFT + 6, at - 8, 12, 4), line.kind)
        _text(svg, _LEFT + 24, at, line.name, "start")
    return _done(svg)


def histogram(
    groups: Sequence[tuple[str, Sequence[float]]], *, title: str, across: str, bins: int = 20
) -> str:
    """Shares of values between 0 and 1, one outline a group."""
    lines = []
    highest = 0.0
    for number, (name, values) in enumerate(groups):
        counts = [0] * bins
        for value in values:
            counts[min(max(int(value * bins), 0), bins - 1)] += 1
        heights = [count / len(values) if values else 0.0 for count in counts]
        highest = max(highest, *heights)
        steps = [
            point
            for at, height in enumerate(heights)
            for point in ((at / bins, height), ((at + 1) / bins, height))
        ]
        lines.append(Line(name, steps, "one" if number == 0 else "two"))
    return curves(lines, title=title, across=across, up="占比", top=highest or 1.0)


def _svg(width: float, height: float, title: str) -> Element:
    svg = Element("svg", {"viewBox": f"0 0 {width:g} {height:g}", "role": "img"})
    SubElement(svg, "title").text = title
    return svg


def _place(x: float, y: float) -> Point:
    return (
        _LEFT + x * (_WIDTH - _LEFT - _RIGHT),
        _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM),
    )


def _axes(svg: Element, across: str, up: str, top: float) -> None:
    for tick in _TICKS:
        _stroke(svg, _place(tick, 0), _place(tick, 1), "grid")
        _stroke(svg, _place(0, tick), _place(1, tick), "grid")
        x, y = _place(tick, 0)
        _text(svg, x, y + 16, f"{tick:g}", "middle")
        x, y = _place(0, tick)
        _text(svg, x - 6, y + 4, f"{tick * top:.2g}", "end")
    x, y = _place(0.5, 0)
    _text(svg, x, y + 34, across, "middle")
    _text(svg, _LEFT + 6, _TOP + 12, up, "start")


def _rect(svg: Element, box: tuple[float, float, float, float], kind: str) -> None:
    names = ("x", "y", "width", "height")
    size = {name: f"{value:.1f}" for name, value in zip(names, box, strict=True)}
    SubElement(svg, "rect", {**size, "class": kind})


def _stroke(svg: Element, start: Point, end: Point, kind: str) -> None:
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    SubElement(svg, "line", {**{k: f"{v:.1f}" for k, v in ends.items()}, "class": kind})


def _text(svg: Element, x: float, y: float, content: str, anchor: str) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    SubElement(svg, "text", place).text = content


def _done(svg: Element) -> str:
    return tostring(svg, encoding="unicode")
