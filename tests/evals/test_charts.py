"""The plots are well-formed SVG that shows the values it is given."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from evals import charts


def test_a_bar_that_misses_its_goal_is_drawn_as_bad() -> None:
    entries = [charts.Bar("fact", 0.5, "50%", 0.92), charts.Bar("list", 0.95, "95%", 0.92)]
    svg = fromstring(charts.bars(entries, title="通过率"))
    kinds = [one.get("class") for one in svg.iter("rect")]
    assert kinds == ["track", "bad", "track", "good"]
    widths = [float(one.get("width", "0")) for one in svg.iter("rect")]
    assert widths[1] / widths[0] == 0.5


def test_a_curve_rises_where_its_values_do() -> None:
    line = charts.Line("x", [(0, 0.1), (1, 0.9)], "one", dots=True)
    svg = fromstring(charts.curves([line], title="x", across="x", up="y"))
    left, right = svg.iter("circle")
    assert float(left.get("cx", "0")) < float(right.get("cx", "0"))
    assert float(left.get("cy", "0")) > float(right.get("cy", "0"))


def test_a_histogram_of_nothing_is_flat() -> None:
    svg = fromstring(charts.histogram([("a", []), ("b", [1.0, 0.0])], title="x", across="x"))
    first, second = svg.iter("polyline")
    assert len(_heights(first)) == 1
    assert len(_heights(second)) == 2


def test_names_are_text_in_the_plot() -> None:
    drawn = charts.bars([charts.Bar("<script>", 1.0, "&")], title="<b>")
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def _heights(line: Element) -> set[str]:
    return {point.split(",")[1] for point in line.get("points", "").split()}
