"""What a person enters in the dialogs that arrange a case. Where they hold it, the fields belong to the decision's form, so that
what was entered there goes with them."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enforcement.language import words
from governance.web import formats
from investigations.enums import AskedOf, ReasonFor, WakeOn
from investigations.filters import CASE_ID
from investigations.models import Case

WHY_LENGTH, TEXT_LENGTH, CANNED_LENGTH = 500, 5_000, 500
Choices = Iterable[tuple[Any, Any]]


class VerbForm(forms.Form):
    """`owner` is the id of the form that the fields belong to."""

    use_required_attribute = False

    def __init__(self, *args: Any, owner: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owner:
            for field in self.fields.values():
                field.widget.attrs["form"] = owner


def why() -> forms.CharField:
    return forms.CharField(
        max_length=WHY_LENGTH,
        label=_("Why, in a few words"),
        help_text=_("The next person reads it."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class WhyForm(VerbForm):
    prefix = "why"
    why = why()


class MergeForm(VerbForm):
    prefix = "merge"
    into = forms.TypedChoiceField(label=_("Into which case"), coerce=int, widget=forms.RadioSelect)
    why = why()

    def __init__(self, *args: Any, cases: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = list(cases)  # type: ignore[attr-defined]


class SplitForm(VerbForm):
    prefix = "split"
    items = forms.TypedMultipleChoiceField(
        label=_("Listings for the new case"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    why = why()

    def __init__(self, *args: Any, items: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = list(items)  # type: ignore[attr-defined]


class RelateForm(VerbForm):
    """`visible` are the cases that the person may see."""

    prefix = "relate"
    other = forms.CharField(max_length=20, label=_("Case"), help_text=_("Its number, C-…"))
    why = forms.CharField(max_length=200, label=_("Why they belong together"))

    def __init__(self, *args: Any, visible: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visible = visible

    def clean_other(self) -> Case:
        found = CASE_ID.match(self.cleaned_data["other"].strip())
        case = self.visible.filter(pk=int(found[1])).first() if found and self.visible is not None else None
        if case is None:
            raise forms.ValidationError(_("There is no case with this number."))
        return case  # type: ignore[no-any-return]


class SnoozeForm(VerbForm):
    prefix = "snooze"
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    wake_on = forms.TypedChoiceField(
        label=_("Sooner"), choices=WakeOn.choices, coerce=WakeOn, required=False, widget=forms.RadioSelect
    )
    why = why()

    @property
    def moment(self) -> datetime:
        """The beginning of the day, where the person is."""
        return datetime.combine(self.cleaned_data["until"], time(), timezone.get_current_timezone())


class AskForm(VerbForm):
    prefix = "ask"
    asked_of = forms.TypedChoiceField(
        label=_("Whom"), choices=AskedOf.choices, coerce=AskedOf, initial=AskedOf.SENIOR, widget=forms.RadioSelect
    )
    text = forms.CharField(
        max_length=TEXT_LENGTH, label=_("Question"), widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class AnswerForm(VerbForm):
    prefix = "answer"
    text = forms.CharField(
        max_length=TEXT_LENGTH, label=_("Answer"), widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class HandBackForm(VerbForm):
    """`person` is whoever held it last and may still read it."""

    prefix = "back"
    to = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    text = forms.CharField(
        max_length=TEXT_LENGTH, label=_("What to look at"), widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )

    def __init__(self, *args: Any, person: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("person", str(person))] if person else []
        self.fields["to"].choices = [*people, ("queue", _("Back to the queue"))]  # type: ignore[attr-defined]
        self.fields["to"].initial = "person" if person else "queue"


class CannedForm(forms.Form):
    """A canned reason: its texts are fields `text_<language>`, one for each language that we write to merchants in."""

    name = forms.CharField(
        max_length=80, label=_("Name"), help_text=_("What whoever chooses it reads. The merchant does not.")
    )
    policy = forms.TypedChoiceField(
        label=_("Policy"), coerce=int, required=False, empty_value=None, help_text=_("Empty: offered in every case.")
    )
    purpose = forms.TypedChoiceField(label=_("Used for"), choices=ReasonFor.choices, coerce=ReasonFor)

    def __init__(self, *args: Any, policies: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", _("Every policy")), *policies]  # type: ignore[attr-defined]
        add_texts(self)

    @property
    def texts(self) -> dict[str, str]:
        return texts_of(self)


class CannedTextsForm(forms.Form):
    """New words for one that is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_texts(self)

    @property
    def texts(self) -> dict[str, str]:
        return texts_of(self)


def canned_languages() -> list[str]:
    """Those of the console first, then the others that merchants are written to in."""
    own = [code for code, _name in settings.LANGUAGES]
    return [*own, *(tag for tag in words.languages() if tag not in own)]


def add_texts(form: forms.Form) -> None:
    for tag in canned_languages():
        attrs = {"rows": 2, "lang": tag, "dir": formats.direction(tag)}
        form.fields[f"text_{tag}"] = forms.CharField(
            max_length=CANNED_LENGTH,
            required=tag == "en",
            label=formats.language_name(tag),
            widget=forms.Textarea(attrs=attrs),
        )


def texts_of(form: forms.Form) -> dict[str, str]:
    return {tag: form.cleaned_data[f"text_{tag}"] for tag in canned_languages()}
