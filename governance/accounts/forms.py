"""What administrators and people themselves may enter."""

import zoneinfo
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from governance.accounts.domain.people import WantedRole
from governance.accounts.enums import Function, Role, Scope
from governance.accounts.models import User
from governance.web.formats import country

OTHER_ROLES = [(value, label) for value, label in Role.choices if value != Role.APPROVER]
FIRST = forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
LIFETIMES = (
    (90, _("90 days")),
    (365, _("1 year")),
    (0, _("Without an end")),
)


def _scopes() -> list[tuple[str, str]]:
    return [(scope.value, format_html("{} <code>{}</code>", scope.label, scope.value)) for scope in Scope]


class AddPerson(forms.Form):
    username = forms.CharField(
        label=_("Username"), max_length=60, widget=FIRST, help_text=_("To sign in with; colleagues never see it.")
    )
    email = forms.EmailField(label=_("E-mail"))
    pseudonym = forms.CharField(
        label=_("Pseudonym"),
        max_length=60,
        required=False,
        help_text=_("Shown instead of a name, like “Moderator K7”. Made up when left out."),
    )
    roles = forms.TypedMultipleChoiceField(
        label=_("Roles"), choices=OTHER_ROLES, coerce=Role, required=False, widget=forms.CheckboxSelectMultiple
    )
    functions = forms.TypedMultipleChoiceField(
        label=_("Approver for"),
        choices=Function.choices,
        coerce=Function,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def wanted(self) -> list[WantedRole]:
        data = self.cleaned_data
        return [WantedRole(role) for role in data["roles"]] + [
            WantedRole(Role.APPROVER, each) for each in data["functions"]
        ]


class GrantRole(forms.Form):
    role = forms.TypedChoiceField(label=_("Role"), choices=Role.choices, coerce=Role)
    function = forms.TypedChoiceField(
        label=_("Answers for"),
        choices=[("", _("For approvers only")), *Function.choices],
        coerce=Function,
        required=False,
        empty_value=None,
    )
    markets = forms.CharField(
        label=_("Markets"),
        required=False,
        max_length=300,
        help_text=_("Country codes such as DE FR PL; leave it empty for all."),
    )

    def clean_markets(self) -> tuple[str, ...]:
        codes = self.cleaned_data["markets"].replace(",", " ").upper().split()
        unknown = [code for code in codes if len(code) != 2 or country(code) == code]
        if unknown:
            raise forms.ValidationError(_("Not a country code: %(codes)s"), params={"codes": ", ".join(unknown)})
        return tuple(codes)

    def wanted(self) -> WantedRole:
        return WantedRole(self.cleaned_data["role"], self.cleaned_data["function"], self.cleaned_data["markets"])


class NewKey(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, widget=FIRST, help_text=_("Which program will use it."))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=_scopes,
        widget=forms.CheckboxSelectMultiple,
    )
    lifetime = forms.TypedChoiceField(label=_("Valid for"), choices=LIFETIMES, coerce=int, initial=365)

    def valid_for(self) -> timedelta | None:
        days = self.cleaned_data["lifetime"]
        return timedelta(days=days) if days else None


class Preferences(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = User
        fields = ("language", "time_zone", "theme", "image_blur", "image_grey", "image_size")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
        )
        self.fields["time_zone"].choices = [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in zones)]  # type: ignore[attr-defined]
