"""Notices, what they are about, and who sends them."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.web.references import read_reference
from investigations.enums import GROUND_NAME, OPEN_NOTICES, NoticeGround, NoticeState, ReporterKind, ReporterState
from investigations.filters.choices import LISTING_ID
from investigations.models import Notice, NoticeItem, Reporter, ReporterRight
from investigations.queries import reporters


class NoticeItemFilter(django_filters.FilterSet):
    """Never by a name: who reported is read on the notice alone, their kind may be asked for."""

    q = django_filters.CharFilter(label=_("Reference, listing or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=NoticeState.choices)
    open = django_filters.BooleanFilter(label=_("To be decided"), method="only_open")
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    ground = django_filters.MultipleChoiceFilter(
        label=_("Ground"),
        field_name="notice__ground",
        choices=[(each.value, GROUND_NAME[each]) for each in NoticeGround],
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Reported by"), field_name="notice__reporter_kind", choices=ReporterKind.choices
    )
    reporter = django_filters.NumberFilter(label=_("Reporter number"), field_name="notice__reporter")
    unfounded = django_filters.BooleanFilter(label=_("Manifestly unfounded"))
    received = django_filters.IsoDateTimeFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = NoticeItem
        fields = ("state", "unfounded")

    def search(self, rows: QuerySet[NoticeItem], name: str, value: str) -> QuerySet[NoticeItem]:
        if reference := read_reference(value):
            return rows.filter(notice__reference=reference)
        if found := LISTING_ID.match(value.strip()):
            return rows.filter(listing=int(found[1]))
        return rows.filter(Q(listing__title__icontains=value) | Q(merchant__name__icontains=value))

    def only_open(self, rows: QuerySet[NoticeItem], name: str, value: bool) -> QuerySet[NoticeItem]:
        return rows.filter(state__in=OPEN_NOTICES) if value else rows.exclude(state__in=OPEN_NOTICES)

    def only_late(self, rows: QuerySet[NoticeItem], name: str, value: bool) -> QuerySet[NoticeItem]:
        late = Q(state__in=OPEN_NOTICES, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)


class NoticeFilter(django_filters.FilterSet):
    """Notices over the API: by what became of something in them."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), method="with_state", choices=NoticeState.choices)
    open = django_filters.BooleanFilter(label=_("To be decided"), method="with_open")
    ground = django_filters.MultipleChoiceFilter(label=_("Ground"), choices=NoticeGround.choices)
    received = django_filters.IsoDateTimeFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = Notice
        fields = ("ground",)

    def with_state(self, rows: QuerySet[Notice], name: str, value: list[str]) -> QuerySet[Notice]:
        items = NoticeItem.objects.filter(notice=OuterRef("pk"), state__in=value)
        return rows.filter(Exists(items)) if value else rows

    def with_open(self, rows: QuerySet[Notice], name: str, value: bool) -> QuerySet[Notice]:
        items = NoticeItem.objects.filter(notice=OuterRef("pk"), state__in=sorted(OPEN_NOTICES))
        return rows.filter(Exists(items)) if value else rows.exclude(Exists(items))


class ReporterFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name, address or brand"), method="search")
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=[each for each in ReporterKind.choices if each[0] != ReporterKind.ANONYMOUS]
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ReporterState.choices)
    hint = django_filters.BooleanFilter(label=_("Numbers call for a step"), method="only_called_for")

    class Meta:
        model = Reporter
        fields = ("kind", "state")

    def search(self, rows: QuerySet[Reporter], name: str, value: str) -> QuerySet[Reporter]:
        branded = ReporterRight.objects.filter(reporter=OuterRef("pk"), brand__icontains=value)
        return rows.filter(Q(name__icontains=value) | Q(email__icontains=value.strip()) | Exists(branded))

    def only_called_for(self, rows: QuerySet[Reporter], name: str, value: bool) -> QuerySet[Reporter]:
        keys = reporters.called_for(at=timezone.now())
        return rows.filter(pk__in=keys) if value else rows.exclude(pk__in=keys)
