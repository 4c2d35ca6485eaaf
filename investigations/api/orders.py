"""Orders of authorities over the API: put one on record, read what became of it, and the counts of a transparency report."""

from dataclasses import asdict
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.language import words as language
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet
from investigations.api.attachments import PARSERS, AttachedOut, files_in, sent
from investigations.api.days import DaysIn
from investigations.domain import order_intake
from investigations.domain.order_intake import LONGEST, LONGEST_LINE, MOST_LINES, Received
from investigations.enums import NoticeGround, OrderChannel, OrderKind
from investigations.filters import OrderFilter
from investigations.models import AuthorityOrder, OrderFile, OrderItem
from investigations.queries import order_totals
from investigations.queries import orders as queries


class OrderItemOut(serializers.ModelSerializer):
    merchant = serializers.CharField(source="merchant.public_id", allow_null=True, default=None)
    listing = serializers.CharField(source="listing.external_id", allow_null=True, default=None)
    decision = serializers.CharField(source="decision.reference", allow_null=True, default=None)

    class Meta:
        model = OrderItem
        fields: tuple[str, ...] = ("named", "merchant", "listing", "outcome", "decision", "done_at", "note")


class AuthorityOrderOut(serializers.ModelSerializer):
    items = OrderItemOut(
        source="shown_items",
        many=True,
        help_text="What it names, as it was written and as we take it. `unknown`: neither.",
    )

    files = AttachedOut(source="shown_files", many=True)

    class Meta:
        model = AuthorityOrder
        fields: tuple[str, ...] = (
            "reference", "kind", "state", "authority", "country", "number", "ground", "markets", "received_at", "due_at",
            "tell_after", "effect_at", "closed_at", "items", "files",
        )  # fmt: skip


class AuthorityOrderKnown(serializers.Serializer):
    """Of an order that the caller may not read: that it is on record."""

    reference = serializers.CharField()


class AuthorityOrderIn(serializers.Serializer):
    kind = serializers.ChoiceField(choices=OrderKind.choices)
    authority = serializers.CharField(max_length=200)
    country = serializers.RegexField(r"^[A-Z]{2}$")
    number = serializers.CharField(max_length=120, help_text="Theirs. The same authority and number is the same order.")
    items = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_LINE),
        allow_empty=False,
        max_length=MOST_LINES,
        help_text="Addresses, numbers (L-…), EANs, MERCHANT/LISTING or a merchant by the marketplace's keys. What is not found is kept.",
    )
    received_at = serializers.DateTimeField()
    markets = serializers.ListField(child=serializers.RegexField(r"^[A-Z]{2}$"), default=list, max_length=100)
    email = serializers.EmailField(default="", allow_blank=True, help_text="Receipt and effect report go there.")
    contact = serializers.CharField(max_length=1_000, default="", allow_blank=True)
    ground = serializers.ChoiceField(choices=NoticeGround.choices, default=NoticeGround.OTHER)
    legal_basis = serializers.CharField(max_length=2_000, default="", allow_blank=True)
    reasons = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    wanted = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    redress = serializers.CharField(max_length=LONGEST, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=[(tag, tag) for tag in language.languages()], default=language.SOURCE)
    term_at = serializers.DateTimeField(default=None, allow_null=True, help_text="By when, where it says so.")
    tell_after = serializers.DateTimeField(
        default=None, allow_null=True, help_text="Before this merchants are told nothing, where it asks for that."
    )

    files = files_in("The order as it came. Sent again, those that it did not have are added.")

    def given(self) -> Received:
        data: dict[str, Any] = dict(self.validated_data)
        attached = sent(data.pop("files"))
        return Received(lines=data.pop("items"), kind=OrderKind(data.pop("kind")), sent=attached, **data)


class OrderTotalsOut(serializers.Serializer):
    country = serializers.CharField(help_text="The member state of the authority, or TOTAL.")
    category = serializers.CharField(help_text="Of the transparency report's list, or TOTAL.")
    act = serializers.IntegerField(help_text="Orders to act, also about dangerous products.")
    items = serializers.IntegerField(help_text="Specific things in them.")
    act_receipt_hours = serializers.FloatField(allow_null=True, help_text="Median, to the receipt.")
    act_effect_hours = serializers.FloatField(allow_null=True, help_text="Median, to the effect, of those with one.")
    inform = serializers.IntegerField(help_text="Orders to provide information.")
    inform_receipt_hours = serializers.FloatField(allow_null=True)
    inform_effect_hours = serializers.FloatField(allow_null=True)


class AuthorityOrderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Orders of courts and authorities (DSA Art. 9 and 10, GPSR Art. 22(4)). People check them and carry them out."""

    queryset = AuthorityOrder.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    serializer_class = AuthorityOrderOut
    parser_classes = PARSERS
    scopes = {
        "list": Scope.AUTHORITY_READ,
        "retrieve": Scope.AUTHORITY_READ,
        "totals": Scope.AUTHORITY_READ,
        "create": Scope.AUTHORITY_WRITE,
    }
    filterset_class = OrderFilter
    order = ("-received_at", "-pk")

    def get_queryset(self) -> QuerySet[AuthorityOrder]:
        return queries.visible(self.request.user).prefetch_related(*_parts())

    @extend_schema(
        request=AuthorityOrderIn,
        responses={
            201: AuthorityOrderOut,
            200: PolymorphicProxySerializer(
                "AuthorityOrderAgain", [AuthorityOrderOut, AuthorityOrderKnown], resource_type_field_name=None
            ),
        },
    )
    def create(self, request: Request) -> Response:
        """Put an order on record; the authority gets a receipt. 200: it was there already, and nothing of it has changed; without
        `authority_orders:read`, or for other markets, its reference alone."""
        body = AuthorityOrderIn(data=request.data)
        body.is_valid(raise_exception=True)
        order, new = order_intake.receive(
            given=body.given(),
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            channel=OrderChannel.API,
        )
        seen = AuthorityOrder.objects.all() if new else queries.visible(request.user)
        shown = seen.prefetch_related(*_parts()).filter(pk=order.pk).first()
        told = AuthorityOrderOut(shown) if shown else AuthorityOrderKnown(order)
        return Response(told.data, status.HTTP_201_CREATED if new else status.HTTP_200_OK)

    @extend_schema(parameters=[DaysIn], responses=OrderTotalsOut(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def totals(self, request: Request) -> Response:
        """Orders by member state and category, with median hours (DSA Art. 15(1)(a))."""
        asked = DaysIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = order_totals.totals(queries.visible(request.user), **asked.validated_data)
        return Response(OrderTotalsOut([asdict(each) for each in found], many=True).data)


def _parts() -> tuple[Prefetch, ...]:
    rows = OrderItem.objects.select_related("merchant", "listing", "decision").order_by("pk")
    return (
        Prefetch("items", rows, to_attr="shown_items"),
        Prefetch("files", OrderFile.objects.order_by("pk"), to_attr="shown_files"),
    )
