"""How right automation is, over the API: the figure of a transparency report. To be read only."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.queries import deadlines
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet
from investigations import permissions
from investigations.api.days import DaysIn
from investigations.filters import language
from investigations.models import SecondReview
from investigations.queries import quality
from investigations.queries.days import start_of


class AccuracyOut(serializers.Serializer):
    policy = serializers.CharField(help_text="Its short name, or TOTAL.")
    share = serializers.FloatField(
        source="found.share",
        allow_null=True,
        help_text="Of its decisions found right, 0 to 1, each day weighing by how much was decided. Null: nothing is settled.",
    )
    low = serializers.FloatField(
        source="found.bounds.low", allow_null=True, default=None, help_text="Between low and high with 95 % certainty."
    )
    high = serializers.FloatField(source="found.bounds.high", allow_null=True, default=None)
    n = serializers.IntegerField(source="found.settled", help_text="Read and settled: what the share is of.")
    right = serializers.IntegerField(source="found.right")
    read = serializers.IntegerField(
        source="found.read", help_text="Read a second time within the days, settled or not."
    )
    drawn = serializers.IntegerField(help_text="Drawn at random within the days to be read.")


class QualityViewSet(ScopedViewSet):
    """What second readings say."""

    queryset = SecondReview.objects.none()
    scopes = {"automation": Scope.DECISIONS_READ}
    serializer_class = AccuracyOut

    @extend_schema(parameters=[DaysIn], responses=AccuracyOut(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def automation(self, request: Request) -> Response:
        """How right automated decisions were found to be, in all and by policy (DSA Art. 15(1)(e))."""
        if not permissions.can_read_accuracy(request.user):
            raise PermissionDenied
        asked = DaysIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        since, until = asked.validated_data["since"], asked.validated_data["until"]
        found = quality.automation(since=start_of(since), until=deadlines.day_after(until), language=language())
        return Response(AccuracyOut(found, many=True).data)
