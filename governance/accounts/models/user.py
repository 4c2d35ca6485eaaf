"""People and the services that act through API keys. Both are shown by their pseudonym, never by a name."""

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.accounts.enums import ImageSize, Kind, Scope, Theme
from governance.accounts.models.role_grant import Grant


class UserManager(BaseUserManager["User"]):
    """`create_user` for tests and `createsuperuser`; the product makes people with `domain.people.create_person`."""

    def create_user(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        *,
        pseudonym: str = "",
        **fields: object,
    ) -> "User":
        email = self.normalize_email(email) if email else None
        user = self.model(username=username, email=email, pseudonym=pseudonym or username, **fields)
        user.initials = user.initials or user.pseudonym[:2].upper()
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    username = models.CharField(
        _("username"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This username is taken.")},
    )  # fmt: skip
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True, help_text=_("Services have none."))
    pseudonym = models.CharField(
        _("pseudonym"),
        max_length=60,
        unique=True,
        help_text=_("Shown everywhere instead of a name, like “Moderator K7”."),
    )
    initials = models.CharField(_("initials"), max_length=3)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("theme"), max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    image_blur = models.BooleanField(_("blur images until they are pressed"), default=True)
    image_grey = models.BooleanField(_("show images in grey"), default=False)
    image_size = models.CharField(_("image size"), max_length=6, choices=ImageSize.choices, default=ImageSize.MEDIUM)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text=_("May open Django's own administration pages."))
    created_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "pseudonym"]

    # Filled once per request by the middleware or the API's authentication; see `governance.accounts.queries.roles`.
    loaded_grants: tuple[Grant, ...] | None = None
    # The scopes of the API key that speaks; None for a person.
    key_scopes: frozenset[Scope] | None = None

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="user_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=Kind.SERVICE) | Q(email__isnull=False), name="user_person_has_email"
            ),
        )

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def images(self) -> dict[str, object]:
        """How this person wants product photos."""
        return {"blur": self.image_blur, "grey": self.image_grey, "size": self.image_size}
