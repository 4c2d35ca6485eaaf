"""What staff enter about notices: one that came by letter, a decision upon one, a trusted flagger, a suspension."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from enforcement.forms.appeal import ManyFiles
from enforcement.language import words as language
from governance.accounts.models import ApiKey
from governance.policies.enums import Matter, Measure
from governance.web import formats
from investigations.domain.notice_intake import LONGEST, Sender
from investigations.enums import NoticeGround, ReporterKind
from investigations.forms import REASON_LENGTH
from investigations.forms.report import ThingsField, checked
from investigations.models import Reporter
from investigations.queries import things
from investigations.queries.things import Thing


def letter_languages() -> list[tuple[str, str]]:
    """Those in which we can write, each under its name in the reader's language."""
    return [(tag, formats.language_name(tag)) for tag in language.languages()]


class DecideNotice(forms.Form):
    """`policies` are those in force about listings, with their titles in the person's language."""

    policy = forms.TypedChoiceField(label=_("Policy"), coerce=int)
    measure = forms.TypedChoiceField(label=_("Measure"), choices=[("", _("Choose…")), *Measure.choices], coerce=Measure)
    markets = forms.CharField(
        label=_("Markets"),
        max_length=200,
        required=False,
        help_text=_("Such as DE FR; empty means wherever the policy applies."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("For the file. Name nobody who reported."),
    )

    def __init__(self, *args: Any, policies: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", _("Choose…")), *policies]  # type: ignore[attr-defined]

    def clean_markets(self) -> list[str]:
        return sorted({code.upper() for code in self.cleaned_data["markets"].replace(",", " ").split()})


class EnterNotice(forms.Form):
    """What came by letter or telephone. `markets` are those of whoever enters it; None means all."""

    things = ThingsField(
        label=_("Listings or merchants"),
        help_text=_("Numbers, L-…, addresses or EANs; of a merchant as a whole the reference or address. One a line."),
    )
    ground = forms.TypedChoiceField(
        label=_("Ground"), choices=NoticeGround.choices, coerce=NoticeGround, initial=NoticeGround.OTHER
    )
    reason = forms.CharField(
        label=_("What is reported"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"})
    )
    kind = forms.TypedChoiceField(
        label=_("Reported by"),
        choices=[
            each for each in ReporterKind.choices if each[0] not in (ReporterKind.ANONYMOUS, ReporterKind.FLAGGER)
        ],
        coerce=ReporterKind,
        required=False,
        empty_value=ReporterKind.PERSON,
    )
    flagger = forms.ModelChoiceField(
        label=_("Trusted flagger"),
        queryset=Reporter.objects.filter(kind=ReporterKind.FLAGGER).order_by("name", "pk"),
        required=False,
        empty_label=_("none"),
        help_text=_("Stands for name and address."),
    )
    order_number = forms.CharField(
        label=_("Order number"), max_length=120, required=False, help_text=_("With which a buyer bought it.")
    )
    brand = forms.CharField(label=_("Brand or work"), max_length=200, required=False)
    register_number = forms.CharField(label=_("Number in the register"), max_length=100, required=False)
    reporter_name = forms.CharField(label=_("Name of who reports"), max_length=200, required=False)
    reporter_email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("They are told there. The merchant never learns it."),
    )
    language = forms.ChoiceField(label=_("Their language"), choices=letter_languages)
    good_faith = forms.BooleanField(label=_("They state that they report in good faith"), required=False)
    proof = ManyFiles(label=_("Files"), required=False)

    def __init__(self, *args: Any, markets: frozenset[str] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.markets = markets

    def clean_things(self) -> list[Thing]:
        found: list[Thing] = self.cleaned_data["things"]
        if self.markets is not None and any(not self.markets.intersection(things.markets_of(each)) for each in found):
            raise forms.ValidationError(_t("Some of these are in none of your markets."))
        return found

    def clean_proof(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["proof"])

    def sender(self) -> Sender:
        data = self.cleaned_data
        return Sender(
            kind=data["kind"],
            name=data["reporter_name"],
            email=data["reporter_email"],
            flagger=data["flagger"],
            brand=data["brand"],
            register_number=data["register_number"],
            order_number=data["order_number"],
        )


class FlaggerForm(forms.Form):
    """A trusted flagger as its Digital Services Coordinator has awarded it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("Confirmations and answers go there."))
    language = forms.ChoiceField(label=_("Language"), choices=letter_languages)
    coordinator = forms.CharField(
        label=_("Awarded by"),
        max_length=200,
        help_text=_("The Digital Services Coordinator, such as Bundesnetzagentur."),
    )
    areas = forms.MultipleChoiceField(
        label=_("Areas"),
        choices=Matter.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where its notices come first. None means all."),
    )
    valid_from = forms.DateField(
        label=_("Valid from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label=_("Valid to"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    key = forms.ModelChoiceField(
        label=_("API key"),
        queryset=ApiKey.objects.filter(revoked_at=None).order_by("name", "pk"),
        required=False,
        empty_label=_("none"),
        help_text=_("What comes with this key comes in its name. Give the key the scope notices:write."),
    )

    @classmethod
    def of(cls, flagger: Reporter) -> "FlaggerForm":
        fields = ("name", "email", "language", "coordinator", "areas", "valid_from", "valid_to")
        key = ApiKey.objects.filter(user=flagger.user_id).first() if flagger.user_id else None
        return cls(initial={name: getattr(flagger, name) for name in fields} | {"key": key})


class SuspendForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("For how long"),
        coerce=int,
        initial="30",
        choices=[
            (days, ngettext_lazy("%(days)s day", "%(days)s days", days) % {"days": days}) for days in (14, 30, 90, 180)
        ],
    )
    reasons = forms.CharField(
        label=_("Reasons"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("The reporter reads them word for word."),
    )


class ChoosePolicy(forms.Form):
    """`policies` are those in force about listings, with their titles in the person's language."""

    policy = forms.TypedChoiceField(label=_("Judge it under"), coerce=int)

    def __init__(self, *args: Any, policies: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", _("Choose…")), *policies]  # type: ignore[attr-defined]
