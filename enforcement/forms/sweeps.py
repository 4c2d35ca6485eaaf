"""Starting a sweep from the page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.enums import SweepKind, SweepPriority
from enforcement.queries import sweeps


class StartSweep(forms.Form):
    """`policies` lists the live, switched-on policies with their titles in the person's language."""

    kind = forms.ChoiceField(label=_("What to look at"), choices=SweepKind.choices, initial=SweepKind.FULL)
    policies = forms.TypedMultipleChoiceField(
        label=_("Policies"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for a sweep with chosen policies."),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=SweepPriority.choices,
        coerce=int,
        required=False,
        initial=SweepPriority.NORMAL,
        help_text=_("One sweep is at work at a time; of those that wait the most urgent begins first."),
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("For the log: “after the toy law changed”.")
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policies"].choices = sweeps.policy_choices(language)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = bool(data.get("policies"))
        if data.get("kind") == SweepKind.POLICIES and not chosen:
            self.add_error("policies", _("Choose at least one policy."))
        if data.get("kind") != SweepKind.POLICIES:
            data["policies"] = []
        return data
