"""What the specimen page shows: every component with believable contents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.web import charts, differences, heat
from governance.web.choices import Option
from governance.web.people import Face
from governance.web.toasts import Toast

ICONS = [
    "home",
    "queue",
    "case",
    "listing",
    "merchant",
    "policy",
    "sweep",
    "programme",
    "report",
    "audit",
    "search",
    "globe",
    "sun",
    "moon",
    "theme",
    "keyboard",
    "chevron-down",
    "chevron-right",
    "chevron-left",
    "chevron-up",
    "sort",
    "check",
    "x",
    "minus",
    "plus",
    "critical",
    "serious",
    "caution",
    "info",
    "unknown",
    "ok",
    "clock",
    "pause",
    "play",
    "stop",
    "undo",
    "filter",
    "columns",
    "download",
    "upload",
    "eye",
    "eye-off",
    "open",
    "comment",
    "edit",
    "dots",
    "flag",
    "scale",
    "lock",
    "unlock",
    "up",
    "down",
    "right",
    "left",
    "bell",
    "blocks",
    "code",
    "mail",
    "send",
    "user",
    "user-plus",
    "users",
    "gear",
    "image",
    "history",
    "split",
    "save",
    "key",
    "calendar",
    "hash",
    "shield",
    "shield-check",
    "bookmark",
    "link",
    "copy",
    "trash",
    "file",
    "files",
    "folder",
    "refresh",
    "layers",
    "list",
    "list-checks",
    "gavel",
    "table",
    "sign-out",
    "language",
    "attach",
    "timer",
    "print",
    "book",
    "tag",
    "star",
    "archive",
    "ban",
    "activity",
    "zap",
    "database",
    "package",
    "chart",
    "percent",
    "map",
    "hand",
    "lightbulb",
    "phone",
    "coins",
    "ruler",
    "certificate",
    "blur",
    "pin",
    "external",
    "square",
    "function",
    "cart",
    "megaphone",
    "arrow-up-down",
    "target",
    "percent-circle",
]

TONES = (
    ("critical", _("Critical"), "critical"),
    ("serious", _("Serious"), "serious"),
    ("caution", _("Moderate"), "caution"),
    ("ok", _("In force"), "ok"),
    ("info", _("Shadow"), "info"),
    ("neutral", _("Closed"), "minus"),
)


class SpecimenForm(forms.Form):
    cure = forms.CharField(
        label=_("Cure period"), help_text=_("How long a merchant has before the measure takes effect.")
    )
    starts = forms.DateField(label=_("Effective date"), required=True)
    owner = forms.ChoiceField(label=_("Owner"), choices=[("m4", "Manager M4"), ("m2", "Manager M2")])
    basis = forms.CharField(
        label=_("Legal basis"), required=False, disabled=True, help_text=_("Fixed since version 1.")
    )
    tell = forms.BooleanField(label=_("Tell the merchants"), required=False)


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


TREE = {
    "op": "all",
    "held": True,
    "children": [
        {"text": _("category is under Toys"), "held": True, "value": "Toys › Magnetic sets"},
        {"text": _("text mentions “loose magnets”"), "held": True, "value": _("2 terms, list v14")},
        {
            "op": "any",
            "held": True,
            "children": [
                {"text": "flux index ≥ 50 kG²mm²", "held": True, "value": "118.4"},
                {"text": "part diameter < 31.7 mm", "held": None, "value": ""},
                {"text": "minimum age < 14", "held": False, "value": "16"},
            ],
        },
    ],
}


def _charts() -> dict[str, Any]:
    weeks = [charts.Point(f"Day {i + 1}", v, str(i + 1)) for i, v in enumerate([12, 18, 9, 22, 31, 28, 14, 11, 19, 26])]
    cells = [[heat.HeatCell((r * 7 + c * 3) % 11, f"{(r * 7 + c * 3) % 11} hits") for c in range(6)] for r in range(3)]
    return {
        "line": _chart(),
        "columns_chart": charts.bar_chart(
            title="Cases opened a day", unit="cases", series=charts.Series("Cases", weeks), tones=[""] * 4 + ["serious"]
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


def _choices() -> dict[str, Any]:
    return {
        "verdicts": [
            Option("violates", _("Violates"), "critical", "1"),
            Option("fine", _("Fine"), "ok", "2"),
            Option("unsure", _("Unsure"), "neutral", "3"),
        ],
        "measures": [
            Option("remove", _("Remove"), key="r"),
            Option("restrict", _("Restrict in markets"), key="m"),
            Option("correct", _("Ask to correct"), key="t"),
            Option("gate", _("Age-gate"), key="g", disabled=True, note=_("Not permitted by this policy")),
        ],
        "market_options": [Option("DE", "DE"), Option("FR", "FR"), Option("AE", "AE", disabled=True)],
        "steps": [
            {"label": _("Warn"), "state": "past"},
            {"label": _("Correct"), "state": "now"},
            {"label": _("Demote"), "state": "next"},
            {"label": _("Limit"), "state": ""},
            {"label": _("Suspend"), "state": ""},
        ],
    }


def context(given: Mapping[str, str]) -> dict[str, Any]:
    now = timezone.now()
    before, after = differences.words(
        "Magnetwürfel 216 Kugeln 5 mm für Büro und Schreibtisch, ab 14",
        "Magnetwürfel 216 Magnetkugeln 5 mm, Kinder ab 6",
    )
    form = SpecimenForm({"cure": "7 days", "starts": "soon", "owner": "m4"} if "errors" in given else None)
    return {
        "icons": ICONS,
        "tones": TONES,
        "form": form,
        "tree": TREE,
        "before": before,
        "after": after,
        "matched": "Magnetwürfel 216 Magnetkugeln <5 mm> Neodym, Kinder ab 6",
        "spans": [(13, 29), (46, 58)],
        "faces": [Face("Moderator K7", "K7", "you"), Face("Legal L2", "L2"), Face("Automation", "A", "machine")],
        "toast": Toast("Removed 3 listings in 5 markets", "Nordlicht Spielwaren is told now", undo="#"),
        "moments": [now - timedelta(minutes=18), now - timedelta(days=95), now + timedelta(hours=3)],
        "claim_until": now + timedelta(minutes=13, seconds=42),
        "codes": ["DE", "AT", "FR", "BE", "SA", "AE"],
        **_charts(),
        **_choices(),
    }
