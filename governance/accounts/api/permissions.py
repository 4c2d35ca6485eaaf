"""Scopes at the API's door."""

from typing import Any

from django.utils.translation import gettext
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from governance.accounts import permissions
from governance.accounts.enums import Scope


class HasScope(BasePermission):
    """The view's `scopes` name what each action, or each method of a plain view, asks for; nothing named, nobody in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        action = getattr(view, "action", (request.method or "").lower())
        if action is None or (action == "metadata" and view.metadata_class is None):
            return True  # no such method here: DRF answers 405 next
        scope = getattr(view, "scopes", {}).get(action)
        if scope is None:
            return False
        self.message = gettext("This needs the scope %(scope)s.") % {"scope": scope}
        return permissions.has_scope(request.user, Scope(scope))
