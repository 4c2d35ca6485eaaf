"""What is to be done to many cases, and why."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.policies.enums import Measure
from investigations.enums import BulkVerb
from investigations.models import Queue
from investigations.queries.grid import ON_TILES

NEEDS = {BulkVerb.MOVE: "queue", BulkVerb.ASIDE: "until", BulkVerb.DECIDE: "measure"}
"""The field that a verb asks for."""


class BulkForm(forms.Form):
    does = forms.TypedChoiceField(label=_("What is to be done"), coerce=BulkVerb, widget=forms.RadioSelect)
    queue = forms.ChoiceField(label=_("To the queue"), required=False)
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone; at most 90 days. Their deadlines run on."),
    )
    measure = forms.ChoiceField(
        label=_("Measure"),
        required=False,
        choices=[("", "–"), *[(each.value, Measure(each).label) for each in ON_TILES]],
        help_text=_("Cases whose policy does not permit it, or whose queue does not offer it, are left out."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "It stands in the log of each case. Of a decision each merchant reads it; of a note it is the text."
        ),
    )

    def __init__(self, data: Any, *, verbs: Sequence[BulkVerb], language: str) -> None:
        super().__init__(data)
        self.fields["does"].choices = [(each.value, each.label) for each in verbs]  # type: ignore[attr-defined]
        queues = Queue.objects.filter(removed_at=None).order_by("position", "pk")
        named = [(queue.key, queue.name_in(language)) for queue in queues]
        self.fields["queue"].choices = [("", "–"), *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = NEEDS.get(cleaned.get("does", ""))
        if needed and needed not in self.errors and not cleaned.get(needed):
            self.add_error(needed, _("Choose this, too."))
        return cleaned

    @property
    def params(self) -> dict[str, Any]:
        """What the chosen verb needs, as the run keeps it."""
        name = NEEDS.get(self.cleaned_data["does"])
        if name is None:
            return {}
        value = self.cleaned_data[name]
        return {name: value.isoformat() if name == "until" else str(value)}
