"""Policies over the API: what is in force, in which words, and what a rule would be refused for or would find."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.api.preview import MOST_SECONDS, PreviewIn, PreviewOut, answer, refused
from enforcement.domain import previews
from enforcement.filters import PolicyFilter
from enforcement.forms.preview import draft
from enforcement.queries import policies as queries
from governance.accounts.enums import Scope
from governance.policies.domain import rules
from governance.policies.language import RuleProblems
from governance.policies.models import Policy, PolicyText, PolicyVersion
from governance.web.viewsets import ScopedViewSet


class PolicyOut(serializers.ModelSerializer):
    number = serializers.CharField()
    title = serializers.CharField(help_text="In the language of Accept-Language, else English.")
    version = serializers.SerializerMethodField(help_text="Number of the version in force; null while none is.")
    severity = serializers.CharField(allow_null=True)
    legal_basis = serializers.CharField(allow_null=True)
    jurisdictions = serializers.ListField(child=serializers.CharField(), allow_null=True)
    open_violations = serializers.IntegerField()

    class Meta:
        model = Policy
        fields: tuple[str, ...] = (
            "id", "number", "slug", "family", "subject", "mode", "title", "version", "severity", "legal_basis",
            "jurisdictions", "open_violations",
        )  # fmt: skip

    def get_version(self, policy: Any) -> int | None:
        return policy.shown_number if policy.live_id else None


class PolicyTextOut(serializers.ModelSerializer):
    class Meta:
        model = PolicyText
        fields: tuple[str, ...] = ("language", "title", "summary", "guidance", "statement", "correction")


class PolicyVersionOut(serializers.ModelSerializer):
    texts = PolicyTextOut(many=True)

    class Meta:
        model = PolicyVersion
        fields: tuple[str, ...] = (
            "number", "state", "severity", "ground", "legal_basis", "source_url", "confirm_with_counsel", "jurisdictions",
            "categories", "rule", "measures", "default_measure", "minimum_age",
            "label", "listings_a_day", "transparency_category", "transparency_keywords", "transparency_other", "points", "cure_days", "effective_from",
            "effective_until", "created_at", "texts",
        )  # fmt: skip


class PolicyDetailOut(PolicyOut):
    live = PolicyVersionOut(allow_null=True)

    class Meta(PolicyOut.Meta):
        fields = (*PolicyOut.Meta.fields, "live")


class RuleIn(serializers.Serializer):
    rule = serializers.CharField(max_length=20_000, trim_whitespace=False)


class RuleProblemOut(serializers.Serializer):
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    offset = serializers.IntegerField()
    length = serializers.IntegerField()
    message = serializers.CharField()


class RuleCheckOut(serializers.Serializer):
    problems = RuleProblemOut(many=True)
    facts = serializers.ListField(child=serializers.CharField(), help_text="What the rule reads.")
    per_market = serializers.BooleanField(help_text="It names the market, so it runs once for each.")


class PolicyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What may be sold, and under which conditions."""

    queryset = Policy.objects.none()
    scopes = {
        "list": Scope.POLICIES_READ,
        "retrieve": Scope.POLICIES_READ,
        "check": Scope.POLICIES_READ,
        "preview": Scope.POLICIES_WRITE,
        "vocabulary": Scope.POLICIES_READ,
    }
    filterset_class = PolicyFilter
    order = ("severity_rank", "title", "pk")

    def get_queryset(self) -> QuerySet[Policy]:
        rows = queries.policies(self.request.LANGUAGE_CODE.split("-")[0])
        return rows.select_related("live").prefetch_related("live__texts") if self.action == "retrieve" else rows

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return PolicyDetailOut if self.action == "retrieve" else PolicyOut

    @extend_schema(request=RuleIn, responses=RuleCheckOut)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def check(self, request: Request) -> Response:
        """Compile a rule without storing it: what is wrong and where, or what it reads."""
        body = RuleIn(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(RuleCheckOut(rules.check(body.validated_data["rule"])).data)

    @extend_schema(request=PreviewIn, responses=PreviewOut)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def preview(self, request: Request) -> Response:
        """What a rule would find in the catalogue, without storing it or acting on it. Answers within some seconds."""
        body = PreviewIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = dict(body.validated_data)
        wanted = draft(asked.pop("rule"), policy_id=asked.pop("policy"), **asked)
        try:
            run = previews.preview(wanted, at=timezone.now(), seconds=MOST_SECONDS)
        except RuleProblems as problems:
            raise refused(problems) from None
        return Response(answer(run))

    @extend_schema(responses={200: dict})
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def vocabulary(self, request: Request) -> Response:
        """Every fact and function that a rule may name."""
        return Response(rules.vocabulary(request.LANGUAGE_CODE.split("-")[0]))
