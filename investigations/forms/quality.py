"""What a person enters where work is read a second time."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from investigations.enums import ReviewOutcome, Verdict


class SettleForm(forms.Form):
    """Who was right where two readers differ, and what the next person is to know."""

    outcome = forms.TypedChoiceField(
        label=_("Who was right"),
        choices=[(each.value, each.label) for each in ReviewOutcome if each != ReviewOutcome.AGREED],
        coerce=ReviewOutcome,
        widget=forms.RadioSelect,
    )
    verdict = forms.TypedChoiceField(
        label=_("Such a listing is"),
        choices=[("", ""), *Verdict.choices],
        coerce=Verdict,
        required=False,
        empty_value=None,
        help_text=_("For the words below."),
    )
    precedent = forms.CharField(
        label=_("What the next person should know"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("It stands beside the policy's guidance. Empty: nothing is added."),
    )


class PlanForm(forms.Form):
    random_percent = forms.IntegerField(
        label=_("Drawn at random, in %"),
        min_value=0,
        max_value=100,
        help_text=_("Of each day's decisions by people. Only these say how well all were judged."),
    )
    risk_percent = forms.IntegerField(
        label=_("Drawn by risk, in %"),
        min_value=0,
        max_value=100,
        help_text=_("The most risky of the rest: harsh measures, seconds to decide, new colleagues."),
    )
    automation_per_day = forms.IntegerField(
        label=_("Decisions by automation, a day"),
        min_value=0,
        max_value=10_000,
        help_text=_("Drawn at random; they say how often automation is right."),
    )
    golden_per_hundred = forms.IntegerField(
        label=_("Test cases in a hundred"),
        min_value=0,
        max_value=50,
        help_text=_("Cases with a known answer that come like any other."),
    )


class CalibrationForm(forms.Form):
    """`policies` are those under which there are cases."""

    title = forms.CharField(label=_("Title"), max_length=120)
    policy = forms.TypedChoiceField(label=_("Policy"), coerce=int)
    count = forms.IntegerField(
        label=_("Listings"),
        min_value=3,
        max_value=40,
        help_text=_("Decided by people in the last 90 days: first those on which two readers differed."),
    )
    closes_on = forms.DateField(
        label=_("To be judged by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, policies: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", _("Choose…")), *policies]  # type: ignore[attr-defined]
