"""The audit log for auditors' own tools."""

from django.db.models import QuerySet
from rest_framework import mixins, serializers

from governance.accounts import queries
from governance.accounts.enums import Scope
from governance.accounts.filters import EntryFilter
from governance.audit.models import Entry
from governance.web.viewsets import ScopedViewSet


class EntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Entry
        fields = (
            "id", "at", "actor", "actor_label", "verb", "subject_kind", "subject_id", "subject_ref", "data", "txid", "cluster",
        )  # fmt: skip
        read_only_fields = fields


class EntryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What was done, by whom, to what, and when; newest first."""

    queryset = Entry.objects.none()
    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    order = ("-at", "-id")
    scopes = {"list": Scope.AUDIT_READ, "retrieve": Scope.AUDIT_READ}

    def get_queryset(self) -> QuerySet[Entry]:
        return queries.entries()
