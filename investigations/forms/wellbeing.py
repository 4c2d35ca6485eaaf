"""What a person enters about what they can bear, and a team lead about what everybody is spared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from investigations.domain.wellbeing import LONGEST_BREAK, MOST_HARD, MOST_PICTURES
from investigations.forms.queues import family_name
from investigations.models import OwnLimits, WellbeingRules
from investigations.queries import policies_in_force, wellbeing

AS_FOR_ALL, NEVER = "", 0
REMINDERS = (30, 45, 60, 90, 120)


class OwnLimitsForm(forms.Form):
    families = forms.MultipleChoiceField(
        label=_("Do not give me cases about"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Nobody is told, and nobody asks why. You may still open one yourself."),
    )
    hard_a_day = forms.IntegerField(
        label=_("Cases hard to look at, a day"),
        min_value=0,
        max_value=MOST_HARD,
        required=False,
        help_text=_("0 is none. Empty is as for everybody."),
    )
    pictures_a_day = forms.IntegerField(
        label=_("Their photos seen sharp, a day"),
        min_value=0,
        max_value=MOST_PICTURES,
        required=False,
        help_text=_("Beyond it, no further such case is given. Empty is as for everybody."),
    )
    break_after = forms.TypedChoiceField(label=_("Remind me of a break"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial.get("families") or []
        offered = {family: family_name(family) for family in [*kept, *wellbeing.families()]}
        self.fields["families"].choices = sorted(offered.items(), key=lambda each: each[1])  # type: ignore[attr-defined]
        after = [
            (number, ngettext_lazy("After %(count)d minute", "After %(count)d minutes", number) % {"count": number})
            for number in REMINDERS
        ]
        self.fields["break_after"].choices = [(AS_FOR_ALL, _("As for everybody")), *after, (NEVER, _("Never"))]  # type: ignore[attr-defined]


def initial_of_own(limits: OwnLimits) -> dict[str, Any]:
    return {name: getattr(limits, name) for name in ("families", "hard_a_day", "pictures_a_day", "break_after")}


class WellbeingRulesForm(forms.Form):
    hard_policies = forms.TypedMultipleChoiceField(
        label=_("Policies whose cases are hard to look at"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Their photos start blurred and grey whatever a person prefers."),
    )
    hard_a_day = forms.IntegerField(
        label=_("Such cases a day, at most"),
        min_value=0,
        max_value=MOST_HARD,
        required=False,
        help_text=_("For each person. Empty is no limit; a person may set less for themselves."),
    )
    pictures_a_day = forms.IntegerField(
        label=_("Their photos seen sharp a day, at most"),
        min_value=0,
        max_value=MOST_PICTURES,
        required=False,
        help_text=_("For each person; only they see how many they have seen. Empty is no limit."),
    )
    break_after = forms.IntegerField(
        label=_("Remind of a break after, minutes"), min_value=15, max_value=480, help_text=_("Without a pause.")
    )
    break_lasts = forms.IntegerField(label=_("A break lasts, minutes"), min_value=5, max_value=LONGEST_BREAK)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hard_policies"].choices = policies_in_force.by_title()  # type: ignore[attr-defined]


def initial_of_rules(rules: WellbeingRules) -> dict[str, Any]:
    fields = ("hard_a_day", "pictures_a_day", "break_after", "break_lasts")
    return {name: getattr(rules, name) for name in fields} | {"hard_policies": sorted(wellbeing.hard_policies())}
