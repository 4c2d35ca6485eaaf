"""What a team lead enters: whom a case goes to and why, and what if people were moved."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.accounts.models import User
from investigations.models import Queue
from investigations.queries import team

MOST_PEOPLE, MOST_HOURS, LONGEST = 50, 400, 500


class WhatIfForm(forms.Form):
    """For each queue people and hours a day more, or fewer, than now: fields `people_<key>` and `hours_<key>`."""

    queue = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, queues: Iterable[Queue], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queues = list(queues)
        for each in self.queues:
            name = each.name_in(language)
            self.fields[f"people_{each.key}"] = _number(_("People more in “%(queue)s”") % {"queue": name}, MOST_PEOPLE)
            self.fields[f"hours_{each.key}"] = _number(_("Hours more in “%(queue)s”") % {"queue": name}, MOST_HOURS)

    def more(self) -> dict[str, tuple[float, float]]:
        """By queue, where something is entered."""
        data = self.cleaned_data
        found = {
            each.key: (data.get(f"people_{each.key}") or 0.0, data.get(f"hours_{each.key}") or 0.0)
            for each in self.queues
        }
        return {key: pair for key, pair in found.items() if any(pair)}

    def pair(self, key: str) -> tuple[forms.BoundField, forms.BoundField]:
        return self[f"people_{key}"], self[f"hours_{key}"]


class FiguresForm(forms.Form):
    """What the figures are narrowed by."""

    days = forms.CharField(widget=forms.HiddenInput)
    queue = forms.ChoiceField(label=_("Queue"), required=False)
    policy = forms.ChoiceField(label=_("Policy"), required=False)
    language = forms.ChoiceField(label=_("Language of the merchant"), required=False)

    def __init__(self, *args: Any, choices: Mapping[str, Sequence[tuple[Any, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in choices.items():
            self.fields[name].choices = [("", _("All")), *found]  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    note = forms.CharField(
        max_length=LONGEST,
        label=_("Why, in a few words"),
        help_text=_("They read it in their inbox and on the page of the case."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class HandForm(forms.Form):
    person = forms.ModelChoiceField(
        queryset=User.objects.none(), label=_("To whom"), empty_label=None, widget=forms.RadioSelect
    )
    note = forms.CharField(
        max_length=LONGEST,
        label=_("What to look at"),
        help_text=_("They read it in their inbox; it stays with the case."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    despite = forms.CharField(
        max_length=LONGEST,
        required=False,
        label=_("Why them nevertheless"),
        help_text=_(
            "Only where they are away, have had their number for the day, or lack a skill. It goes on the log."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = team.workers().order_by("pseudonym", "pk")  # type: ignore[attr-defined]


def _number(label: Any, most: int) -> forms.FloatField:
    widget = forms.NumberInput(attrs={"step": "0.5"})
    return forms.FloatField(label=label, required=False, min_value=-most, max_value=most, widget=widget)
