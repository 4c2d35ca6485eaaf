"""What the specimen page shows: every component with believable contents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.web import differences, specimen_charts
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
        **specimen_charts.samples(),
        **_choices(),
    }
