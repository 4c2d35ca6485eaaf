"""What the EU's Transparency Database is owed and has, over the API: to be read only."""

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from enforcement import permissions
from enforcement.filters import SubmissionFilter
from enforcement.models import TransparencySubmission, TransparencyTry
from enforcement.queries import transparency as queries
from governance.accounts.enums import Scope
from governance.web.viewsets import ScopedViewSet


class SubmissionOut(serializers.ModelSerializer):
    decision = serializers.CharField(source="decision.reference")

    class Meta:
        model = TransparencySubmission
        fields: tuple[str, ...] = (
            "id", "decision", "environment", "puid", "state", "attempts", "next_try_at", "uuid", "errors", "error",
            "sent_at", "created_at",
        )  # fmt: skip


class TryOut(serializers.ModelSerializer):
    class Meta:
        model = TransparencyTry
        fields: tuple[str, ...] = ("puid", "began_at", "ended_at", "status", "outcome")


class SubmissionDetailOut(SubmissionOut):
    payload = serializers.DictField(help_text="As it is sent, and once accepted as it was.")
    answer = serializers.DictField(help_text="The statement as the database stored it.")
    tries = TryOut(many=True)

    class Meta(SubmissionOut.Meta):
        fields = (*SubmissionOut.Meta.fields, "payload", "answer", "tries")


class SubmissionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Statements of reasons as the Transparency Database is owed them (DSA Art. 24(5)), without personal data."""

    queryset = TransparencySubmission.objects.none()
    scopes = {"list": Scope.DECISIONS_READ, "retrieve": Scope.DECISIONS_READ}
    filterset_class = SubmissionFilter
    order = ("-created_at", "-pk")

    def get_queryset(self) -> QuerySet[TransparencySubmission]:
        rows = queries.submissions(permissions.markets(self.request.user))
        return rows if self.action == "list" else queries.with_tries(rows)

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return SubmissionOut if self.action == "list" else SubmissionDetailOut
