"""More time to correct."""

from django import forms
from django.utils.translation import gettext_lazy as _


class Extend(forms.Form):
    correct_by = forms.DateField(label=_("Until the end of"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Why"), max_length=5_000, help_text=_("For the file."), widget=forms.Textarea(attrs={"rows": 3})
    )
