"""One listing, merchant or case, as the rules of an environment read it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from governance.policies.language.kinds import Fact
from governance.policies.language.readers import MENTIONED, Fill, Read
from governance.policies.language.rows import Subject
from governance.policies.language.terms import Hits


class Access(NamedTuple):
    """How one fact gets from the plain values into its place: `holder` names the messages on the way to the field."""

    root: str
    holder: tuple[str, ...]
    fact: Fact
    read: Read
    fill: Fill


class Row:
    """Facts go into the messages when a rule first needs them, and stay there for the next rule."""

    def __init__(
        self,
        subject: Subject,
        now: datetime,
        *,
        accesses: Mapping[str, Access],
        classes: Mapping[str, Any],
        activate: Callable[[dict[str, Any]], Any],
        hits: Callable[[Subject], Hits],
    ) -> None:
        self.subject = subject
        self.now = now
        self._accesses = accesses
        self._activate = activate
        self._hits = hits
        self._classes = classes
        self._filled: set[str] = set()
        self._activations: dict[str | None, Any] = {}

    @cached_property
    def hits(self) -> Hits:
        """Hits of the term lists by list: the texts are run through once, for the rules and for what explains them."""
        return self._hits(self.subject)

    @cached_property
    def _messages(self) -> dict[str, Any]:
        messages = {"merchant": self._classes["Merchant"]()}
        if self.subject.listing is not None:
            messages["listing"] = self._classes["Listing"]()
        if self.subject.case is not None:
            messages["case"] = self._classes["Case"]()
        return messages

    def prepare(self, needs: frozenset[str]) -> None:
        """Put in what is needed and not yet there."""
        missing = needs - self._filled
        if not missing:
            return
        for path in missing:
            self._fill(path)
        self._filled |= missing
        self._activations.clear()

    def activation(self, market: str | None) -> Any:
        found = self._activations.get(market)
        if found is None:
            data = {**self._messages, "now": self.now}
            if market is not None:
                data["market"] = market
            found = self._activations[market] = self._activate(data)
        return found

    def reads(self, path: str) -> bool:
        """Whether a path is a fact with a value of its own, unlike listing.text."""
        return path in self._accesses

    def value(self, path: str) -> Any:
        """Return a fact as a plain value, None where it is missing."""
        return self._accesses[path].read(self.subject)

    def _fill(self, path: str) -> None:
        if path == MENTIONED:
            self._messages["listing"].text._mentioned.extend(sorted(self.hits))
            return
        access = self._accesses[path]
        value = access.read(self.subject)
        if value is not None:
            message = self._messages[access.root]
            for name in access.holder:
                message = getattr(message, name)
            access.fill(message, value)
