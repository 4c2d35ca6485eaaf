"""Writing the ladder: a grid of points, milestones, and the numbers around them."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.models import Ladder
from enforcement.models.ladder import NUMBERS, Milestone, Terms
from governance.policies.enums import SEVERITY_TONE, Measure, Severity

COLUMNS = (_("First"), _("Second"), _("Third and further"))
ROWS = 8
"""Milestones that the page offers."""
LABELS = {
    "window_days": (
        _("Repeated within, days"),
        _("An offence against the same policy within so many days is the next one."),
    ),
    "expiry_days": (_("Points lapse after, days"), ""),
    "cap": (_("Most points for one cause"), _("Whatever one sweep or case has found. 0 is no cap.")),
    "discount_percent": (_("Taken off when corrected in time, %"), ""),
    "discount_days": (_("In time means within, working days"), ""),
    "protection_days": (
        _("Protected after a won appeal, days"),
        _("Until then only warnings and requests to correct are automatic."),
    ),
    "health_start": (_("Health without points"), _("Of 1000.")),
    "health_cost": (_("What a point costs"), ""),
    "health_recovery": (_("What comes back each day"), _("Of each offence, until its points lapse.")),
}


class LadderForm(forms.Form):
    """The form reads; whether it holds together the domain says."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for severity in Severity:
            for index, column in enumerate(COLUMNS):
                self.fields[f"{severity.value}_{index}"] = _number(f"{severity.label}: {column}")
        for row in range(ROWS):
            self.fields[f"at_{row}"] = _number(
                _("Points from which milestone %(n)s is due") % {"n": row + 1}, required=False
            )
            self.fields[f"measure_{row}"] = forms.ChoiceField(
                label=_("Measure of milestone %(n)s") % {"n": row + 1},
                choices=[("", "–"), *Measure.choices],
                required=False,
            )
            self.fields[f"days_{row}"] = _number(_("Days of milestone %(n)s") % {"n": row + 1}, required=False)
            for name in ("at", "measure", "days"):
                self.fields[f"{name}_{row}"].widget.attrs["aria-label"] = self.fields[f"{name}_{row}"].label
        for name in NUMBERS:
            label, hint = LABELS[name]
            self.fields[name] = _number(label, help_text=hint)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for row in range(ROWS):
            at, measure, days = (data.get(f"{name}_{row}") for name in ("at", "measure", "days"))
            if measure and at is None:
                self.add_error(f"at_{row}", _("Say from how many points on."))
            if not measure and (at is not None or days is not None):
                self.add_error(f"measure_{row}", _("Choose a measure, or empty the row."))
        return data

    def grid(self) -> Iterator[tuple[Severity, str, list[forms.BoundField]]]:
        for severity in Severity:
            yield severity, SEVERITY_TONE[severity], [self[f"{severity.value}_{n}"] for n in range(len(COLUMNS))]

    def milestones(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"at_{row}"], self[f"measure_{row}"], self[f"days_{row}"]) for row in range(ROWS)]

    def terms(self) -> Terms:
        data = self.cleaned_data
        found = [
            Milestone(data[f"at_{row}"], Measure(data[f"measure_{row}"]), data[f"days_{row}"])
            for row in range(ROWS)
            if data[f"measure_{row}"]
        ]
        return Terms(
            {severity: tuple(data[f"{severity.value}_{n}"] for n in range(len(COLUMNS))) for severity in Severity},
            tuple(sorted(found, key=lambda milestone: milestone.at)),
            **{name: data[name] for name in NUMBERS},
        )

    def mark(self, problems: dict[str, str]) -> None:
        """Put what the domain refused beside the field that it is about."""
        first = {"grid": f"{Severity.CRITICAL.value}_0", "milestones": "at_0"}
        for part, problem in problems.items():
            self.add_error(first.get(part, part), problem)


def initial_of(ladder: Ladder) -> dict[str, Any]:
    return {"name": ladder.name, **initial_of_terms(ladder.terms)}


def initial_of_terms(terms: Terms) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(terms, name) for name in NUMBERS}
    for severity in Severity:
        for index in range(len(COLUMNS)):
            values[f"{severity.value}_{index}"] = terms.graded(severity, index)
    for row, milestone in enumerate(terms.milestones):
        values |= {f"at_{row}": milestone.at, f"measure_{row}": milestone.measure.value, f"days_{row}": milestone.days}
    return values


def _number(label: Any, *, required: bool = True, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=10_000, required=required, help_text=help_text)
