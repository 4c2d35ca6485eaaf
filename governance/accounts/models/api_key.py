"""A key with which another program speaks to the API."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.accounts.enums import Scope


class ApiKey(models.Model):
    """Kept as a plain SHA-256 of the secret: 256 random bits cannot be guessed from it, so a slow hash would only cost time
    at every request."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    prefix = models.CharField(
        max_length=12, unique=True, help_text="The key's visible beginning, by which it is found."
    )
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("scopes"))
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_key")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True, help_text="By day, so that a request seldom writes.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_key_may_something"),
            models.CheckConstraint(condition=Q(scopes__contained_by=Scope.values), name="api_key_scopes_known"),
        )

    def __str__(self) -> str:
        return self.name
