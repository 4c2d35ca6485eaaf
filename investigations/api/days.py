"""The days that counts over the API are of."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


class DaysIn(serializers.Serializer):
    since = serializers.DateField()
    until = serializers.DateField(help_text="Included.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs["since"], attrs["until"]
        if since < FIRST:
            raise serializers.ValidationError({"since": _("Give a day from the year 2000 on.")})
        if until > LAST:
            raise serializers.ValidationError({"until": _("Give a day before the year 3000.")})
        if until < since:
            raise serializers.ValidationError(
                {"until": _("This day lies before “since”. Give the same day or a later one.")}
            )
        return attrs
