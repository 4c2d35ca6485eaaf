"""What is to be taken back together, since when, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UndoChosen(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Each merchant reads it, as you write it: “Our rule was wrong: it took cubes for magnets.”"),
    )


class UndoSweep(UndoChosen):
    with_people = forms.BooleanField(
        label=_("Reverse what people decided, too"),
        required=False,
        help_text=_("Else only what automation decided. People looked at each case of theirs."),
    )
    close_open = forms.BooleanField(
        label=_("Close what was found and is not decided yet"),
        required=False,
        initial=True,
        help_text=_("Its cases close by themselves. Left open, it is decided next."),
    )
    field_order: tuple[str, ...] = ("with_people", "close_open", "reason")


class UndoVersion(UndoSweep):
    field_order = ("since", *UndoSweep.field_order)
    since = forms.DateTimeField(
        label=_("Decided since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone."),
    )
