"""A role that a person holds."""

from typing import NamedTuple

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.accounts.enums import Function, Role


class Grant(NamedTuple):
    """What a request needs to know of a grant. No markets means all of them."""

    role: Role
    function: Function | None
    markets: frozenset[str]


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def of(self, user: int) -> tuple[Grant, ...]:
        """What the person with this key holds."""
        rows = self.filter(user=user).order_by("role", "function", "id").values_list("role", "function", "markets")
        return tuple(Grant(Role(role), Function(fn) if fn else None, frozenset(markets)) for role, fn, markets in rows)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class RoleGrant(models.Model):
    """Taking a role away deletes the row; its history keeps what was."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    function = models.CharField(_("function"), max_length=12, choices=Function.choices, blank=True, default="")
    markets = ArrayField(models.CharField(max_length=2), verbose_name=_("markets"), default=list, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField()

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "role", "function"], name="grant_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="grant_role_known"),
            models.CheckConstraint(
                condition=(Q(role=Role.APPROVER) & Q(function__in=Function.values))
                | (~Q(role=Role.APPROVER) & Q(function="")),
                name="grant_function_of_approvers",
            ),
        )
        indexes = (models.Index(fields=["role", "user"], name="grant_by_role"),)

    def __str__(self) -> str:
        return f"{self.role} {self.function}".strip()

    @property
    def label(self) -> str:
        """Approver for Legal, Moderator."""
        if not self.function:
            return self.get_role_display()
        return gettext("Approver for %(function)s") % {"function": self.get_function_display()}
