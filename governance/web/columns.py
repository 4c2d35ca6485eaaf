"""What a list is made of: its columns, their heads as they are shown, and its verbs for many rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """A column of a list.

    `sort` names what to order by; `value` reads the cell for exports, and a column without it is not exported.
    `extra` and `spare` columns go first where room is scarce; `hidden` ones are there to be chosen.
    """

    name: str
    label: str | Promise
    sort: str = ""
    value: Callable[[Any], Any] | None = None
    num: bool = False
    grow: bool = False
    fit: bool = False
    extra: bool = False
    spare: bool = False
    hidden: bool = False
    quiet_head: bool = False

    @property
    def css(self) -> str:
        marks = {
            "num": self.num,
            "is-grow": self.grow,
            "is-fit": self.fit,
            "is-extra": self.extra,
            "is-spare": self.spare,
        }
        return " ".join(name for name, on in marks.items() if on)


@dataclass(frozen=True)
class Head:
    """A column's head as it is shown: where a press sorts, and how it is sorted now."""

    column: Column
    query: str
    order: str


@dataclass(frozen=True)
class Bulk:
    """A verb for the selected rows. Its page reads `YourList.selected(request)`, shows what would happen, and asks."""

    name: str
    label: str | Promise
    url_name: str
    key: str = ""
    icon: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name)
