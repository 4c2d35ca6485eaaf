"""Decisions over the API: read with their statements, issue, reverse."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.api.orders import named_items, ordered
from enforcement.domain import decisions, papers, taking_effect
from enforcement.enums import Origin, WithoutNotice
from enforcement.filters import DecisionFilter
from enforcement.models import Decision, DecisionItem, Statement
from enforcement.queries import decisions as queries
from governance.accounts.enums import Scope
from governance.policies.enums import Measure
from governance.web.viewsets import ScopedViewSet


class DecisionOut(serializers.ModelSerializer):
    merchant = serializers.CharField(source="merchant.public_id")
    policy = serializers.CharField(source="version.policy.slug")
    version = serializers.IntegerField(source="version.number")
    superseded_by = serializers.CharField(source="superseded_by.reference", allow_null=True, default=None)
    item_count = serializers.IntegerField(help_text="How many listings it is about.")
    tell_after = serializers.DateTimeField(
        source="order_ground.tell_after",
        allow_null=True,
        default=None,
        help_text="Upon an order of an authority: the merchant may not learn of it before.",
    )

    class Meta:
        model = Decision
        fields: tuple[str, ...] = (
            "reference", "merchant", "policy", "version", "measure", "markets", "minimum_age", "label", "listings_a_day",
            "correct_by", "state",
            "superseded_by", "automated_detection", "automation", "origin_kind", "points", "item_count", "decided_at",
            "starts_at", "ends_at", "cure_days", "held_for", "without_notice", "tell_after",
        )  # fmt: skip


class DecisionItemOut(serializers.ModelSerializer):
    listing = serializers.CharField(source="listing.external_id", allow_null=True, default=None)
    violation = serializers.IntegerField(source="violation_id", allow_null=True)
    reversed = serializers.SerializerMethodField(help_text="overturned, reversed or undone; empty while it stands.")

    class Meta:
        model = DecisionItem
        fields: tuple[str, ...] = ("id", "listing", "listing_version", "violation", "markets", "facts", "reversed")

    def get_reversed(self, item: DecisionItem) -> str:
        return item.reversal.because if hasattr(item, "reversal") else ""


class StatementOut(serializers.ModelSerializer):
    class Meta:
        model = Statement
        fields: tuple[str, ...] = (
            "language",
            "asked_language",
            "policy_language",
            "template_version",
            "content",
            "text",
            "created_at",
        )


class DecisionDetailOut(DecisionOut):
    items = DecisionItemOut(many=True)
    statement = StatementOut(allow_null=True, default=None, help_text="None while the decision is held.")

    class Meta(DecisionOut.Meta):
        fields = (*DecisionOut.Meta.fields, "items", "statement")


class DecisionIn(serializers.Serializer):
    merchant = serializers.CharField(help_text="The merchant's public id.")
    policy = serializers.SlugField(help_text="Decided under its version in force.")
    violations = serializers.ListField(child=serializers.IntegerField(), default=list, max_length=1_000)
    listings = serializers.ListField(
        child=serializers.CharField(),
        default=list,
        max_length=1_000,
        help_text="Listings without a violation, by the merchant's key.",
    )
    measure = serializers.ChoiceField(choices=Measure.choices)
    markets = serializers.ListField(
        child=serializers.CharField(max_length=2), default=list, help_text="None means wherever the policy applies."
    )
    minimum_age = serializers.IntegerField(allow_null=True, default=None)
    reason = serializers.CharField(max_length=5_000, help_text="For the file; the merchant reads the policy's words.")
    ends_at = serializers.DateTimeField(allow_null=True, default=None)
    starts_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="Held until then: nobody is told before."
    )
    cure_days = serializers.IntegerField(
        allow_null=True,
        default=None,
        min_value=0,
        max_value=90,
        help_text="Working days to correct before it takes effect; none means as the policy says, 0 at once.",
    )
    without_notice = serializers.ChoiceField(
        choices=WithoutNotice.choices, allow_null=True, default=None, help_text="Why an account is closed at once."
    )
    supersedes = serializers.CharField(allow_null=True, default=None, help_text="Reference of a decision to replace.")


class ReverseIn(serializers.Serializer):
    items = serializers.ListField(
        child=serializers.IntegerField(),
        allow_null=True,
        default=None,
        help_text="Ids of items; none means all that stand.",
    )
    reason = serializers.CharField(max_length=5_000, help_text="The merchant reads it.")


class WithdrawIn(serializers.Serializer):
    reason = serializers.CharField(max_length=5_000, help_text="The merchant reads it if they have been told.")


class PaperAccepted(JSONRenderer):
    """Lets a program ask for the type that it gets; refusals are JSON all the same."""

    media_type = papers.TYPE


class DecisionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Judgements with their statements of reasons. None is edited: it is reversed or replaced."""

    queryset = Decision.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    scopes = {
        "list": Scope.DECISIONS_READ,
        "retrieve": Scope.DECISIONS_READ,
        "paper": Scope.DECISIONS_READ,
        "create": Scope.DECISIONS_WRITE,
        "reverse": Scope.DECISIONS_WRITE,
        "withdraw": Scope.DECISIONS_WRITE,
    }
    filterset_class = DecisionFilter
    order = ("-decided_at", "-pk")

    def get_queryset(self) -> QuerySet[Decision]:
        rows = queries.decisions(permissions.markets(self.request.user)).select_related("order_ground")
        return rows if self.action == "list" else queries.whole(rows)

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return DecisionOut if self.action == "list" else DecisionDetailOut

    @extend_schema(request=DecisionIn, responses={201: DecisionDetailOut})
    def create(self, request: Request) -> Response:
        """Decide: the measure is applied, the merchant gets the statement of reasons."""
        body = DecisionIn(data=request.data)
        body.is_valid(raise_exception=True)
        order = ordered(body.validated_data, markets=permissions.markets(request.user))
        decision = decisions.issue(
            **order,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            origin_kind=Origin.API,
        )
        return Response(self._whole(decision), status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, papers.TYPE): OpenApiTypes.BINARY})
    @action(
        detail=True,
        methods=["get"],
        url_path="statement.pdf",
        filterset_class=None,
        pagination_class=None,
        renderer_classes=[JSONRenderer, PaperAccepted],
    )
    def paper(self, request: Request, reference: str) -> HttpResponse:
        """The statement of reasons as PDF, as it was sent. 404 while the decision is held and nobody has been told."""
        decision = self.get_object()
        if not hasattr(decision, "statement"):
            raise NotFound
        return HttpResponse(papers.pdf([decision.statement]), content_type=papers.TYPE)

    @extend_schema(request=ReverseIn, responses=DecisionDetailOut)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, reference: str) -> Response:
        """Give back what the decision took, in whole or in part, and tell the merchant."""
        if not permissions.can_reverse(request.user):
            raise PermissionDenied
        body = ReverseIn(data=request.data)
        body.is_valid(raise_exception=True)
        decision = self.get_object()
        items = named_items(decision, body.validated_data["items"])
        decisions.reverse(
            decision=decision,
            items=items,
            actor=request.user,  # type: ignore[arg-type]
            reason=body.validated_data["reason"],
            at=timezone.now(),
        )
        return Response(self._whole(decision))

    @extend_schema(request=WithdrawIn, responses=DecisionDetailOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take back what has not taken effect; a merchant who was told is told of this too."""
        if not permissions.can_reverse(request.user):
            raise PermissionDenied
        body = WithdrawIn(data=request.data)
        body.is_valid(raise_exception=True)
        decision = self.get_object()
        taking_effect.withdraw(
            decision=decision,
            actor=request.user,  # type: ignore[arg-type]
            reason=body.validated_data["reason"],
            at=timezone.now(),
        )
        return Response(self._whole(decision))

    def _whole(self, decision: Decision) -> Any:
        rows = queries.whole(queries.decisions(None))
        return DecisionDetailOut(rows.get(pk=decision.pk)).data
