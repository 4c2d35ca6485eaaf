"""Disputes outside the house over the API, to be read only, and the counts for transparency reports."""

from dataclasses import asdict

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.enums import DisputeOutcome, Forum
from enforcement.filters import DisputeFilter
from enforcement.models import Dispute
from enforcement.queries import disputes as queries
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet


class DisputeOut(serializers.ModelSerializer):
    decision = serializers.CharField(source="decision.reference")
    merchant = serializers.CharField(source="merchant.public_id")
    appeal = serializers.CharField(source="appeal.reference", allow_null=True, default=None)
    before = serializers.CharField(help_text="The body's or the court's name.")

    class Meta:
        model = Dispute
        fields: tuple[str, ...] = (
            "reference", "decision", "merchant", "appeal", "forum", "before", "their_reference", "state", "outcome",
            "brought_on", "decided_on", "words", "costs",
        )  # fmt: skip


class TotalsIn(serializers.Serializer):
    forum = serializers.ChoiceField(choices=Forum.choices, default=Forum.BODY)
    since = serializers.DateField()
    until = serializers.DateField(help_text="Included.")


class TotalsOut(serializers.Serializer):
    brought = serializers.IntegerField()
    open = serializers.IntegerField()
    outcomes = serializers.DictField(
        child=serializers.IntegerField(), help_text=f"By outcome: {', '.join(DisputeOutcome.values)}."
    )
    lost = serializers.IntegerField(help_text="Against us, in whole or in part.")
    carried_out = serializers.IntegerField(help_text="Of those, how many were carried out.")
    median_days = serializers.IntegerField(allow_null=True, help_text="From being brought to the outcome.")


class DisputeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Decisions that went to a certified body (DSA Art. 21) or to a court."""

    queryset = Dispute.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    serializer_class = DisputeOut
    scopes = {"list": Scope.APPEALS_READ, "retrieve": Scope.APPEALS_READ, "totals": Scope.APPEALS_READ}
    filterset_class = DisputeFilter
    order = ("-brought_on", "-pk")

    def get_queryset(self) -> QuerySet[Dispute]:
        return queries.listed(permissions.markets(self.request.user))

    @extend_schema(parameters=[TotalsIn], responses=TotalsOut, filters=False)
    @action(detail=False, pagination_class=None)
    def totals(self, request: Request) -> Response:
        """What a transparency report counts of disputes that were brought within these days (DSA Art. 24(1)(a))."""
        asked = TotalsIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        found = queries.totals(
            self.get_queryset(), forum=Forum(data["forum"]), since=data["since"], until=data["until"]
        )
        return Response(TotalsOut(asdict(found)).data)
