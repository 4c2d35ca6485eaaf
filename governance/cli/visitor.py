"""A person at a browser without a screen: keeps cookies, reads forms off the page, fills them in and sends them."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser

TIMEOUT = 30.0  # seconds


class NotAsExpected(Exception):
    """The product did not answer as a person at the page would need it to."""


@dataclass
class FoundForm:
    """A form of a page: where it goes, and what its fields hold as the page came. Of check boxes, those that are ticked."""

    action: str
    method: str
    id: str
    values: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    text: str
    forms: list[FoundForm]

    def form(self, *, ending: str) -> FoundForm:
        """The form whose address ends so."""
        for found in self.forms:
            if urllib.parse.urlsplit(found.action).path.endswith(ending):
                return found
        raise NotAsExpected(f"{self.url} has no form that goes to …{ending}")


class Visitor:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def open(self, path: str, *, expect: int = 200) -> Page:
        return self._ask(urllib.request.Request(self._url(path)), expect)  # noqa: S310 -- our own address

    def send(self, page: Page, form: FoundForm, entered: dict[str, str | list[str]], *, expect: int = 200) -> Page:
        """Send the form with what was entered in place of what it held; redirects are followed."""
        kept = [(name, value) for name, value in form.values if name not in entered]
        added = [(n, v) for n, values in entered.items() for v in ([values] if isinstance(values, str) else values)]
        body = urllib.parse.urlencode(kept + added).encode()
        url = urllib.parse.urljoin(page.url, form.action or page.url)
        return self._ask(urllib.request.Request(url, body, {"Referer": page.url}), expect)  # noqa: S310 -- the same

    def sign_in(self, path: str, username: str, password: str) -> Page:
        page = self.open(path)
        form = next((each for each in page.forms if "password" in each.names), None)
        if form is None:
            raise NotAsExpected(f"{page.url} has no form to sign in with")
        after = self.send(page, form, {"login": username, "password": password})
        if after.url == page.url:
            raise NotAsExpected(f"{username} could not sign in")
        return after

    def _url(self, path: str) -> str:
        return urllib.parse.urljoin(self.base_url, path)

    def _ask(self, request: urllib.request.Request, expect: int) -> Page:
        try:
            with self.opener.open(request, timeout=TIMEOUT) as answer:
                status, url, text = answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as problem:
            status, url, text = problem.code, problem.url or request.full_url, problem.read().decode(errors="replace")
        if status != expect:
            raise NotAsExpected(f"{url} answered {status} instead of {expect}:\n{text[:2_000]}")
        return Page(url, status, text, forms_of(text))


def forms_of(text: str) -> list[FoundForm]:
    reader = _Reader()
    reader.feed(text)
    return reader.forms


class _Reader(HTMLParser):
    """Reads forms, with fields that stand in them or name them by `form=`."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.open_form: FoundForm | None = None
        self.select: tuple[FoundForm, str] | None = None
        self.area: tuple[FoundForm, str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open_form = FoundForm(given.get("action", ""), given.get("method", "get"), given.get("id", ""))
            self.forms.append(self.open_form)
        elif tag in ("input", "select", "textarea") and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self.select is not None and "selected" in given:
            form, name = self.select
            form.values.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open_form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.area is not None:
            form, name, parts = self.area
            form.values.append((name, "".join(parts).removeprefix("\n")))
            self.area = None

    def _field(self, tag: str, given: dict[str, str]) -> None:
        named = given.get("form")
        form = next((each for each in self.forms if each.id == named), None) if named else self.open_form
        if form is None:
            return
        name, kind = given["name"], given.get("type", "text")
        form.names.add(name)
        if tag == "select":
            self.select = (form, name)
        elif tag == "textarea":
            self.area = (form, name, [])
        elif kind in ("checkbox", "radio"):
            if "checked" in given:
                form.values.append((name, given.get("value", "on")))
        elif kind not in ("submit", "button", "image", "file"):
            form.values.append((name, given.get("value", "")))
