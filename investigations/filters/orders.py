"""Orders of authorities."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.web.references import read_reference
from investigations.enums import GROUND_NAME, OPEN_ORDERS, NoticeGround, OrderKind, OrderState
from investigations.filters.choices import LISTING_ID
from investigations.models import AuthorityOrder, OrderItem
from investigations.queries import orders


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number, authority or listing"), method="search", help_text=_("Ours or theirs, an authority, L-123")
    )
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=OrderKind.choices)
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=OrderState.choices)
    open = django_filters.BooleanFilter(label=_("Open"), method="only_open")
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    due = django_filters.DateFromToRangeFilter(label=_("Due"), field_name="due_at")
    unsent = django_filters.BooleanFilter(label=_("With a letter to send"), method="only_unsent")
    authority = django_filters.CharFilter(label=_("Authority"), lookup_expr="icontains")
    country = django_filters.CharFilter(label=_("Its country"), lookup_expr="iexact")
    ground = django_filters.MultipleChoiceFilter(
        label=_("Ground"), choices=[(each.value, GROUND_NAME[each]) for each in NoticeGround]
    )
    received = django_filters.DateFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = AuthorityOrder
        fields = ("kind", "state", "ground")

    def search(self, rows: QuerySet[AuthorityOrder], name: str, value: str) -> QuerySet[AuthorityOrder]:
        value = value.strip()
        if reference := read_reference(value):
            return rows.filter(reference=reference)
        if found := LISTING_ID.match(value):
            return rows.filter(Exists(OrderItem.objects.filter(order=OuterRef("pk"), listing=int(found[1]))))
        named = OrderItem.objects.filter(order=OuterRef("pk"), merchant__name__icontains=value)
        return rows.filter(Q(number__icontains=value) | Q(authority__icontains=value) | Exists(named))

    def only_unsent(self, rows: QuerySet[AuthorityOrder], name: str, value: bool) -> QuerySet[AuthorityOrder]:
        letters = orders.by_hand(self.request.user, at=timezone.now()).values("order")
        return rows.filter(pk__in=letters) if value else rows.exclude(pk__in=letters)

    def only_open(self, rows: QuerySet[AuthorityOrder], name: str, value: bool) -> QuerySet[AuthorityOrder]:
        return rows.filter(state__in=OPEN_ORDERS) if value else rows.exclude(state__in=OPEN_ORDERS)

    def only_late(self, rows: QuerySet[AuthorityOrder], name: str, value: bool) -> QuerySet[AuthorityOrder]:
        late = Q(state__in=OPEN_ORDERS, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)
