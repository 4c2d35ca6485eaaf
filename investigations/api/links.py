"""A merchant's links over the API, by the marketplace's own identifier."""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet
from investigations.queries import links
from investigations.queries.merchants import visible_merchants
from listings.enums import LinkKind
from listings.models import Merchant, MerchantLink

DEEPEST = 2


class LinkAsked(serializers.Serializer):
    depth = serializers.IntegerField(min_value=1, max_value=DEEPEST, default=1)
    kind = serializers.ChoiceField(choices=LinkKind.choices, default="", allow_blank=True)
    strength = serializers.FloatField(min_value=0, max_value=1, default=0)


class LinkedMerchantOut(serializers.ModelSerializer):
    merchant_id = serializers.CharField(source="external_id")
    risk = serializers.SerializerMethodField(help_text="0 to 1: their own, and what comes to them over links.")

    class Meta:
        model = Merchant
        fields = ("merchant_id", "public_id", "name", "suspended_at", "terminated_at", "risk")

    @extend_schema_field(serializers.FloatField())
    def get_risk(self, merchant: Merchant) -> float:
        return links.risk_of(merchant).risk


class LinkOut(serializers.ModelSerializer):
    step = serializers.IntegerField(help_text="1: a link of the merchant asked for; 2: of one linked to them.")
    merchants = serializers.SerializerMethodField(help_text="The two, the one that was known first in front.")

    class Meta:
        model = MerchantLink
        fields = ("id", "step", "kind", "strength", "common", "found_at", "merchants")

    @extend_schema_field(LinkedMerchantOut(many=True))
    def get_merchants(self, link: MerchantLink) -> list[dict[str, Any]]:
        return [dict(LinkedMerchantOut(each).data) for each in (link.first, link.second)]


class MerchantLinkViewSet(ScopedViewSet):
    """What ties a merchant to others. Never the values that they share."""

    queryset = MerchantLink.objects.none()
    scopes = {"list": Scope.MERCHANTS_READ}
    serializer_class = LinkOut
    order = ("-strength", "-pk")

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "depth", int, description="2 adds the links of those who are linked. 1 where it is left out."
            ),
            OpenApiParameter("kind", str, enum=LinkKind.values, description="Only links of this kind."),
            OpenApiParameter("strength", float, description="Only links of this strength or more, 0 to 1."),
        ],
        responses=LinkOut(many=True),
    )
    def list(self, request: Request, merchant_id: str) -> Response:
        """A merchant's links that hold, the strongest first. No decision follows from a link by itself."""
        merchant = get_object_or_404(visible_merchants(request.user), external_id=merchant_id)
        asked = LinkAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        rows = self.paginate_queryset(_rows(request, merchant, **asked.validated_data))
        return self.get_paginated_response(LinkOut(rows, many=True).data)


def _rows(request: Request, merchant: Merchant, *, depth: int, kind: str, strength: float) -> QuerySet[MerchantLink]:
    own = Q(first=merchant) | Q(second=merchant)
    step = Case(When(own, then=Value(1)), default=Value(DEEPEST), output_field=IntegerField())
    rows = links.visible_links(request.user).filter(own if depth == 1 else own | _of_the_linked(request, merchant))
    rows = rows.filter(strength__gte=strength, **({"kind": kind} if kind else {}))
    return rows.annotate(step=step).select_related("first__link_risk", "second__link_risk")


def _of_the_linked(request: Request, merchant: Merchant) -> Q:
    """Links of those who are linked to the merchant, as far as the asker may read them."""
    visible = links.visible_links(request.user)
    after, before = visible.filter(first=merchant).values("second"), visible.filter(second=merchant).values("first")
    return Q(first__in=after) | Q(first__in=before) | Q(second__in=after) | Q(second__in=before)
