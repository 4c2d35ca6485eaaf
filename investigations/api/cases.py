"""Cases over the API: read, claim, decide, hold, skip, release. One action per verb, the pages' own domain calls."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.api import rechecks
from enforcement.api.rechecks import RecheckOut
from governance.accounts.enums import Scope
from governance.accounts.permissions import Anyone
from governance.policies.enums import Measure
from governance.web.viewsets import ScopedViewSet
from investigations.domain import cases, claims
from investigations.enums import Verdict
from investigations.filters import CaseFilter
from investigations.models import Case, CaseDecision, CaseItem, Claim, NoticeItem
from investigations.queries import notices, work


class CaseOut(serializers.ModelSerializer):
    merchant = serializers.CharField(source="merchant.public_id")
    policy = serializers.CharField(source="policy.slug", allow_null=True, default=None)
    queue = serializers.CharField(source="queue.key")
    items_waiting = serializers.IntegerField(help_text="Listings without a settled verdict.")

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "id", "merchant", "policy", "queue", "origin", "state", "outcome", "severity", "priority", "priority_parts",
            "markets", "views_30d", "orders_30d", "items_waiting", "opened_at", "due_at", "closed_at", "merged_into",
        )  # fmt: skip


class ItemNoticeOut(serializers.ModelSerializer):
    """A notice about an item, by the key that `decide` takes as read. Who reported is not told."""

    reference = serializers.CharField(source="notice.reference")
    ground = serializers.CharField(source="notice.ground")
    reason = serializers.CharField(source="notice.reason")

    class Meta:
        model = NoticeItem
        fields: tuple[str, ...] = ("id", "reference", "ground", "reason", "state", "due_at", "joined_at")


class CaseItemOut(serializers.ModelSerializer):
    listing = serializers.CharField(source="listing.external_id", allow_null=True, default=None)
    violation = serializers.IntegerField(source="violation_id", allow_null=True)
    explanation = serializers.JSONField(source="violation.explanation", default=dict)
    notices = ItemNoticeOut(
        source="notice_items",
        many=True,
        help_text="What was reported about it from outside, to who may read notices: a key needs `notices:read` too.",
    )

    class Meta:
        model = CaseItem
        fields: tuple[str, ...] = (
            "id", "listing", "violation", "verdict", "explanation", "notices", "added_at", "settled_at"
        )  # fmt: skip


class CaseDecisionOut(serializers.ModelSerializer):
    decision = serializers.CharField(source="decision.reference", allow_null=True, default=None)
    also: Any = serializers.SlugRelatedField(slug_field="reference", many=True, read_only=True)

    class Meta:
        model = CaseDecision
        fields: tuple[str, ...] = ("decision", "also", "decided_at", "handling_seconds", "undone_at")


class ClaimOut(serializers.ModelSerializer):
    person = serializers.CharField(source="person.pseudonym")

    class Meta:
        model = Claim
        fields: tuple[str, ...] = ("person", "claimed_at", "expires_at")


class CaseDetailOut(CaseOut):
    items = CaseItemOut(many=True)
    decisions = CaseDecisionOut(source="case_decisions", many=True)
    claim = serializers.SerializerMethodField(help_text="Who holds the case now.")

    class Meta(CaseOut.Meta):
        fields = (*CaseOut.Meta.fields, "claim", "items", "decisions")

    @extend_schema_field(ClaimOut(allow_null=True))
    def get_claim(self, case: Case) -> dict[str, Any] | None:
        held = next(iter(case.live_claims), None)  # type: ignore[attr-defined]
        return dict(ClaimOut(held).data) if held else None


class VerdictIn(serializers.Serializer):
    item = serializers.IntegerField(help_text="Id of an item of the case.")
    verdict = serializers.ChoiceField(choices=Verdict.choices)


class DecideIn(serializers.Serializer):
    verdicts = VerdictIn(many=True, allow_empty=False, help_text="One for every item that waits.")
    measure = serializers.ChoiceField(choices=Measure.choices, allow_null=True, default=None)
    also = serializers.ChoiceField(
        choices=Measure.choices,
        allow_null=True,
        default=None,
        help_text="A second measure on what violates, in the same letter.",
    )
    keep = serializers.BooleanField(
        default=False, help_text="Decide what has a verdict and keep the case for the rest."
    )
    markets = serializers.ListField(
        child=serializers.CharField(max_length=2), default=list, help_text="None means wherever the policy applies."
    )
    minimum_age = serializers.IntegerField(min_value=1, max_value=99, allow_null=True, default=None)
    reason = serializers.CharField(max_length=5_000)
    fine_reason = serializers.CharField(
        max_length=5_000,
        default="",
        allow_blank=True,
        help_text="Why something is fine, to whoever reported it; else `reason`.",
    )
    read = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        max_length=1_000,
        help_text="Ids of the notices that joined since the case was taken and that you have read, which needs `notices:read`. Without them it is refused.",
    )

    def validate_verdicts(self, rows: list[dict[str, Any]]) -> dict[int, Verdict]:
        return {row["item"]: Verdict(row["verdict"]) for row in rows}


class ReasonIn(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Work for people: what was found about one merchant for one cause. Whoever decides holds the case first."""

    queryset = Case.objects.none()
    scopes = {
        "list": Scope.CASES_READ,
        "retrieve": Scope.CASES_READ,
        "claim": Scope.CASES_WRITE,
        "extend": Scope.CASES_WRITE,
        "release": Scope.CASES_WRITE,
        "skip": Scope.CASES_WRITE,
        "hold": Scope.CASES_WRITE,
        "decide": Scope.CASES_WRITE,
        "check": Scope.CASES_WRITE,
    }
    filterset_class = CaseFilter
    order = ("-opened_at", "-pk")

    def get_queryset(self) -> QuerySet[Case]:
        waiting = Count("items", filter=Q(items__settled_at__isnull=True))
        rows = work.visible_cases(self.request.user).select_related("merchant", "policy", "queue")
        rows = rows.annotate(items_waiting=waiting)
        return rows if self.action == "list" else rows.prefetch_related(*_parts(self.request.user))

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return CaseOut if self.action == "list" else CaseDetailOut

    @extend_schema(request=None, responses=CaseDetailOut)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take the case for 15 minutes. One at a time."""
        claims.claim(case=self.get_object(), person=request.user, at=timezone.now())  # type: ignore[arg-type]
        return self._whole()

    @extend_schema(request=None, responses=CaseDetailOut)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        """A fresh quarter of an hour."""
        claims.extend(case=self.get_object(), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return self._whole()

    @extend_schema(request=None, responses=CaseDetailOut)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Give the case back to where it came from."""
        claims.release(case=self.get_object(), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return self._whole()

    @extend_schema(request=ReasonIn, responses=CaseDetailOut)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, pk: str) -> Response:
        """Pass the case by; it does not come back to the same person by itself."""
        claims.skip(case=self.get_object(), actor=request.user, reason=_reason(request), at=timezone.now())  # type: ignore[arg-type]
        return self._whole()

    @extend_schema(request=ReasonIn, responses=CaseDetailOut)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        """Leave the case to a senior reviewer."""
        claims.hold(case=self.get_object(), actor=request.user, reason=_reason(request), at=timezone.now())  # type: ignore[arg-type]
        return self._whole()

    @extend_schema(request=None, responses=RecheckOut)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, pk: str) -> Response:
        """Read all its listings again now, by the policies that something is open under; the first 100 while you wait."""
        return Response(rechecks.check(list(work.listings_of(self.get_object())), request.user))  # type: ignore[arg-type]

    @extend_schema(request=DecideIn, responses=CaseDetailOut)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Decide on what violates, dismiss what is fine, leave to a senior what is unsure."""
        body = DecideIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        cases.decide(
            case=self.get_object(),
            verdicts=given["verdicts"],
            measure=Measure(given["measure"]) if given["measure"] else None,
            markets=given["markets"],
            minimum_age=given["minimum_age"],
            actor=request.user,  # type: ignore[arg-type]
            reason=given["reason"],
            at=timezone.now(),
            also=Measure(given["also"]) if given["also"] else None,
            keep=given["keep"],
            fine_reason=given["fine_reason"],
            read=given["read"],
        )
        return self._whole()

    def _whole(self) -> Response:
        return Response(CaseDetailOut(self.get_object()).data)


def _reason(request: Request) -> str:
    body = ReasonIn(data=request.data)
    body.is_valid(raise_exception=True)
    return str(body.validated_data["reason"])


def _parts(user: Anyone) -> tuple[Prefetch, ...]:
    return (
        Prefetch("items", CaseItem.objects.select_related("listing", "violation").order_by("id")),
        Prefetch("items__notice_items", notices.items(user).order_by("id")),
        Prefetch(
            "case_decisions", CaseDecision.objects.select_related("decision").prefetch_related("also").order_by("id")
        ),
        Prefetch("claims", Claim.objects.filter(ended_at__isnull=True).select_related("person"), to_attr="live_claims"),
    )
