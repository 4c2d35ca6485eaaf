"""Mass reversals over the API: prepare and read the preview, begin, stop, resume, give up. The second word is a person's, on the page."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from enforcement import permissions
from enforcement.domain import undo as domain
from enforcement.enums import UndoScope
from enforcement.filters import UndoFilter
from enforcement.models import Sweep, Undo
from enforcement.queries import decisions
from enforcement.queries import undo as queries
from governance.accounts.enums import Scope
from governance.policies.models import PolicyVersion
from governance.web.viewsets import ScopedViewSet

MOST_NAMED = 10_000


class UndoPreviewOut(serializers.Serializer):
    """Counts as they were when the preview was made last: when it was prepared, and again when somebody began or approved it."""

    decisions = serializers.IntegerField(help_text="That can be reversed.")
    listings = serializers.IntegerField()
    merchants = serializers.IntegerField()
    points = serializers.IntegerField(help_text="At most: points stay while something else of their cause stands.")
    open = serializers.IntegerField(help_text="Findings of the scope that nobody has decided.")
    already = serializers.IntegerField(help_text="Decisions reversed or withdrawn before.")
    replacing = serializers.IntegerField(help_text="Decisions that had replaced earlier ones, which do not come back.")
    found_again = serializers.IntegerField(help_text="Findings of a newer version, which go to a case.")
    replaced = serializers.IntegerField(help_text="Decisions that a later one replaced; that one stays.")
    untold = serializers.IntegerField(help_text="Held decisions, of which no merchant knows.")
    pending = serializers.IntegerField(help_text="Decisions that have not taken effect.")
    by_people = serializers.IntegerField(help_text="Decisions of the scope by people, which are not chosen.")
    under_appeal = serializers.IntegerField()
    reported = serializers.IntegerField(help_text="Statements in the EU's Transparency Database or on their way.")
    still_limited = serializers.IntegerField(help_text="Listings that other decisions limit.")
    still_bound = serializers.IntegerField(help_text="Merchants whose accounts other decisions bind.")
    changed = serializers.IntegerField(help_text="Listings that have changed since.")
    ended = serializers.IntegerField(help_text="Listings that their merchants have ended.")


class UndoOut(serializers.ModelSerializer):
    policy = serializers.IntegerField(source="version.policy_id", default=None, allow_null=True)
    version = serializers.IntegerField(source="version.number", default=None, allow_null=True)

    class Meta:
        model = Undo
        fields: tuple[str, ...] = (
            "id", "scope", "sweep", "policy", "version", "since", "with_people", "close_open", "reason", "state", "total",
            "added", "closed", "prepared_at", "previewed_at", "began_at", "ended_at",
        )  # fmt: skip


class UndoProgressOut(serializers.Serializer):
    waiting = serializers.IntegerField()
    reversed = serializers.IntegerField(source="restored")
    left = serializers.DictField(child=serializers.IntegerField(), help_text="By cause.")
    differs = serializers.IntegerField(help_text="Reversed, but not shown as before: for a person to look at.")


class UndoDetailOut(UndoOut):
    preview = UndoPreviewOut()
    progress = serializers.SerializerMethodField()

    class Meta(UndoOut.Meta):
        fields = (*UndoOut.Meta.fields, "preview", "progress")

    @extend_schema_field(UndoProgressOut)
    def get_progress(self, undo: Undo) -> Any:
        return UndoProgressOut(queries.progress(undo)).data


class UndoIn(serializers.Serializer):
    """A sweep; or a policy, its version and a time; or decisions by their references."""

    scope = serializers.ChoiceField(choices=UndoScope.choices)
    sweep = serializers.PrimaryKeyRelatedField(queryset=Sweep.objects.all(), required=False)
    policy = serializers.IntegerField(required=False)
    version = serializers.IntegerField(required=False)
    since = serializers.DateTimeField(required=False)
    decisions = serializers.ListField(
        child=serializers.CharField(max_length=30), required=False, max_length=MOST_NAMED, allow_empty=False
    )
    with_people = serializers.BooleanField(default=False, help_text="Reverse what people decided, too.")
    close_open = serializers.BooleanField(default=True, help_text="Close what was found and is not decided yet.")
    reason = serializers.CharField(max_length=2_000, help_text="Each merchant reads it.")

    NEEDS = {
        UndoScope.SWEEP: ("sweep",),
        UndoScope.VERSION: ("policy", "version", "since"),
        UndoScope.CHOSEN: ("decisions",),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = self.NEEDS[UndoScope(attrs["scope"])]
        if missing := [name for name in needed if name not in attrs]:
            raise serializers.ValidationError({name: _("This scope needs it.") for name in missing})
        return attrs


class DiscardIn(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000, default="", allow_blank=True)


class UndoViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Decisions reversed together: what came of a sweep, of a policy version since a time, or a chosen batch."""

    queryset = Undo.objects.none()
    scopes = {
        "list": Scope.DECISIONS_READ,
        "retrieve": Scope.DECISIONS_READ,
        "create": Scope.DECISIONS_WRITE,
        "start": Scope.DECISIONS_WRITE,
        "stop": Scope.DECISIONS_WRITE,
        "resume": Scope.DECISIONS_WRITE,
        "discard": Scope.DECISIONS_WRITE,
    }
    filterset_class = UndoFilter
    order = ("-prepared_at", "-pk")

    def get_queryset(self) -> QuerySet[Undo]:
        return queries.undos() if permissions.markets(self.request.user) is None else queries.undos().none()

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return UndoOut if self.action == "list" else UndoDetailOut

    @extend_schema(request=UndoIn, responses={201: UndoDetailOut})
    def create(self, request: Request) -> Response:
        """Choose, and read in the answer what would be reversed. Nothing happens before it is started."""
        self._may()
        body = UndoIn(data=request.data)
        body.is_valid(raise_exception=True)
        undo = _prepare(body.validated_data, request)
        return Response(self._whole(undo), status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=UndoDetailOut)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Begin it; a large one is held for a second person then."""
        return self._verb(domain.start, request)

    @extend_schema(request=None, responses=UndoDetailOut)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Reverse nothing more for now."""
        return self._verb(domain.stop, request)

    @extend_schema(request=None, responses=UndoDetailOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on where it was stopped."""
        return self._verb(domain.resume, request)

    @extend_schema(request=DiscardIn, responses=UndoDetailOut)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: str) -> Response:
        """Give up what was prepared. Nothing is reversed."""
        body = DiscardIn(data=request.data)
        body.is_valid(raise_exception=True)
        return self._verb(domain.discard, request, **body.validated_data)

    def _verb(self, verb: Any, request: Request, **extra: Any) -> Response:
        self._may()
        undo = verb(undo=self.get_object(), actor=request.user, at=timezone.now(), **extra)
        return Response(self._whole(undo))

    def _may(self) -> None:
        if not permissions.can_undo_many(self.request.user):
            raise PermissionDenied

    def _whole(self, undo: Undo) -> Any:
        return UndoDetailOut(queries.undos().get(pk=undo.pk)).data


def _prepare(data: dict[str, Any], request: Request) -> Undo:
    said: dict[str, Any] = {"actor": request.user, "reason": data["reason"], "at": timezone.now()}
    if data["scope"] == UndoScope.CHOSEN:
        return domain.prepare_chosen(chosen=_named(data["decisions"]), **said)
    said |= {"with_people": data["with_people"], "close_open": data["close_open"]}
    if data["scope"] == UndoScope.SWEEP:
        return domain.prepare_sweep(sweep=data["sweep"], **said)
    rows = PolicyVersion.objects.select_related("policy")
    version = rows.filter(policy=data["policy"], number=data["version"]).first()
    if version is None:
        raise serializers.ValidationError({"version": _("There is no such version of a policy.")})
    return domain.prepare_version(version=version, since=data["since"], **said)


def _named(references: list[str]) -> Any:
    found = decisions.decisions(None).filter(reference__in=references)
    missing = sorted(set(references) - set(found.values_list("reference", flat=True)))
    if missing:
        raise serializers.ValidationError({"decisions": _("Unknown: %(names)s.") % {"names": ", ".join(missing[:5])}})
    return found
