"""What a person enters about queues, and about those who work in them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from governance.policies.enums import Measure, Severity
from governance.policies.models import Policy
from governance.web.formats import country, language_name
from investigations.domain.queues import Terms
from investigations.domain.team import Limits
from investigations.enums import Skill
from investigations.models import Queue, Skills
from listings.models import Market

MOST_HOURS, MOST_CASES = 2_000, 1_000


class QueueForm(forms.Form):
    """Whether the rule holds together the domain says. `is_default`: one that has no rule."""

    rule = forms.CharField(label=_("Rule"), max_length=10_000, strip=True, required=False)
    decide_within_hours = forms.IntegerField(
        label=_("Decide within, hours"),
        min_value=1,
        max_value=MOST_HOURS,
        help_text=_("Hours of the merchant's working days: 24 is one of them."),
        initial=72,
    )
    asks = forms.MultipleChoiceField(
        label=_("Asks of a person"),
        choices=Skill.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Who lacks one of these is not given its cases."),
    )
    hidden_measures = forms.MultipleChoiceField(
        label=_("Measures it does not offer"),
        choices=Measure.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("They cannot be decided here; a case that needs one is moved or held."),
    )

    def __init__(self, *args: Any, is_default: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for tag, _name in settings.LANGUAGES:
            attrs = {"lang": tag, "dir": "auto"}
            self.fields[f"name_{tag}"] = forms.CharField(
                label=language_name(tag), max_length=80, required=tag == "en", widget=forms.TextInput(attrs=attrs)
            )
        if is_default:
            del self.fields["rule"]

    def names(self) -> list[forms.BoundField]:
        return [self[f"name_{tag}"] for tag, _name in settings.LANGUAGES]

    def terms(self, kept: Mapping[str, str]) -> Terms:
        """What the form says; `kept` are names in languages that the page does not offer."""
        data = self.cleaned_data
        given = {tag: data[f"name_{tag}"].strip() for tag, _name in settings.LANGUAGES}
        return Terms(
            names={**kept, **given},
            rule=data.get("rule", ""),
            decide_within_hours=data["decide_within_hours"],
            hidden_measures=data["hidden_measures"],
            asks=data["asks"],
        )


def initial_of_queue(queue: Queue) -> dict[str, Any]:
    values = {name: getattr(queue, name) for name in QueueForm.base_fields}
    return values | {f"name_{tag}": name for tag, name in queue.names.items()}


def family_name(family: str) -> str:
    return family.replace("_", " ")


class SkillsForm(forms.Form):
    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple, required=False, help_text=_("None means all.")
    )
    markets = forms.MultipleChoiceField(
        label=_("Markets"), widget=forms.CheckboxSelectMultiple, required=False, help_text=_("None means all.")
    )
    families = forms.MultipleChoiceField(
        label=_("Families of policies"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None means all."),
    )
    highest = forms.ChoiceField(label=_("Severity up to"), choices=Severity.choices)
    cases_a_day = forms.IntegerField(
        label=_("Cases a day"),
        min_value=0,
        max_value=MOST_CASES,
        required=False,
        help_text=_("As many are given at most, one after the other. Empty is no limit."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = dict(Market.objects.order_by("code").values_list("code", "languages"))
        spoken = {tag for languages in rows.values() for tag in languages} | {tag for tag, _name in settings.LANGUAGES}
        families = Policy.objects.order_by("family").values_list("family", flat=True).distinct()
        self._offer("languages", {tag: language_name(tag) for tag in spoken})
        self._offer("markets", {code: country(code) for code in rows})
        self._offer("families", {family: family_name(family) for family in families})

    def _offer(self, name: str, choices: dict[str, str]) -> None:
        """What is there, and what is kept of what is not there any more."""
        kept = self.initial.get(name) or []
        offered = {value: value for value in kept} | choices
        self.fields[name].choices = sorted(offered.items(), key=lambda choice: choice[1])  # type: ignore[attr-defined]

    def limits(self) -> Limits:
        data = self.cleaned_data
        return Limits(
            languages=data["languages"],
            markets=data["markets"],
            families=data["families"],
            highest=Severity(data["highest"]),
            cases_a_day=data["cases_a_day"],
        )


def initial_of_skills(skills: Skills | None) -> dict[str, Any]:
    if skills is None:
        return {"highest": Severity.CRITICAL}
    return {name: getattr(skills, name) for name in SkillsForm.base_fields}


class AbsenceForm(forms.Form):
    starts_on = forms.DateField(label=_("First day away"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput(attrs={"type": "date"}))
