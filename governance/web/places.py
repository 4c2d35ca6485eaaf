"""The places of the rail, in their order. A place whose URL is not wired, or that the person may not open, is left out.

A place may be a tab of another (`tab_of`): it stands on that one's pages instead of in the rail, with the same key.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.urls import NoReverseMatch, get_urlconf, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.web.access import may_open

COUNT_SECONDS = 90


@dataclass(frozen=True)
class Place:
    url_name: str
    label: str | Promise
    icon: str
    group: int
    key: str
    tab_of: str = ""

    @property
    def section(self) -> str:
        return self.url_name.rpartition(":")[2]


PLACES = (
    Place("insights:home", _("Home"), "home", 1, "g h"),
    Place("investigations:queue", _("Queue"), "queue", 1, "g q"),
    Place("investigations:team", _("Team"), "users", 1, "g 2", tab_of="queue"),
    Place("investigations:cases", _("Cases"), "case", 1, "g c"),
    Place("investigations:appeals", _("Appeals"), "scale", 1, "g a"),
    Place("enforcement:disputes", _("Disputes"), "gavel", 1, "g v", tab_of="appeals"),
    Place("investigations:notices", _("Notices"), "flag", 1, "g n", tab_of="appeals"),
    Place("investigations:reporters", _("Reporters"), "users", 1, "g x", tab_of="appeals"),
    Place("investigations:authority-orders", _("Authority orders"), "gavel", 1, "g g", tab_of="appeals"),
    Place("investigations:recalls", _("Recalls"), "megaphone", 1, "g k"),
    Place("investigations:listings", _("Listings"), "listing", 1, "g l"),
    Place("listings:imports", _("Imports"), "upload", 1, "g i", tab_of="listings"),
    Place("investigations:merchants", _("Merchants"), "merchant", 1, "g m"),
    Place("investigations:groups", _("Linked groups"), "link", 1, "g j", tab_of="merchants"),
    Place("investigations:explore", _("Search"), "search", 1, "g z"),
    Place("investigations:investigations", _("Investigations"), "search", 1, "g 1", tab_of="explore"),
    Place("enforcement:policies", _("Policies"), "policy", 2, "g p"),
    Place("enforcement:ladder", _("Ladder"), "scale", 2, "g b", tab_of="policies"),
    Place("enforcement:ladder-steps", _("Steps due"), "gavel", 2, "g f", tab_of="policies"),
    Place("enforcement:sweeps", _("Sweeps"), "sweep", 2, "g s"),
    Place("insights:programmes", _("Programmes"), "programme", 2, "g r"),
    Place("investigations:quality", _("Quality"), "target", 3, "g y"),
    Place("insights:reports", _("Reports"), "report", 3, "g e"),
    Place("enforcement:transparency", _("Transparency"), "send", 3, "g t"),
    Place("audit:entries", _("Audit"), "audit", 3, "g u"),
    Place("enforcement:delivery", _("Delivery"), "send", 3, "g d"),
    Place("accounts:people", _("People"), "users", 3, "g o"),
)


@dataclass(frozen=True)
class Link:
    """A place as this person sees it: where it leads, what waits there, whether they are there."""

    place: Place
    url: str
    count: str
    current: bool
    tabs: tuple["Link", ...] = ()


@lru_cache(maxsize=256)
def _wired(url_name: str, urlconf: str | None) -> tuple[str, Any] | None:
    try:
        url = reverse(url_name, urlconf=urlconf)
        return url, resolve(url, urlconf=urlconf).func
    except NoReverseMatch:
        return None


def address(url_name: str, user: Any) -> str:
    """Where a page is found that this person may open; empty for others, and where it is not wired."""
    found = _wired(url_name, get_urlconf())
    return found[0] if found and may_open(found[1], user) else ""


def set_count(section: str, text: str, *, seconds: int = COUNT_SECONDS) -> None:
    """Show a short text beside a place (`342`, `1 live`). Whoever counts writes it; the rail only reads the cache."""
    cache.set(f"rail:{section}", text, seconds)


def rail(user: Any, *, path: str, section: str = "") -> list[list[Link]]:
    """The places this person may open, by group. `section` names the current one; else the longest matching address does."""
    urlconf = get_urlconf()
    wired = [(place, found) for place in PLACES if (found := _wired(place.url_name, urlconf))]
    open_to = [(place, url) for place, (url, view) in wired if may_open(view, user)]
    counts = cache.get_many([f"rail:{place.section}" for place, _url in open_to])
    current = section or _section_of(path, open_to)
    links = [
        Link(place, url, counts.get(f"rail:{place.section}", ""), place.section == current) for place, url in open_to
    ]
    groups: dict[int, list[Link]] = {}
    for link in _with_tabs(links):
        groups.setdefault(link.place.group, []).append(link)
    return list(groups.values())


def _with_tabs(links: list[Link]) -> list[Link]:
    """The tabs at their places. Where the place itself is not open, its tab stands for it."""
    sections = {link.place.section for link in links}
    tabs = [link for link in links if link.place.tab_of in sections]
    found = []
    for link in links:
        own = tuple(tab for tab in tabs if tab.place.tab_of == link.place.section)
        if link not in tabs:
            found.append(
                replace(link, tabs=(link, *own), current=link.current or any(t.current for t in own)) if own else link
            )
    return found


def _section_of(path: str, open_to: list[tuple[Place, str]]) -> str:
    matches = [
        (len(url), place.section) for place, url in open_to if path == url or (url != "/" and path.startswith(url))
    ]
    return max(matches)[1] if matches else ""
