from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.web import charts
from governance.web.charts import Event, Point, Series
from governance.web.heat import HeatCell, gauge, heat_map, heat_strip, shade


def points(*values: float | None) -> list[Point]:
    return [Point(f"day {index}", value, str(index), f"/rows/{index}") for index, value in enumerate(values)]


@given(st.lists(st.decimals(-(10**9), 10**9, places=3).map(float), min_size=1, max_size=40))
def test_a_scale_is_round_and_holds_every_value(values: list[float]) -> None:
    scale = charts.nice_scale(values, base=200, top=10)
    assert scale.low <= min([*values, 0])
    assert max([*values, 0]) <= scale.high
    assert 2 <= len(scale.steps) <= 8
    assert all(10 <= scale(value) <= 200 for value in values)


def test_a_scale_of_small_counts_starts_at_zero() -> None:
    assert charts.nice_scale([9.8], base=216, top=18).steps == (0.0, 2.5, 5.0, 7.5, 10.0)


def test_a_line_lifts_its_pen_at_a_gap() -> None:
    chart = charts.line_chart(title="t", unit="u", series=[Series("s", points(1, None, 3, 4))])
    assert [line.path.count("M") for line in chart.lines] == [2]
    assert [zone.title for zone in chart.zones] == ["day 0: 1", "day 2: 3", "day 3: 4"]


def test_marks_say_their_value_and_lead_to_their_rows() -> None:
    chart = charts.line_chart(
        title="t", unit="u", series=[Series("with", points(1, 2)), Series("without", points(3, 4), quiet=True)]
    )
    assert [(zone.title, zone.url) for zone in chart.zones] == [
        ("day 0: with 1, without 3", "/rows/0"),
        ("day 1: with 2, without 4", "/rows/1"),
    ]
    assert chart.table.head == ("u", "with", "without")
    assert chart.table.rows[1] == (("day 1", "2", "4"), "/rows/1")


def test_a_band_needs_both_edges() -> None:
    banded = [Point("a", 2, low=1, high=3), Point("b", 3, low=2, high=4), Point("c", 4)]
    chart = charts.line_chart(title="t", unit="u", series=[Series("s", banded)])
    assert len(chart.bands) == 1
    assert chart.bands[0].endswith("Z")
    assert chart.legend == (("band", "s"),)


def test_an_event_near_the_end_is_named_before_its_line() -> None:
    chart = charts.line_chart(
        title="t", unit="u", series=[Series("s", points(*range(10)))], events=[Event(1, "early"), Event(9, "late")]
    )
    assert [flag.text.anchor for flag in chart.flags] == ["", "end"]


@pytest.mark.parametrize("width", [320, 860])
def test_x_labels_do_not_touch(width: int) -> None:
    chart = charts.line_chart(title="t", unit="u", series=[Series("s", points(*range(120)))], width=width)
    xs = [tick.x for tick in chart.x_ticks]
    assert all(later - earlier >= 60 for earlier, later in pairwise(xs))


def test_a_chart_of_one_point() -> None:
    chart = charts.line_chart(title="t", unit="u", series=[Series("s", points(5))])
    assert [zone.title for zone in chart.zones] == ["day 0: 5"]


def test_bars_stand_on_zero() -> None:
    chart = charts.bar_chart(title="t", unit="u", series=Series("s", points(4, -2, None)), tones=["critical"])
    assert [rect.css for rect in chart.rects] == ["bar is-critical", "bar"]
    assert chart.base == charts.nice_scale([4, -2], base=176, top=18)(0)


def test_a_sparkline_ends_in_a_dot() -> None:
    spark = charts.sparkline([3, None, 5], target=4)
    assert (spark.last.x, spark.last.y) == (69, 2) if spark.last else False
    assert spark.target_path == "M0 12H72"
    assert charts.sparkline([]).last is None


def test_shares_say_their_part() -> None:
    bars = charts.share_bars([("Germany", 3, "/de"), ("France", 1, "/fr")], total=4)
    assert [(bar.label, bar.text, bar.note) for bar in bars.bars] == [
        ("Germany", "3", "75.0%"),
        ("France", "1", "25.0%"),
    ]


def test_shades() -> None:
    assert [shade(None, 10), shade(0, 10), shade(5, 10), shade(10, 10), shade(0, 0)] == [0, 1, 3, 5, 1]


def test_a_strip_shows_what_runs_and_what_ran_again() -> None:
    strip = heat_strip(
        [HeatCell(1), HeatCell(5), HeatCell(3, state="again"), HeatCell(None, state="running")], label="l", per_row=2
    )
    assert [cell.css for cell in strip.cells] == ["heat2", "heat5", "heat-bad", "heat0"]
    assert (len(strip.running), strip.height) == (1, 30)


def test_a_map_names_rows_and_columns() -> None:
    found = heat_map(label="l", columns=["DE", "FR"], rows=[("Toys", [HeatCell(2), HeatCell(None)])])
    assert [name for _x, name in found.columns] == ["DE", "FR"]
    assert [cell.css for cell in found.rows[0].cells] == ["heat5", "heat0"]


@pytest.mark.parametrize(("value", "lit"), [(0, 0), (4, 1), (6, 1), (8, 2), (12, 2), (40, 2)])
def test_a_gauge_lights_the_zone_it_is_in(value: float, lit: int) -> None:
    zones = gauge(value, top=12, bounds=(4, 8), label="l").zones
    assert [index for index, zone in enumerate(zones) if zone.css == "zone is-on"] == [lit]
