"""Sweeps over the API: read, start, and one action per verb."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement.domain import sweeps
from enforcement.enums import SweepKind, SweepPriority
from enforcement.filters import SweepFilter
from enforcement.models import Sweep
from enforcement.queries import sweeps as queries
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet


class SweepOut(serializers.ModelSerializer):
    done = serializers.SerializerMethodField(help_text="Listings looked at so far.")
    hits = serializers.SerializerMethodField(help_text="Rules that held true so far.")

    class Meta:
        model = Sweep
        fields: tuple[str, ...] = (
            "id", "kind", "state", "priority", "reason", "total", "done", "hits", "mark", "error", "created_at", "began_at", "ended_at",
        )  # fmt: skip

    def get_done(self, sweep: Sweep) -> int:
        return getattr(sweep, "done", None) or 0

    def get_hits(self, sweep: Sweep) -> int:
        return getattr(sweep, "hits", None) or 0


class PolicyCountsOut(serializers.Serializer):
    policy = serializers.IntegerField(source="policy_id")
    version = serializers.IntegerField(source="number")
    title = serializers.CharField()
    mode = serializers.CharField()
    held = serializers.BooleanField(help_text="The brake holds it: its hits go to a queue.")
    counts = serializers.DictField(child=serializers.IntegerField())


class SweepDetailOut(SweepOut):
    policies = serializers.SerializerMethodField()

    class Meta(SweepOut.Meta):
        fields = (*SweepOut.Meta.fields, "policies")

    @extend_schema_field(PolicyCountsOut(many=True))
    def get_policies(self, sweep: Sweep) -> Any:
        progress = queries.progress(sweep, language="en", at=timezone.now())
        return PolicyCountsOut(progress.policies, many=True).data


class SweepStart(serializers.Serializer):
    kind = serializers.ChoiceField(choices=SweepKind.choices, default=SweepKind.FULL)
    policies = serializers.ListField(
        child=serializers.IntegerField(), default=list, help_text="Policy ids; for the kind `policies` only."
    )
    priority = serializers.ChoiceField(
        choices=SweepPriority.choices,
        default=SweepPriority.NORMAL,
        help_text="Of those that wait the most urgent begins first.",
    )
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class SweepReason(serializers.Serializer):
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


class SweepViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Runs of the policies over the catalogue."""

    scopes = {
        "list": Scope.SWEEPS_READ,
        "retrieve": Scope.SWEEPS_READ,
        "create": Scope.SWEEPS_WRITE,
        "pause": Scope.SWEEPS_WRITE,
        "resume": Scope.SWEEPS_WRITE,
        "cancel": Scope.SWEEPS_WRITE,
    }
    filterset_class = SweepFilter
    order = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[Sweep]:
        return queries.sweeps()

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return SweepDetailOut if self.action == "retrieve" else SweepOut

    @extend_schema(request=SweepStart, responses={201: SweepOut})
    def create(self, request: Request) -> Response:
        """Start a sweep. With another at work it waits for its turn."""
        body = SweepStart(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data | {
            "kind": SweepKind(body.validated_data["kind"]),
            "priority": SweepPriority(body.validated_data["priority"]),
        }
        sweep = sweeps.start(actor=request.user, at=timezone.now(), **data)  # type: ignore[arg-type]
        return Response(SweepOut(sweep).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=SweepOut)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop handing out chunks; those at work are finished."""
        sweep = sweeps.pause(sweep=self.get_object(), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return Response(SweepOut(sweep).data)

    @extend_schema(request=None, responses=SweepOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on after a pause or an error."""
        sweep = sweeps.resume(sweep=self.get_object(), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        return Response(SweepOut(sweep).data)

    @extend_schema(request=SweepReason, responses=SweepOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """End it here. What it found stays found."""
        body = SweepReason(data=request.data)
        body.is_valid(raise_exception=True)
        sweep = sweeps.cancel(
            sweep=self.get_object(),
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            **body.validated_data,
        )
        return Response(SweepOut(sweep).data)
