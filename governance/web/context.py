"""What every page's frame shows. Worked out only when a template asks for it, so partial answers cost nothing."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_info, gettext

from governance.web import formats, markets, places
from governance.web.people import Face, face_of
from governance.web.places import Link, rail

THEMES = ("system", "light", "dark")
SHOWN_MARKETS = 4


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Frame:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> Any:
        return getattr(self.request, "user", None)

    @cached_property
    def signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def dir(self) -> str:
        return formats.direction(self.language)

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """Each under its own name, as its speakers look for it."""
        names = {code: get_language_info(code)["name_local"] for code, _name in settings.LANGUAGES}
        return [(code, name[:1].upper() + name[1:]) for code, name in names.items()]

    @cached_property
    def theme(self) -> str:
        """The device's choice first, then the person's, else the system's."""
        wanted = self.request.COOKIES.get("theme") or getattr(self.user, "theme", "")
        return wanted if wanted in THEMES else "system"

    @cached_property
    def you(self) -> Face:
        return face_of(self.user)

    @cached_property
    def images(self) -> dict[str, Any]:
        kept = getattr(self.user, "images", None) or {}
        return {"blur": True, "grey": True, **kept}

    @cached_property
    def time_zone(self) -> str:
        return str(getattr(self.user, "time_zone", "") or settings.TIME_ZONE)

    @cached_property
    def tabs(self) -> tuple[Link, ...]:
        """The current place and its tabs, where it has any."""
        return next((link.tabs for group in self.rail for link in group if link.current), ())

    @cached_property
    def rail(self) -> list[list[Link]]:
        if not self.signed_in:
            return []
        match = self.request.resolver_match
        section = getattr(getattr(match.func, "view_class", match.func), "section", "") if match else ""
        return rail(self.user, path=self.request.path, section=section)

    @cached_property
    def has_markets(self) -> bool:
        return self.signed_in and markets.is_known()

    @cached_property
    def market_label(self) -> str:
        chosen = markets.chosen(self.request)
        if not chosen:
            return gettext("All markets")
        if len(chosen) <= SHOWN_MARKETS:
            return " ".join(chosen)
        return gettext("%(count)d markets") % {"count": len(chosen)}

    @cached_property
    def search_url(self) -> str:
        return _url("investigations:search")

    @cached_property
    def inbox_url(self) -> str:
        """For those who may open it."""
        return places.address("investigations:inbox", self.user) if self.signed_in else ""

    @cached_property
    def find_url(self) -> str:
        return _url("investigations:find")

    @cached_property
    def preferences_url(self) -> str:
        return _url("accounts:preferences")

    @cached_property
    def demo_logins(self) -> list[dict[str, str]]:
        """Who may sign in to a demo, each with what a press fills into the form."""
        return [
            {
                "role": formats.series(gettext(word) for word in role.split(", ")),
                "fill": json.dumps({"login": name, "password": password}),
            }
            for role, name, password in settings.DEMO_LOGINS
        ]

    @cached_property
    def sign_out_url(self) -> str:
        return _url("account_logout")


def frame(request: HttpRequest) -> dict[str, Frame]:
    return {"frame": Frame(request)}
