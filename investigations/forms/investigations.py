"""What people write into an investigation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.policies.enums import Severity
from investigations.forms import FILE_LIMIT


def _text(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto", **attrs})


class OpenInvestigation(forms.Form):
    title = forms.CharField(max_length=160, label=_("Title"), widget=forms.TextInput(attrs={"dir": "auto"}))
    question = forms.CharField(max_length=4_000, label=_("What is to be found out?"), widget=_text(3))


class Collect(forms.Form):
    """Into an investigation that one works on, or a new one."""

    into = forms.ChoiceField(label=_("Investigation"), required=False)
    title = forms.CharField(
        max_length=160, label=_("Or open a new one"), required=False, help_text=_("Its title."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    question = forms.CharField(max_length=4_000, label=_("What is it to find out?"), required=False, widget=_text(2))
    reason = forms.CharField(
        max_length=160, label=_("Why this belongs to it"), help_text=_("It stands beside each."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], may_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: forms.ChoiceField = self.fields["into"]  # type: ignore[assignment]
        into.choices = [("", _("A new one")), *choices] if may_open else choices
        if not may_open:
            del self.fields["title"], self.fields["question"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("into") and not given.get("title"):
            self.add_error("into", _("Choose an investigation, or give a new one its title."))
        return given


class InvestigationNoteForm(forms.Form):
    text = forms.CharField(max_length=10_000, label=_("Note"), widget=_text(3))


class ExhibitForm(forms.Form):
    title = forms.CharField(max_length=200, label=_("What it shows"), widget=forms.TextInput(attrs={"dir": "auto"}))
    source = forms.CharField(
        max_length=1000, label=_("Where it comes from"), help_text=_("An address, a person, a system."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )  # fmt: skip
    file = forms.FileField(label=_("File"), help_text=_("At most 10 MB. It is kept as it is, under its hash."))

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > FILE_LIMIT:
            raise forms.ValidationError(
                _("The file has more than 10 MB. Send a smaller one, or name its address in a note.")
            )
        return given


class OpenCases(forms.Form):
    listings = forms.MultipleChoiceField(label=_("Listings"), widget=forms.CheckboxSelectMultiple)
    policy = forms.ChoiceField(label=_("Policy"))
    severity = forms.ChoiceField(label=_("Priority"), choices=Severity.choices, initial=Severity.SERIOUS)
    text = forms.CharField(
        max_length=4_000, label=_("What was found"), widget=_text(4), help_text=_("The first note in each case.")
    )

    def __init__(
        self, *args: Any, listings: list[tuple[int, str]], policies: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["listings"].choices = listings  # type: ignore[attr-defined]
        self.fields["policy"].choices = [("", "–"), *policies]  # type: ignore[attr-defined]


class ProposePolicy(forms.Form):
    text = forms.CharField(max_length=4_000, label=_("What it is to forbid, and why"), widget=_text(4))
    rule = forms.CharField(
        max_length=10_000, label=_("As an expression"), required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "class": "mono", "spellcheck": "false"}),
        help_text=_("In the rule language: what a search asked in “Where” fits here."),
    )  # fmt: skip


class FindNothing(forms.Form):
    text = forms.CharField(max_length=4_000, label=_("Why nothing further follows"), widget=_text(4))


class WritePolicy(forms.Form):
    slug = forms.SlugField(
        label=_("Short name"), max_length=80, help_text=_("Letters, digits, hyphens: loose-magnets.")
    )
    family = forms.SlugField(
        label=_("Family"), max_length=60, help_text=_("Where it stands in the list: toys, cosmetics.")
    )


class Conclude(forms.Form):
    conclusion = forms.CharField(
        max_length=10_000, label=_("The answer"), widget=_text(5), help_text=_("It is read before everything else.")
    )


class TakeUpAgain(forms.Form):
    reason = forms.CharField(max_length=500, label=_("Why it is taken up again"), widget=_text(2))
