"""Listings over the API: read by our number, written by the marketplace's identifiers."""

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
from listings.api.serializers import ListingIn, ListingOut, MetricOut, NoteOut, VersionOut
from listings.domain import listings
from listings.domain.imports import single
from listings.filters import ListingFilter
from listings.models import Listing, Merchant


class ListingWritten(ListingOut):
    notes = NoteOut(many=True)

    class Meta(ListingOut.Meta):
        fields = (*ListingOut.Meta.fields, "notes")  # type: ignore[assignment]


class EndReason(serializers.Serializer):
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class ListingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Offers as they are now. `after_change` reads what has changed since a change number."""

    scopes = {
        "list": Scope.LISTINGS_READ,
        "retrieve": Scope.LISTINGS_READ,
        "versions": Scope.LISTINGS_READ,
        "metrics": Scope.LISTINGS_READ,
        "end": Scope.LISTINGS_WRITE,
    }
    filterset_class = ListingFilter
    serializer_class = ListingOut
    lookup_value_regex = r"\d+"

    @property
    def order(self) -> tuple[str, ...]:  # type: ignore[override]
        orders = {"versions": ("-number", "-pk"), "metrics": ("-date", "-pk")}
        return orders.get(self.action or "", ("-pk",))

    def get_queryset(self) -> QuerySet[Listing]:
        return Listing.objects.select_related("merchant", "category")

    @extend_schema(responses=VersionOut(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def versions(self, request: Request, pk: str) -> Response:
        """Every version that was, newest first."""
        rows = self.paginate_queryset(self.get_object().versions.all())
        return self.get_paginated_response(VersionOut(rows, many=True).data)

    @extend_schema(responses=MetricOut(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def metrics(self, request: Request, pk: str) -> Response:
        """What happened with it, day by day, newest first. Money in euro."""
        rows = self.paginate_queryset(self.get_object().metrics.all())
        return self.get_paginated_response(MetricOut(rows, many=True).data)

    @extend_schema(request=EndReason, responses=ListingOut)
    @action(detail=True, methods=["post"], filterset_class=None)
    def end(self, request: Request, pk: str) -> Response:
        """The merchant takes it off sale. Writing it again puts it back."""
        body = EndReason(data=request.data)
        body.is_valid(raise_exception=True)
        listing = listings.end(
            listing=self.get_object(), actor=cast(User, request.user), at=timezone.now(), **body.validated_data
        )
        return Response(ListingOut(listing).data)


class MerchantListingViewSet(ScopedViewSet):
    """One listing by the marketplace's identifiers."""

    scopes = {"retrieve": Scope.LISTINGS_READ, "update": Scope.LISTINGS_WRITE}
    serializer_class = ListingOut
    lookup_field = "external_id"
    lookup_url_kwarg = "listing_id"
    lookup_value_regex = r"[^/]+"

    def get_queryset(self) -> QuerySet[Listing]:
        merchant = self.kwargs.get("merchant_id", "")
        return Listing.objects.filter(merchant__external_id=merchant).select_related("merchant", "category")

    def retrieve(self, request: Request, merchant_id: str, listing_id: str) -> Response:
        return Response(ListingOut(self.get_object()).data)

    @extend_schema(request=ListingIn, responses={200: ListingWritten, 201: ListingWritten})
    def update(self, request: Request, merchant_id: str, listing_id: str) -> Response:
        """Create or replace a listing. The same again changes nothing; a difference makes a version.

        Values that cannot be kept, such as an attribute that is not in the register, are left out and told in `notes`.
        """
        merchant = get_object_or_404(Merchant, external_id=merchant_id)
        body = ListingIn(data=request.data)
        body.is_valid(raise_exception=True)
        listing, written, notes = single.put_listing(
            merchant=merchant,
            listing_id=listing_id,
            values=body.validated_data,
            actor=cast(User, request.user),
            at=timezone.now(),
        )
        data: dict[str, Any] = {**ListingOut(listing).data, "notes": NoteOut(notes, many=True).data}
        return Response(data, status=status.HTTP_201_CREATED if written.created else status.HTTP_200_OK)
