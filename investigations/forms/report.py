"""The public report, and what it shares with reports that are entered by hand: listings in lines, files."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enforcement.domain.files import LARGEST, MOST, Sent
from enforcement.forms.appeal import ManyFiles
from investigations.domain.notice_intake import LONGEST, Sender
from investigations.domain.notice_intake import MOST as MOST_THINGS
from investigations.enums import NAMELESS_GROUNDS, NoticeGround, ReporterKind
from investigations.queries import things

STAMP_SALT = "investigations.report"
QUICKEST, SLOWEST = timedelta(seconds=3), timedelta(hours=24)
"""A person needs longer than the one, and the page is not older than the other."""
SHOWN = 5


class ThingsField(forms.CharField):
    """Listings or merchants, one a line: an address, a number (L-…), an EAN, a merchant's reference. What is not found is named, and everything
    typed stays."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 3, "dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}
        super().__init__(widget=forms.Textarea(attrs=attrs), max_length=20_000, **kwargs)

    def clean(self, value: Any) -> list[things.Thing]:
        lines = [line for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MOST_THINGS:
            raise forms.ValidationError(_t("Name at most 50 at once, and send the others in a second report."))
        found, unknown = things.find_all(lines)
        if unknown:
            listed = ", ".join(f"\u2068{line.strip()[:80]}\u2069" for line in unknown[:SHOWN])
            text = ngettext(
                "We found nothing for this: %(lines)s. Copy the address, the number (L-…) or the EAN once more.",
                "We found nothing for these: %(lines)s. Copy the addresses, numbers (L-…) or EANs once more.",
                len(unknown),
            )
            raise forms.ValidationError(text % {"lines": listed})
        if len(found) > MOST_THINGS:
            raise forms.ValidationError(_t("These are more than 50 listings. Name them by their addresses or numbers."))
        return found


class ReportForm(forms.Form):
    """A report by anybody. `website` is a field that people do not see; `stamp` says when the page was opened, signed."""

    things = ThingsField(
        label=_("Which listing or seller is it?"),
        help_text=_(
            "A listing’s address, its number (L-…) or its EAN. To report a seller as a whole, the address of their page or their reference. One on each line where there are several."
        ),
    )
    ground = forms.TypedChoiceField(
        label=_("What is wrong with it?"), choices=[("", _("Choose…")), *NoticeGround.choices], coerce=NoticeGround
    )
    reason = forms.CharField(
        label=_("Why is it illegal or dangerous?"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("What you have seen, where, and which law or right it breaks, as far as you know."),
    )
    proof = ManyFiles(
        label=_("Proof"), required=False, help_text=_("Up to five files: PDF, PNG, JPEG or WebP, at most 20 MB each.")
    )
    kind = forms.TypedChoiceField(
        label=_("You report as"),
        choices=[
            (ReporterKind.PERSON.value, _("Anybody who has seen it")),
            (ReporterKind.BUYER.value, _("Somebody who has bought it")),
            (ReporterKind.RIGHTS_HOLDER.value, _("The holder of a right that it infringes, or on their behalf")),
        ],
        coerce=ReporterKind,
        initial=ReporterKind.PERSON.value,
        widget=forms.RadioSelect,
    )
    order_number = forms.CharField(
        label=_("Order number"),
        max_length=120,
        required=False,
        help_text=_("If you have bought it. The seller does not learn it from us."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    brand = forms.CharField(label=_("Brand or work"), max_length=200, required=False)
    register_number = forms.CharField(
        label=_("Number in the register"),
        max_length=100,
        required=False,
        help_text=_("Such as an EU trade mark number."),
    )
    right_proof = ManyFiles(
        label=_("Proof of the right"),
        required=False,
        help_text=_("An extract of the register, or a power of attorney."),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=200, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "The answer goes there. The seller learns neither name nor address. Only on sexual abuse of children may you leave both out."
        ),
    )
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I report is accurate and complete."),
        error_messages={"required": _("Tick this if it is so: the law asks for it.")},
    )
    website = forms.CharField(required=False)
    stamp = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "ground" in cleaned and cleaned["ground"] not in NAMELESS_GROUNDS:
            for field in ("name", "email"):
                if field not in self.errors and not cleaned.get(field):
                    self.add_error(field, _t("On this ground the law asks for it."))
        if cleaned.get("kind") == ReporterKind.RIGHTS_HOLDER and not cleaned.get("brand"):
            self.add_error("brand", _t("Say which brand or work it is."))
        self._check_sender(cleaned)
        return cleaned

    def clean_proof(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["proof"])

    def clean_right_proof(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["right_proof"])

    def _check_sender(self, cleaned: dict[str, Any]) -> None:
        """Programs fill in every field, at once, on a page they never opened."""
        if cleaned.get("website") or not self.key:
            self.add_error(None, _t("The page was open too long. Everything is still here: send it once more."))
        elif opened_within(cleaned["stamp"], QUICKEST):
            self.add_error(None, _t("That was very quick. Look through it once more, then send it."))

    @property
    def key(self) -> str:
        """What makes two sendings of one page one report; empty where the stamp is not ours or too old."""
        return opened(self.data.get("stamp", ""))

    @property
    def current_stamp(self) -> str:
        return str(self.data["stamp"]) if self.is_bound and self.key else fresh_stamp()

    @property
    def has_files(self) -> bool:
        return bool(self.files)

    def sender(self) -> Sender:
        data = self.cleaned_data
        return Sender(
            kind=data["kind"],
            name=data["name"],
            email=data["email"],
            brand=data["brand"],
            register_number=data["register_number"],
            order_number=data["order_number"],
            proof=sent(data["right_proof"]),
        )


def sent(given: Sequence[UploadedFile]) -> list[Sent]:
    return [Sent(each.name or "", each.chunks()) for each in given]


def checked(given: list[UploadedFile]) -> list[UploadedFile]:
    if len(given) > MOST:
        raise forms.ValidationError(_t("Choose at most five files."))
    for file in given:
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_t("“%(name)s” is larger than 20 MB.") % {"name": file.name})
    return given


def fresh_stamp() -> str:
    return signing.TimestampSigner(salt=STAMP_SALT).sign(secrets.token_urlsafe(12))


def opened(stamp: str) -> str:
    """What was signed when the page was opened; empty where that was not us, or too long ago."""
    try:
        return signing.TimestampSigner(salt=STAMP_SALT).unsign(stamp, max_age=SLOWEST)
    except signing.BadSignature:
        return ""


def opened_within(stamp: str, age: timedelta) -> bool:
    try:
        signing.TimestampSigner(salt=STAMP_SALT).unsign(stamp, max_age=age)
    except signing.SignatureExpired:
        return False
    return True
