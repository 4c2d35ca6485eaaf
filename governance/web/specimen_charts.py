"""The charts of the specimen page."""

from typing import Any

from governance.web import charts, heat


def _chart() -> charts.Chart:
    rates = [
        9.3,
        9.2,
        9.3,
        9.4,
        8.9,
        9.2,
        9.8,
        8.1,
        7.6,
        7.0,
        6.8,
        6.6,
        6.5,
        6.1,
        5.9,
        5.2,
        4.8,
        4.6,
        4.3,
        4.4,
        4.1,
        3.9,
        3.6,
    ]
    months = {0: "May", 4: "Jun", 8: "Jul", 13: "Aug", 17: "Sep", 21: "Oct"}
    held_out = [
        9.2,
        9.5,
        9.1,
        9.4,
        9.8,
        9.3,
        9.6,
        9.9,
        9.5,
        9.2,
        9.7,
        9.4,
        9.6,
        9.1,
        9.3,
        9.6,
        9.8,
        9.4,
        9.2,
        9.5,
        9.4,
        9.7,
        9.3,
    ]
    points = [
        charts.Point(f"Week {i + 18}", rate, months.get(i, ""), "#rows", rate - 0.4, rate + 0.5)
        for i, rate in enumerate(rates)
    ]
    return charts.line_chart(
        title="Views of violating listings per 10,000 views, by week",
        unit="per 10,000 views",
        width=620,
        summary="With the policies the rate fell from 9.3 to 3.6; in the hold-out it stayed at 9.3.",
        series=[
            charts.Series("With the policies, 95% band", points),
            charts.Series(
                "Hold-out", [charts.Point(p.label, v) for p, v in zip(points, held_out, strict=True)], quiet=True
            ),
        ],
        events=[charts.Event(5, "10% of merchants"), charts.Event(13, "All markets", "#")],
    )


def _heat() -> heat.HeatStrip:
    shades = [2, 2, 4, 1, 2, 2, 1, 3, 2, 1, 5, 2, 1, 1, 3, 2, 2, 4, 1, 2]
    done = [
        heat.HeatCell(shades[i % len(shades)], f"Chunk {i + 1}: {shades[i % len(shades)] * 90} hits") for i in range(90)
    ]
    done[44] = heat.HeatCell(3, "Chunk 45: done on the second attempt", state="again")
    running = [heat.HeatCell(None, f"Chunk {i + 91}: running", state="running") for i in range(2)]
    waiting = [heat.HeatCell(None, f"Chunk {i + 93}: waiting") for i in range(38)]
    return heat.heat_strip([*done, *running, *waiting], label="130 chunks: 90 done, 2 running, 38 waiting")


def samples() -> dict[str, Any]:
    weeks = [charts.Point(f"Day {i + 1}", v, str(i + 1)) for i, v in enumerate([12, 18, 9, 22, 31, 28, 14, 11, 19, 26])]
    cells = [[heat.HeatCell((r * 7 + c * 3) % 11, f"{(r * 7 + c * 3) % 11} hits") for c in range(6)] for r in range(3)]
    return {
        "line": _chart(),
        "columns_chart": charts.bar_chart(
            title="Cases opened a day",
            width=620,
            unit="cases",
            series=charts.Series("Cases", weeks),
            tones=[""] * 4 + ["serious"],
        ),
        "strip": _heat(),
        "map": heat.heat_map(
            label="Hits by family and market",
            columns=["DE", "FR", "IT", "ES", "PL", "AE"],
            rows=list(zip(["Toys", "Chargers", "Cosmetics"], cells, strict=True)),
        ),
        "bars": charts.share_bars([("Germany", 312, "#"), ("France", 204, "#"), ("Poland", 141, "#")], total=657),
        "falling": charts.sparkline([9.3, 8.9, 9.1, 7.2, 6.1, 6.6, 5.0, 4.4, 3.1], target=4),
        "rising": charts.sparkline([4.1, 4.6, 4.2, 5.0, 5.2, 6.1, 5.8, 6.8], target=5),
        "gauge": heat.gauge(6, top=12, bounds=(4, 8), label="6 of 12 points"),
    }
