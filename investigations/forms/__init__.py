"""What a person enters on the pages of case work."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.domain.timing import Timing
from enforcement.enums import WithoutNotice
from enforcement.measures import MEASURES
from governance.policies.enums import Measure
from investigations.enums import Verdict
from investigations.models import Case
from investigations.queries import work

REASON_LENGTH = 500
FILE_LIMIT = 10 * 1024 * 1024
EVERY_VERDICT, ONE_VERDICT = "verdict_all", "verdict-"

AT_ONCE_CHOICES = [(each.value, format_lazy(_("At once: {reason}"), reason=each.label)) for each in WithoutNotice]
CURE_CHOICES = [
    ("", _("As the policy says")),
    ("0", _("At once")),
    ("3", _("After 3 working days to correct")),
    ("5", _("After 5 working days to correct")),
    ("10", _("After 10 working days to correct")),
    ("15", _("After 15 working days to correct")),
]


KEY_DIGITS = 19
"""So many digits are no key."""


def canned_keys(data: Any) -> list[int]:
    """The canned texts, by key, that were put into what was posted."""
    given = data.getlist("canned") if hasattr(data, "getlist") else []
    return [int(key) for key in given if key.isdecimal() and len(key) < KEY_DIGITS]


class DecideForm(forms.Form):
    """A decision as it stands on the page. Verdicts are fields `verdict-<item>`; `verdict_all` stands for the others up to
    the item `known_up_to`, the last there was when the page was opened."""

    measure = forms.TypedChoiceField(
        choices=Measure.choices, coerce=Measure, required=False, empty_value=None, label=_("Measure")
    )
    also = forms.TypedChoiceField(
        choices=[("", _("nothing else")), *Measure.choices],
        coerce=Measure,
        required=False,
        empty_value=None,
        label=pgettext_lazy("measure", "Also"),
    )
    markets = forms.MultipleChoiceField(required=False, label=_("Markets"))
    minimum_age = forms.IntegerField(min_value=1, max_value=99, required=False, label=_("Minimum age"))
    cure_days = forms.TypedChoiceField(
        choices=CURE_CHOICES, coerce=int, required=False, empty_value=None, label=_("Takes effect")
    )
    without_notice = forms.TypedChoiceField(
        choices=[("", _("After 30 days' notice")), *AT_ONCE_CHOICES],
        coerce=WithoutNotice,
        required=False,
        empty_value=None,
        label=_("Takes effect"),
    )
    starts_at = forms.DateTimeField(
        required=False,
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(max_length=REASON_LENGTH, required=False, label=_("Reason"))
    fine_reason = forms.CharField(max_length=REASON_LENGTH, required=False, label=_("Why it is fine"))
    verdict_all = forms.TypedChoiceField(choices=Verdict.choices, coerce=Verdict, required=False, empty_value=None)
    known_up_to = forms.IntegerField(required=False)
    keep = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, case: Case, markets: Iterable[str]) -> None:
        super().__init__(data)
        self.case = case
        self.offered = list(markets)
        self.fields["markets"].choices = [(code, code) for code in self.offered]  # type: ignore[attr-defined]

    def offer_also(self, measures: Iterable[Measure]) -> None:
        """Only what the policy permits may be second."""
        permitted = [(measure.value, measure.label) for measure in measures]
        self.fields["also"].choices = [("", _("nothing else")), *permitted]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["verdicts"] = self.verdicts(cleaned.get("verdict_all"), cleaned.get("known_up_to") or 0)
        return cleaned

    def verdicts(self, every: Verdict | None, known_up_to: int) -> dict[int, Verdict]:
        """The verdict on each item that waits: its own, else the one for all."""
        given = self.given()
        found = {}
        for key in work.unsettled(self.case).values_list("pk", flat=True):
            if key in given:
                found[key] = given[key]
            elif every and key <= known_up_to:
                found[key] = every
        return found

    def given(self) -> dict[int, Verdict]:
        """The verdicts entered one by one, also those on items that do not wait any more."""
        found = {}
        for name, value in self.data.items():
            number = name.removeprefix(ONE_VERDICT)
            if name.startswith(ONE_VERDICT) and number.isdecimal() and value in Verdict.values:
                found[int(number)] = Verdict(value)
        return found

    @property
    def asked(self) -> Timing:
        """When it should take effect, as far as the measure lets one choose."""
        kind = MEASURES.get(self.cleaned_data["measure"])
        return Timing(
            cure_days=self.cleaned_data["cure_days"] if kind and kind.curable else None,
            without_notice=self.cleaned_data["without_notice"] if kind and kind.needs_notice else None,
            starts_at=self.cleaned_data["starts_at"],
        )

    @property
    def canned(self) -> list[int]:
        return canned_keys(self.data)

    @property
    def read(self) -> list[int]:
        """What of the notices that joined since the claim stood on the page."""
        given = self.data.getlist("read") if hasattr(self.data, "getlist") else []
        return [int(key) for key in given if key.isdecimal() and len(key) < KEY_DIGITS]

    @property
    def posted_markets(self) -> list[str]:
        """What was ticked, understood or not."""
        return list(self["markets"].value() or [])

    @property
    def named_markets(self) -> list[str]:
        """The markets that were chosen; none where all were, so that the measure holds in those entered later too."""
        chosen = self.cleaned_data["markets"]
        every = set(chosen) == set(self.offered) and self.cleaned_data["measure"] != Measure.RESTRICT_MARKETS
        return [] if every else chosen


class ReasonForm(forms.Form):
    """Its field belongs to the decision's form, so that what was entered there goes with it."""

    use_required_attribute = False
    why = forms.CharField(
        max_length=REASON_LENGTH,
        label=_("Why, in a few words"),
        help_text=_("The next person reads it."),
        widget=forms.Textarea(attrs={"rows": 3, "form": "decision"}),
    )


class NoteForm(forms.Form):
    text = forms.CharField(
        max_length=5_000,
        label=_("Note"),
        help_text=_("@ and a name tells a colleague who may read the case."),
        widget=forms.Textarea(
            attrs={"rows": 3, "dir": "auto", "data-mentions": "", "data-key": "v n", "data-key-label": _("Note")}
        ),
        strip=True,
    )


class TranslationForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    text = forms.CharField(max_length=10_000, strip=True)


class LinkForm(forms.Form):
    prefix = "link"
    title = forms.CharField(max_length=200, label=_("What it shows"))
    source = forms.URLField(max_length=1000, label=_("Address"), assume_scheme="https")


class FileForm(forms.Form):
    prefix = "file"
    title = forms.CharField(max_length=200, label=_("What it shows"))
    file = forms.FileField(label=_("File"), help_text=_("At most 10 MB. It is kept as it is, under its hash."))

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > FILE_LIMIT:
            raise forms.ValidationError(_("The file has more than 10 MB. Send a smaller one, or add a link to it."))
        return given
