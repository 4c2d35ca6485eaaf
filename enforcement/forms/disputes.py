"""What staff enter about a dispute outside the house, and about the bodies that settle them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enforcement.domain.files import Sent
from enforcement.enums import DisputeOutcome, Forum
from enforcement.forms.appeal import ManyFiles
from enforcement.language import words as language
from enforcement.models import DisputeBody
from governance.policies.language.vocabulary.roots import GROUPS
from governance.web import formats

LONG, SHORT = 10_000, 200
DAY = {"type": "date"}


class WithPapers(forms.Form):
    """A form with papers, which it gives as the domain takes them."""

    papers = ManyFiles(
        label=_("Papers"), required=False, help_text=_("PDF or picture, up to 20 MB each, five at most.")
    )

    @property
    def sent(self) -> list[Sent]:
        return [Sent(each.name or "", each.chunks()) for each in self.cleaned_data["papers"]]


class RecordDispute(WithPapers):
    forum = forms.ChoiceField(label=_("Before"), choices=Forum.choices)
    body = forms.ModelChoiceField(
        label=_("Body"),
        queryset=DisputeBody.objects.order_by("name"),
        required=False,
        help_text=_("Of a certified body only. One that is missing is entered under “Bodies”."),
    )
    court = forms.CharField(label=_("Court"), max_length=SHORT, required=False, help_text=_("Of a court only."))
    their_reference = forms.CharField(label=_("Their reference"), max_length=100, required=False)
    brought_on = forms.DateField(label=_("Brought on"), widget=forms.DateInput(attrs=DAY))
    note = forms.CharField(
        label=_("What it is about"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order = ("forum", "body", "court", "their_reference", "brought_on", "note", "papers")


class NoteDispute(WithPapers):
    text = forms.CharField(label=_("What happened"), max_length=LONG, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("text", "papers")


class DecideDispute(WithPapers):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=DisputeOutcome.choices)
    decided_on = forms.DateField(label=_("Decided on"), widget=forms.DateInput(attrs=DAY))
    words = forms.CharField(
        label=_("In words"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The merchant reads it when it is carried out."),
    )
    costs = forms.CharField(
        label=_("Costs"),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who bears what."),
    )
    field_order = ("outcome", "decided_on", "words", "costs", "papers")


def _countries() -> list[tuple[str, str]]:
    return sorted(((code, formats.country(code)) for code in GROUPS["EU_EEA"]), key=lambda row: row[1])


def _languages() -> list[tuple[str, str]]:
    return [(tag, formats.language_name(tag)) for tag in language.languages()]


class BodyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=SHORT)
    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    country = forms.ChoiceField(label=_("Certified in"), choices=_countries)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=_languages,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Statements of reasons in these languages can name it."),
    )
    named = forms.BooleanField(label=_("Name it in statements of reasons"), required=False, initial=True)

    @classmethod
    def of(cls, body: DisputeBody) -> "BodyForm":
        fields: dict[str, Any] = {
            name: getattr(body, name) for name in ("name", "url", "country", "languages", "named")
        }
        return cls(initial=fields)
