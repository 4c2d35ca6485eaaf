"""Recalls over the API: send alerts in, read them and the listings that are like them."""

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.enums import Scope
from governance.accounts.models import User
from governance.web.viewsets import ScopedViewSet
from investigations.domain import recalls
from investigations.enums import RecallSource
from investigations.filters import RecallFilter
from investigations.models import RecallAlert, RecallImport, RecallMatch
from investigations.queries import recalls as queries
from investigations.text.recall_layouts import LONGEST, LONGEST_LIST, Fault, Read, RowUnreadable, checked

MOST = 500


class AlertFields(serializers.Serializer):
    """One alert. Of fields that are left out, what is known stays."""

    source = serializers.ChoiceField(choices=RecallSource.choices)  # type: ignore[assignment]
    reference = serializers.CharField(max_length=40)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False)
    published_on = serializers.DateField(required=False, allow_null=True)
    modified_at = serializers.DateTimeField(required=False, allow_null=True)
    product = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    name = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    description = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    brands = serializers.ListField(child=serializers.CharField(max_length=200), max_length=LONGEST_LIST, required=False)
    models = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=LONGEST_LIST, required=False, source="model_names"
    )
    barcodes = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=LONGEST_LIST, required=False
    )
    batches = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=LONGEST_LIST, required=False
    )
    risk_types = serializers.ListField(child=serializers.CharField(max_length=40), max_length=50, required=False)
    risk = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)
    measures = serializers.ListField(child=serializers.CharField(max_length=200), max_length=50, required=False)
    link = serializers.URLField(max_length=1_000, required=False, allow_blank=True)
    language = serializers.RegexField(r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", required=False)


class AlertsIn(serializers.Serializer):
    alerts = serializers.ListField(child=serializers.JSONField(), allow_empty=False, max_length=MOST)


class AlertsSchema(serializers.Serializer):
    alerts = AlertFields(many=True)


class FaultOut(serializers.Serializer):
    place = serializers.IntegerField(help_text="Number of the alert in the request, from 1.")
    reference = serializers.CharField()
    text = serializers.CharField()


class RecallImportOut(serializers.ModelSerializer):
    faults = FaultOut(many=True)

    class Meta:
        model = RecallImport
        fields: tuple[str, ...] = ("id", "created", "corrected", "unchanged", "refused", "faults", "at")


class RecallOut(serializers.ModelSerializer):
    models = serializers.ListField(child=serializers.CharField(), source="model_names")
    waiting = serializers.IntegerField(help_text="Listings that are to be looked at.")
    confirmed = serializers.IntegerField(help_text="Listings that are the product.")

    class Meta:
        model = RecallAlert
        fields: tuple[str, ...] = (
            "id", "source", "reference", "version", "country", "published_on", "modified_at", "product", "name",
            "description", "brands", "models", "barcodes", "batches", "risk_types", "risk", "measures", "link", "language",
            "waiting", "confirmed", "received_at", "corrected_at", "matched_at",
        )  # fmt: skip


class RecallMatchOut(serializers.ModelSerializer):
    merchant = serializers.CharField(source="listing.merchant.public_id")
    listing = serializers.CharField(source="listing.external_id")
    decision = serializers.CharField(source="decision.reference", allow_null=True, default=None)
    basis = serializers.ListField(child=serializers.DictField(), help_text="What is equal, as either side writes it.")
    against = serializers.ListField(child=serializers.DictField(), help_text="What speaks against it.")

    class Meta:
        model = RecallMatch
        fields: tuple[str, ...] = (
            "id", "merchant", "listing", "listing_version", "kind", "sureness", "basis", "against", "state", "decision",
            "found_at", "decided_at",
        )  # fmt: skip


class RecallViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Alerts of product safety authorities. The same alert again changes nothing; a corrigendum is a new version of it."""

    queryset = RecallAlert.objects.none()
    serializer_class = RecallOut
    lookup_value_regex = r"\d{1,18}"
    scopes = {
        "list": Scope.CASES_READ,
        "retrieve": Scope.CASES_READ,
        "matches": Scope.CASES_READ,
        "create": Scope.CASES_WRITE,
    }
    filterset_class = RecallFilter

    @property
    def order(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("-sureness", "pk") if self.action == "matches" else ("-published_on", "-pk")

    def get_queryset(self) -> QuerySet[RecallAlert]:
        return queries.visible(self.request.user)

    @extend_schema(request=AlertsSchema, responses={200: RecallImportOut})
    def create(self, request: Request) -> Response:
        """Send alerts in. One that cannot be read stays out and is named; the rest goes in."""
        body = AlertsIn(data=request.data)
        body.is_valid(raise_exception=True)
        alerts = _read(body.validated_data["alerts"])
        run = recalls.receive(rows=alerts, origin="API", actor=cast(User, request.user), at=timezone.now())
        return Response(RecallImportOut(run).data, status=status.HTTP_200_OK)

    @extend_schema(responses=RecallMatchOut(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def matches(self, request: Request, pk: str) -> Response:
        """The listings that may be its product, the surest first."""
        alert = get_object_or_404(self.get_queryset(), pk=pk)
        rows = queries.matches(request.user).filter(alert=alert).select_related("listing__merchant", "decision")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(RecallMatchOut(page, many=True).data)


def _read(alerts: list[Any]) -> Iterator[Read | Fault]:
    for place, given in enumerate(alerts, start=1):
        fields = AlertFields(data=given)
        named = str(given.get("reference", ""))[:40] if isinstance(given, dict) else ""
        if not fields.is_valid():
            name, faults = next(iter(fields.errors.items()))
            yield Fault(place, named, f"{name}: {_first(faults)}")
            continue
        content = dict(fields.validated_data)
        source, reference = RecallSource(content.pop("source")), content.pop("reference")
        try:
            yield checked(source, reference, content.pop("modified_at", None), {"product": "", "name": ""} | content)
        except RowUnreadable as fault:
            yield Fault(place, named, str(fault))


def _first(faults: Any) -> str:
    while isinstance(faults, list | dict):
        faults = next(iter(faults.values() if isinstance(faults, dict) else faults))
    return str(faults)
