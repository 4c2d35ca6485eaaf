"""What a person enters where products were recalled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.policies.enums import Measure
from investigations.domain.consumers import Words
from investigations.forms.notices import DecideNotice, letter_languages
from investigations.models import RecallAlert

RECALLS_LIMIT = 32 << 20


class BuyersWords(forms.Form):
    """The four things that buyers are told, and in which language."""

    what = forms.CharField(
        label=_("What was bought"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    hazard = forms.CharField(
        label=_("The hazard"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Plainly. Words that make it smaller, such as “precautionary” or “voluntary”, are refused."),
    )
    what_to_do = forms.CharField(
        label=_("What to do"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    remedy = forms.CharField(
        label=_("Remedy"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Repair, replacement or refund, free of charge, and where to ask for it."),
    )
    language = forms.ChoiceField(label=_("Language of the notice"), choices=letter_languages)

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data[name] for name in BuyersWords.base_fields})


class ActUponRecall(BuyersWords, DecideNotice):
    """The measure, and the four things that buyers are told."""

    def __init__(self, *args: Any, alert: RecallAlert, **kwargs: Any) -> None:
        super().__init__(*args, initial=_about(alert), **kwargs)


def _about(alert: RecallAlert) -> dict[str, str]:
    """What the alert says, to begin with."""
    numbers = ", ".join([*alert.model_names, *alert.barcodes][:10])
    what = " ".join(filter(None, [*alert.brands[:1], alert.name or alert.product]))
    return {
        "measure": Measure.REMOVE.value,
        "what": f"{what} ({numbers})" if numbers else what,
        "hazard": alert.risk,
        "what_to_do": "Stop using the product at once." if alert.language == "en" else "",
        "language": alert.language,
    }


class TellBuyers(BuyersWords):
    """What the buyers of an illegal product are told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hazard"].label = _("Why it is illegal, and the hazard")


class UploadRecalls(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("Safety Gate’s JSON or CSV, or the CPSC’s CSV, plain or gzip. At most 32 MB.")
    )

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > RECALLS_LIMIT:
            raise forms.ValidationError(_("The file has more than 32 MB. Cut it in parts."))
        return given


class PublishedForm(forms.Form):
    where = forms.URLField(max_length=500, assume_scheme="https")
