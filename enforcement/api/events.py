"""The stream of events for those who poll: the same bodies as by webhook, in the order of their numbers."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.enums import CATALOGUE
from enforcement.models import DeliveryEvent
from enforcement.queries import deliveries as queries
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet

MOST = 1_000
TYPES = [each.value for each in CATALOGUE]


class SubjectOut(serializers.Serializer):
    merchant = serializers.CharField(allow_null=True, help_text="The marketplace's own key of the merchant.")
    listing = serializers.CharField(allow_null=True, help_text="The merchant's key of the listing.")


class EventOut(serializers.Serializer):
    id = serializers.CharField(help_text="The same wherever and however often the event is sent.")
    type = serializers.ChoiceField(choices=TYPES)
    version = serializers.IntegerField(help_text="Of the shape of data.")
    timestamp = serializers.DateTimeField()
    cursor = serializers.CharField(help_text="Of this event; its place in the stream.")
    subject = SubjectOut()
    data = serializers.DictField(help_text="By type: see docs/delivery.md.")  # type: ignore[assignment]


class StreamOut(serializers.Serializer):
    events = EventOut(many=True)
    next = serializers.CharField(help_text="For `after`, also where nothing new has come.")
    more = serializers.BooleanField(help_text="Ask again at once.")


class Asked(serializers.Serializer):
    after = serializers.RegexField(r"^\d{1,18}$", default="0", error_messages={"invalid": "This is no cursor."})
    types = serializers.CharField(default="")
    limit = serializers.IntegerField(default=100, min_value=1, max_value=MOST)

    def validate_types(self, value: str) -> list[str]:
        wanted = [each.strip() for each in value.split(",") if each.strip()]
        if unknown := sorted(set(wanted) - set(TYPES)):
            raise serializers.ValidationError(f"Unknown: {', '.join(unknown)}.")
        return wanted


class EventViewSet(ScopedViewSet):
    """What was decided, in order. A reader who goes on from `next` misses nothing."""

    queryset = DeliveryEvent.objects.none()
    scopes = {"list": Scope.EVENTS_READ}
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        parameters=[
            OpenApiParameter("after", str, description="The cursor to go on from; left out: from the beginning."),
            OpenApiParameter("types", str, description="Types with commas between them; left out: all."),
            OpenApiParameter("limit", int, description=f"Events of one answer, at most {MOST}."),
        ],
        responses=StreamOut,
    )
    def list(self, request: Request) -> Response:
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given: dict[str, Any] = asked.validated_data
        found = queries.stream(after=int(given["after"]), types=given["types"], limit=given["limit"])
        events = [queries.envelope(event) for event in found.events]
        return Response({"events": events, "next": str(found.next), "more": found.more})
