"""Appeals over the API: read, file for a merchant, withdraw. Hearing one is a person's work and has no endpoint."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.api.orders import named_items
from enforcement.domain import appeals, clarifications
from enforcement.domain.files import MOST, Sent
from enforcement.enums import WON_APPEALS, AppealChannel, AppealState
from enforcement.filters import AppealFilter
from enforcement.models import Appeal, AppealItem, Clarification, Decision
from enforcement.queries import appeals as queries
from enforcement.queries import decisions as decision_queries
from governance.accounts.enums import Kind, Scope
from governance.web.viewsets import ScopedViewSet


class AppealOut(serializers.ModelSerializer):
    decision = serializers.CharField(source="decision.reference")
    merchant = serializers.CharField(source="merchant.public_id")
    item_count = serializers.IntegerField(help_text="How many items it contests.")
    decision_count = serializers.IntegerField(help_text="How many decisions of one event are heard together.")
    asked_until = serializers.DateTimeField(
        allow_null=True, help_text="The day for an answer to our last question, while none has come."
    )

    class Meta:
        model = Appeal
        fields: tuple[str, ...] = (
            "reference", "decision", "merchant", "state", "channel", "language", "item_count", "decision_count",
            "asked_until", "filed_at", "due_at", "decided_at",
        )  # fmt: skip


_WHOLE = (
    "files",
    Prefetch("items", queryset=AppealItem.objects.select_related("item__listing", "item__decision").order_by("pk")),
    Prefetch("clarifications", queryset=Clarification.objects.select_related("answer").order_by("number")),
)


class AppealItemOut(serializers.ModelSerializer):
    item = serializers.IntegerField(source="item_id", help_text="Id of the decision's item.")
    listing = serializers.CharField(source="item.listing.external_id", allow_null=True, default=None)

    class Meta:
        model = AppealItem
        fields: tuple[str, ...] = ("item", "listing", "outcome", "restored_at")


class ContestedOut(serializers.Serializer):
    decision = serializers.CharField(help_text="Reference of the decision.")
    outcome = serializers.ChoiceField(
        choices=[(each.value, each.label) for each in (AppealState.UPHELD, *sorted(WON_APPEALS))],
        allow_blank=True,
        help_text="Empty while the appeal is not decided.",
    )


class QuestionOut(serializers.ModelSerializer):
    answer = serializers.CharField(source="answer.text", allow_null=True, default=None)
    answered_at = serializers.DateTimeField(source="answer.answered_at", allow_null=True, default=None)

    class Meta:
        model = Clarification
        fields: tuple[str, ...] = ("number", "question", "asked_at", "answer_by", "answer", "answered_at")


class AppealDetailOut(AppealOut):
    items = AppealItemOut(many=True)
    files: serializers.RelatedField = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    decisions = serializers.SerializerMethodField(help_text="Every decision that is heard, with what became of it.")
    questions = QuestionOut(source="clarifications", many=True, help_text="What the merchant was asked meanwhile.")

    class Meta(AppealOut.Meta):
        fields = (*AppealOut.Meta.fields, "decisions", "items", "text", "questions", "answer", "files")

    @extend_schema_field(ContestedOut(many=True))
    def get_decisions(self, appeal: Appeal) -> list[dict[str, str]]:
        became = queries.outcome_of(appeal.items.all())
        decided = appeal.state in {AppealState.UPHELD, *WON_APPEALS}
        return [
            {"decision": decision.reference, "outcome": state if decided else ""} for decision, state in became.items()
        ]


class AppealIn(serializers.Serializer):
    decision = serializers.CharField(help_text="Reference of the decision, SR-…")
    text = serializers.CharField(max_length=appeals.LONGEST)
    items = serializers.ListField(
        child=serializers.IntegerField(),
        allow_null=True,
        default=None,
        help_text="Ids of items; none means all that stand.",
    )
    whole_event = serializers.BooleanField(
        default=False,
        help_text="Also contest what else was decided upon the same event; `items` then narrows this one.",
    )
    language = serializers.CharField(max_length=8, default="", allow_blank=True)
    files = serializers.ListField(
        child=serializers.FileField(), default=list, max_length=MOST, help_text="PDF or picture; multipart only."
    )


class AnswerIn(serializers.Serializer):
    text = serializers.CharField(max_length=appeals.LONGEST)
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
        "answer": Scope.APPEALS_WRITE,
    }
    filterset_class = AppealFilter
    order = ("-filed_at", "-pk")

    def get_queryset(self) -> QuerySet[Appeal]:
        rows = queries.listed(permissions.markets(self.request.user))
        return rows if self.action == "list" else rows.prefetch_related(*_WHOLE)

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return AppealOut if self.action == "list" else AppealDetailOut

    @extend_schema(request=AppealIn, responses={201: AppealDetailOut})
    def create(self, request: Request) -> Response:
        """File an appeal in the merchant's name, within six months of the decision."""
        body = AppealIn(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        decision = self._decision(data["decision"])
        appeal = appeals.file(
            decision=decision,
            items=named_items(decision, data["items"]),
            text=data["text"],
            language=data["language"],
            sent=[Sent(each.name or "", each.chunks()) for each in data["files"]],
            whole_event=data["whole_event"],
            channel=_channel(request),
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

    @extend_schema(request=AnswerIn, responses=AppealDetailOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, reference: str) -> Response:
        """Answer in the merchant's name what was asked about the appeal, as long as it is not decided."""
        body = AnswerIn(data=request.data)
        body.is_valid(raise_exception=True)
        appeal = self.get_object()
        clarifications.answer(
            appeal=appeal,
            text=body.validated_data["text"],
            sent=[Sent(each.name or "", each.chunks()) for each in body.validated_data["files"]],
            channel=_channel(request),
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
        rows = queries.listed(None).prefetch_related(*_WHOLE)
        return AppealDetailOut(rows.get(pk=appeal.pk)).data


def _channel(request: Request) -> AppealChannel:
    program = getattr(request.user, "kind", "") == Kind.SERVICE
    return AppealChannel.API if program else AppealChannel.ON_BEHALF
