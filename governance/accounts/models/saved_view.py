"""A list's filters under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=60, help_text="URL name of the list, like audit:entries.")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2_000, help_text="The list's query string.")
    shared = models.BooleanField(_("show to everybody"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once"),)
        indexes = (models.Index(fields=["page", "name"], name="saved_view_shared", condition=Q(shared=True)),)

    def __str__(self) -> str:
        return self.name
