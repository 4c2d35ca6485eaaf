"""Appeals over the API: read, file for a merchant, withdraw. Hearing one is a person's work and has no endpoint."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.api.orders import named_items
from enforcement.domain import appeals
from enforcement.domain.files import MOST, Sent
from enforcement.enums import AppealChannel
from enforcement.filters import AppealFilter
from enforcement.models import Appeal, AppealItem, Decision
from enforcement.queries import appeals as queries
from enforcement.queries import decisions as decision_queries
from governance.accounts.enums import Kind, Scope
from governance.web.viewsets import ScopedViewSet


class AppealOut(serializers.ModelSerializer):
    decision = serializers.CharField(source="decision.reference")
    merchant = serializers.CharField(source="merchant.public_id")
    item_count = serializers.IntegerField(help_text="How many items of the decision it contests.")

    class Meta:
        model = Appeal
        fields: tuple[str, ...] = (
            "reference", "decision", "merchant", "state", "channel", "language", "item_count", "filed_at", "due_at", "decided_at",
        )  # fmt: skip


class AppealItemOut(serializers.ModelSerializer):
    item = serializers.IntegerField(source="item_id", help_text="Id of the decision's item.")
    listing = serializers.CharField(source="item.listing.external_id", allow_null=True, default=None)

    class Meta:
        model = AppealItem
        fields: tuple[str, ...] = ("item", "listing", "outcome", "restored_at")


class AppealDetailOut(AppealOut):
    items = AppealItemOut(many=True)
    files: serializers.RelatedField = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta(AppealOut.Meta):
        fields = (*AppealOut.Meta.fields, "items", "text", "answer", "files")


class AppealIn(serializers.Serializer):
    decision = serializers.CharField(help_text="Reference of the decision, SR-…")
    text = serializers.CharField(max_length=appeals.LONGEST)
    items = serializers.ListField(
        child=serializers.IntegerField(),
        allow_null=True,
        default=None,
        help_text="Ids of items; none means all that stand.",
    )
    language = serializers.CharField(max_length=8, default="", allow_blank=True)
    files = serializers.ListField(
        child=serializers.FileField(), default=list, max_length=MOST, help_text="PDF or picture; multipart only."
    )


class AppealViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What merchants contest, and what became of it."""

    queryset = Appeal.objects.none()
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]+"
    parser_classes = [JSONParser, MultiPartParser]
    scopes = {
        "list": Scope.APPEALS_READ,
        "retrieve": Scope.APPEALS_READ,
        "create": Scope.APPEALS_WRITE,
        "withdraw": Scope.APPEALS_WRITE,
    }
    filterset_class = AppealFilter
    order = ("-filed_at", "-pk")

    def get_queryset(self) -> QuerySet[Appeal]:
        rows = queries.listed(permissions.markets(self.request.user))
        items = AppealItem.objects.select_related("item__listing").order_by("pk")
        return rows if self.action == "list" else rows.prefetch_related("files", Prefetch("items", queryset=items))

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return AppealOut if self.action == "list" else AppealDetailOut

    @extend_schema(request=AppealIn, responses={201: AppealDetailOut})
    def create(self, request: Request) -> Response:
        """File an appeal in the merchant's name, within six months of the decision."""
        body = AppealIn(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        decision = self._decision(data["decision"])
        program = getattr(request.user, "kind", "") == Kind.SERVICE
        appeal = appeals.file(
            decision=decision,
            items=named_items(decision, data["items"]),
            text=data["text"],
            language=data["language"],
            sent=[Sent(each.name or "", each.chunks()) for each in data["files"]],
            channel=AppealChannel.API if program else AppealChannel.ON_BEHALF,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(self._whole(appeal), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=AppealDetailOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take it back in the merchant's name, as long as it is not decided."""
        appeal = appeals.withdraw(
            appeal=self.get_object(),
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(self._whole(appeal))

    def _decision(self, reference: str) -> Decision:
        rows = decision_queries.decisions(permissions.markets(self.request.user))
        decision = rows.filter(reference=reference).first()
        if decision is None:
            raise serializers.ValidationError({"decision": [_("There is no decision with this reference.")]})
        return decision

    def _whole(self, appeal: Appeal) -> Any:
        rows = queries.listed(None).prefetch_related("files", "items__item__listing")
        return AppealDetailOut(rows.get(pk=appeal.pk)).data
