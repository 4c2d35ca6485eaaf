"""Merchants over the API, by the marketplace's own identifiers."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.enums import Scope
from governance.accounts.models import User
from governance.web.viewsets import ScopedViewSet
from listings.api.serializers import MerchantIn, MerchantOut, NoteOut
from listings.domain.imports import single
from listings.filters import MerchantFilter
from listings.models import Merchant


class MerchantWritten(MerchantOut):
    notes = NoteOut(many=True)

    class Meta(MerchantOut.Meta):
        fields = (*MerchantOut.Meta.fields, "notes")  # type: ignore[assignment]


class MerchantViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Who sells, and what the law makes us know of them."""

    scopes = {"list": Scope.MERCHANTS_READ, "retrieve": Scope.MERCHANTS_READ, "update": Scope.MERCHANTS_WRITE}
    filterset_class = MerchantFilter
    serializer_class = MerchantOut
    order = ("-changed_at", "-pk")
    lookup_field = "external_id"
    lookup_url_kwarg = "merchant_id"
    lookup_value_regex = r"[^/]+"

    def get_queryset(self) -> QuerySet[Merchant]:
        return Merchant.objects.select_related("identity")

    @extend_schema(request=MerchantIn, responses={200: MerchantWritten, 201: MerchantWritten})
    def update(self, request: Request, merchant_id: str) -> Response:
        """Create or replace a merchant. The same again changes nothing."""
        body = MerchantIn(data=request.data)
        body.is_valid(raise_exception=True)
        merchant, written, notes = single.put_merchant(
            merchant_id=merchant_id, values=body.validated_data, actor=cast(User, request.user), at=timezone.now()
        )
        data: dict[str, Any] = {**MerchantOut(merchant).data, "notes": NoteOut(notes, many=True).data}
        return Response(data, status=status.HTTP_201_CREATED if written.created else status.HTTP_200_OK)
