"""What administrators enter about an endpoint."""

import uuid
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enforcement.enums import CATALOGUE
from enforcement.models import DeliveryEvent, WebhookEndpoint
from enforcement.queries.deliveries import Chosen


def _types() -> list[tuple[str, str]]:
    return [(each.value, format_html("{} <code>{}</code>", each.label, each.value)) for each in CATALOGUE]


class EndpointForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text=_("Which system listens there."),
    )
    url = forms.CharField(
        label=_("Address"), max_length=500, help_text=_("It begins with https:// and leads to a public address.")
    )
    types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=_types,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them, also those that are added later."),
    )

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> "EndpointForm":
        return cls(initial={"name": endpoint.name, "url": endpoint.url, "types": endpoint.types})


class ReplayForm(forms.Form):
    since = forms.DateTimeField(
        label=_("From this moment on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "autofocus": True}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone."),
    )
    event = forms.CharField(
        label=_("Or from this event on"), required=False, max_length=40, help_text=_("Its id, evt_… , as it was sent.")
    )

    def clean_event(self) -> int | None:
        given = self.cleaned_data["event"].strip().removeprefix("evt_")
        if not given:
            return None
        try:
            uid = uuid.UUID(given)
        except ValueError:
            raise forms.ValidationError(_("This is not the id of an event.")) from None
        number = DeliveryEvent.objects.filter(uid=uid).values_list("number", flat=True).first()
        if number is None:
            raise forms.ValidationError(_("There is no event with this id."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and (data.get("since") is None) == (data.get("event") is None):
            raise forms.ValidationError(_("Give either a moment or an event."))
        return data

    def chosen(self) -> Chosen:
        return Chosen(since=self.cleaned_data["since"], number=self.cleaned_data["event"])
