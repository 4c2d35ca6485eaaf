"""Buyers to be told, over the API: what was handed over, and the marketplace's word on how many it has told."""

from typing import cast

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.enums import Scope
from governance.accounts.models import User
from governance.web.viewsets import ScopedViewSet
from investigations.domain import consumers
from investigations.models import ConsumerNotice
from investigations.queries import consumers as queries


class ConsumerNoticeOut(serializers.ModelSerializer):
    decision = serializers.CharField(source="decision.reference")
    merchant = serializers.CharField(source="decision.merchant.public_id")
    parts = serializers.SerializerMethodField(help_text="Events `consumers.to_notify` that carry it.")
    told = serializers.SerializerMethodField(help_text="Buyers that the marketplace has told, by its last word.")
    not_reached = serializers.SerializerMethodField()

    class Meta:
        model = ConsumerNotice
        fields: tuple[str, ...] = (
            "reference", "decision", "merchant", "cause", "cause_ref", "what", "hazard", "what_to_do", "remedy", "language",
            "since", "until", "state", "buyers", "lines", "unknown", "parts", "handed_at", "told", "not_reached",
            "published_at", "published_where",
        )  # fmt: skip

    def get_parts(self, notice: ConsumerNotice) -> int:
        return len(notice.in_order)  # type: ignore[attr-defined]

    def get_told(self, notice: ConsumerNotice) -> int | None:
        return notice.newest[0].told if notice.newest else None  # type: ignore[attr-defined]

    def get_not_reached(self, notice: ConsumerNotice) -> int | None:
        return notice.newest[0].not_reached if notice.newest else None  # type: ignore[attr-defined]


class AcknowledgeIn(serializers.Serializer):
    told = serializers.IntegerField(min_value=0, help_text="Different buyers told until now.")
    not_reached = serializers.IntegerField(min_value=0, default=0, help_text="Different buyers who cannot be reached.")


class ConsumerNoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Buyers who are to be told of a recalled or illegal product. Their references come by event; here is what became of it."""

    queryset = ConsumerNotice.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    serializer_class = ConsumerNoticeOut
    scopes = {"list": Scope.CASES_READ, "retrieve": Scope.CASES_READ, "acknowledge": Scope.ORDERS_WRITE}
    filter_backends = ()
    order = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[ConsumerNotice]:
        if self.action == "acknowledge":
            return queries.loaded()
        return queries.visible(self.request.user)

    @extend_schema(request=AcknowledgeIn, responses=ConsumerNoticeOut)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, reference: str) -> Response:
        """Say how many buyers have been told. Each call says the total until then; the same again changes nothing."""
        body = AcknowledgeIn(data=request.data)
        body.is_valid(raise_exception=True)
        actor = cast(User, request.user)
        consumers.acknowledge(notice=self.get_object(), **body.validated_data, actor=actor, at=timezone.now())
        return Response(ConsumerNoticeOut(self.get_object()).data)
