"""What a person enters about orders of courts and authorities."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from enforcement.domain.files import Sent
from enforcement.forms.appeal import ManyFiles
from enforcement.language import words as language
from enforcement.language.transparency import EEA
from governance.policies.enums import Measure
from governance.web import formats
from investigations.domain.order_intake import LONGEST, MOST_LINES, Received
from investigations.enums import GROUND_NAME, ORDER_ARTICLE, ORDER_MEASURES, NoticeGround, OrderKind
from investigations.forms import REASON_LENGTH
from investigations.forms.report import checked, sent
from investigations.models import AuthorityOrder, OrderItem
from listings.models import Market

WHEN = "%Y-%m-%dT%H:%M"


def moment_widget() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN)


def text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def _languages() -> list[tuple[str, str]]:
    return [(tag, formats.language_name(tag)) for tag in language.languages()]


def _countries() -> list[tuple[Any, Any]]:
    """Those of the European Economic Area, and our markets."""
    codes = EEA | set(Market.objects.values_list("code", flat=True))
    return [("", _("Choose…")), *sorted(((code, formats.country(code)) for code in codes), key=lambda each: each[1])]


def _markets() -> list[tuple[str, str]]:
    codes = Market.objects.order_by("code").values_list("code", flat=True)
    return sorted(((code, formats.country(code)) for code in codes), key=lambda each: each[1])


class EnterOrder(forms.Form):
    kind = forms.TypedChoiceField(
        label=_("It orders us to"),
        choices=[(each.value, f"{each.label} ({ORDER_ARTICLE[each]})") for each in OrderKind],
        coerce=OrderKind,
        widget=forms.RadioSelect,
        initial=OrderKind.ACT.value,
    )
    authority = forms.CharField(label=_("Court or authority"), max_length=200)
    country = forms.ChoiceField(label=_("Its country"), choices=_countries)
    number = forms.CharField(
        label=_("Its number of the order"),
        max_length=120,
        help_text=_("The same authority and number again is the same order."),
    )
    email = forms.EmailField(
        label=_("Its e-mail address"),
        required=False,
        help_text=_("Receipt and effect report go there. Without one you send them and record how."),
    )
    contact = forms.CharField(label=_("Whom to ask there"), max_length=1_000, required=False, widget=text(2))
    received_at = forms.DateTimeField(label=_("Received"), widget=moment_widget(), input_formats=[WHEN])
    term_at = forms.DateTimeField(
        label=_("To be done by"),
        required=False,
        widget=moment_widget(),
        input_formats=[WHEN],
        help_text=_("Where the order says so. About a dangerous product it is two working days at most."),
    )
    lines = forms.CharField(
        label=_("What it names"),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "One on each line: address, L-number, EAN, MERCHANT/LISTING by the marketplace’s keys, or a merchant’s key. What we do not find is kept as it is."
        ),
    )
    markets = forms.MultipleChoiceField(
        label=_("Where it holds"),
        choices=_markets,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing is done in any other country."),
    )
    ground = forms.TypedChoiceField(
        label=_("What it is about"),
        choices=[(each.value, GROUND_NAME[each]) for each in NoticeGround],
        coerce=NoticeGround,
        initial=NoticeGround.OTHER.value,
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=2_000, required=False, widget=text(2))
    reasons = forms.CharField(
        label=_("Its reasons"),
        max_length=LONGEST,
        required=False,
        widget=text(5),
        help_text=_("Word for word: the merchant reads them."),
    )
    wanted = forms.CharField(
        label=_("What is to be done, or which information is asked for"),
        max_length=LONGEST,
        required=False,
        widget=text(3),
    )
    redress = forms.CharField(
        label=_("How it can be contested"),
        max_length=LONGEST,
        required=False,
        widget=text(2),
        help_text=_("As the order says: the merchant reads it."),
    )
    language = forms.ChoiceField(label=_("Language of the order"), choices=_languages)
    tell_after = forms.DateTimeField(
        label=_("Merchants are told nothing before"),
        required=False,
        widget=moment_widget(),
        input_formats=[WHEN],
        help_text=_("Only where the order asks for it. Then they are told."),
    )
    papers = ManyFiles(label=_("The order itself"), required=False, help_text=_("Up to five files, PDF or pictures."))

    def clean_lines(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_t("An order takes at most 200 lines. Enter the others as a second one."))
        return lines

    def clean_papers(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["papers"])

    def given(self) -> Received:
        data = dict(self.cleaned_data)
        return Received(sent=sent(data.pop("papers")), **data)


class CheckOrder(forms.Form):
    """`elements` are those that the law asks for, with its article; what is ticked is there."""

    present = forms.MultipleChoiceField(label=_("The order"), required=False, widget=forms.CheckboxSelectMultiple)
    goes_on = forms.BooleanField(label=_("Carry it out all the same"), required=False)
    note = forms.CharField(
        label=_("In your words"),
        max_length=LONGEST,
        required=False,
        widget=text(3),
        help_text=_("To the authority where something is asked of it; else for the file."),
    )

    def __init__(self, *args: Any, elements: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = list(elements)  # type: ignore[attr-defined]

    @property
    def missing(self) -> list[str]:
        """Of those that are asked for."""
        there = self.cleaned_data["present"]
        return [value for value, _label in self.fields["present"].choices if value not in there]  # type: ignore[attr-defined]


class ActUponOrder(forms.Form):
    """`policies` are those in force about listings. The markets are those of the order."""

    policy = forms.TypedChoiceField(
        label=_("Policy"),
        coerce=int,
        help_text=_("Under which it is kept; the merchant reads the order’s own reasons."),
    )
    measure = forms.TypedChoiceField(
        label=_("Measure"),
        choices=[(each.value, each.label) for each in ORDER_MEASURES],
        coerce=Measure,
        initial=Measure.REMOVE.value,
    )
    minimum_age = forms.IntegerField(
        label=_("From which age"), min_value=1, max_value=99, required=False, help_text=_("Only for an age gate.")
    )
    reason = forms.CharField(label=_("For the file"), max_length=REASON_LENGTH, required=False, widget=text(2))

    def __init__(self, *args: Any, policies: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", _("Choose…")), *policies]  # type: ignore[attr-defined]


class GiveInformation(forms.Form):
    """`items` are the things of the order that are somebody here."""

    item = forms.TypedChoiceField(label=_("About"), coerce=int)
    what = forms.CharField(
        label=_("What was given"),
        max_length=LONGEST,
        widget=text(4),
        help_text=_("Which information, of which time. The merchant reads it; name nobody else."),
    )
    to_whom = forms.CharField(label=_("To whom"), max_length=200)
    given_at = forms.DateTimeField(label=_("When"), widget=moment_widget(), input_formats=[WHEN])
    file = forms.FileField(
        label=_("The file that was handed over"),
        required=False,
        help_text=_("Its hash is kept as proof, its content is not. At most 20 MB."),
    )

    def __init__(
        self, *args: Any, items: Iterable[OrderItem], order: AuthorityOrder, now: datetime, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"to_whom": order.authority, "given_at": now}
        super().__init__(*args, **kwargs)
        choices = [(item.pk, f"{item.merchant.name}: {item.named}" if item.merchant else item.named) for item in items]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]

    @property
    def sent(self) -> Sent | None:
        file = self.cleaned_data["file"]
        return Sent(file.name, file.chunks()) if file else None


class OrderFigures(forms.Form):
    """The days of a report, both included."""

    since = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "since" in cleaned and "until" in cleaned and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _t("Choose a day that is not before the first."))
        return cleaned
