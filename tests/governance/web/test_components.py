"""Each component, rendered: what it promises in words, escaping, and numbers that drawing reads."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from django_cotton.cotton_loader import CottonCompiler

from governance.web import charts
from governance.web.charts import Point, Series

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SPRITE = (Path(settings.BASE_DIR) / "static/img/icons.svg").read_text()
ALL = sorted(TEMPLATES.rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\bsrc=)", re.IGNORECASE)


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def rendered(source: str, **context: object) -> str:
    return Template(CottonCompiler().process(source)).render(Context(context))


def test_no_template_holds_what_the_browser_would_refuse() -> None:
    found = {name_of(path): INLINE.findall(path.read_text()) for path in ALL}
    assert {name: refused for name, refused in found.items() if refused} == {}


def test_every_icon_named_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([a-z-]+)"', SPRITE))
    named = {
        (name_of(path), name or icon)
        for path in ALL
        for name, icon in re.findall(r'<c-icon[^>]*?\bname="([a-z-]+)"|\bicon="([a-z-]+)"', path.read_text())
    }
    assert {(path, icon) for path, icon in named if icon not in known} == set()


def test_templates_are_short() -> None:
    assert {name_of(path) for path in ALL if len(path.read_text().splitlines()) > 150} == set()


def test_text_is_escaped_once() -> None:
    html = rendered('<c-page-head title="{{ name }}" /><c-badge tone="ok">{{ name }}</c-badge>', name="A & <b>")
    assert html.count("A &amp; &lt;b&gt;") == 2


def test_an_object_passed_with_a_colon_is_escaped() -> None:
    assert "<b>" not in rendered('<c-page-head :title="name" />', name="<b>")


def test_components_do_not_see_the_page(settings: object) -> None:
    assert "secret" not in rendered('<c-page-head title="x" />', meta="secret", tight="secret", lang="secret")


def test_a_button_presses_and_shows_its_key() -> None:
    html = rendered(
        '<c-button key="Ctrl+Enter" kind="primary" hx-post="{{ url }}" disabled>Remove</c-button>', url='/a?"'
    )
    assert re.sub(r"\s+", " ", html) == (
        '<button type="button" class="btn is-primary" data-key="Ctrl+Enter" aria-keyshortcuts="Control+Enter"'
        ' hx-post="/a?&quot;" disabled>Remove<kbd class="key" aria-hidden="true">Ctrl ↵</kbd></button>'
    )


@pytest.mark.parametrize("language", ["de", "fr", "ar"])
def test_coordinates_are_never_localised(language: str) -> None:
    chart = charts.line_chart(title="t", unit="u", series=[Series("s", [Point("a", 1.5, "a"), Point("b", 2.25)])])
    with translation.override(language):
        html = rendered(
            '<c-chart :chart="chart" /><c-spark :of="spark" /><c-progress :value="half" label="x" /><c-bars :items="bars" />',
            chart=chart, spark=charts.sparkline([1.5, 2.25]), half=12.5, bars=charts.share_bars([("a", 1.5, "")]),
        )  # fmt: skip
    drawn = re.findall(r' (?:x|y|cx|cy|d|value|max)="([^"]*)"', html)
    assert [value for value in drawn if "," in value or "٫" in value] == []


def test_a_condition_that_cannot_be_decided_says_so() -> None:
    html = rendered('<c-tree :of="tree" />', tree={"text": "part < 31.7 mm", "held": None, "value": ""})
    assert ("cannot be decided" in html, "not given" in html, "part &lt; 31.7 mm" in html) == (True, True, True)


def test_foreign_text_has_its_direction() -> None:
    assert 'lang="ar" dir="rtl"' in rendered('<c-letter-item title="كرات" lang="ar" />')


@pytest.mark.parametrize(
    ("images", "css"),
    [
        ({"blur": True, "grey": True, "size": "small"}, "photo is-small"),
        ({"blur": False, "grey": False, "size": "large"}, "photo is-large is-sharp is-colour"),
        ({}, "photo is-medium"),
    ],
)
def test_a_photo_is_shown_as_the_person_prefers(images: dict[str, object], css: str) -> None:
    """Blurred and grey also where nobody's preference is known."""
    source = '<c-photo src="/photo.jpg" sharp="" />'
    request = RequestFactory().get("/")
    request.user = type("Person", (), {"images": images, "is_authenticated": True})()
    html = Template(CottonCompiler().process(source)).render(RequestContext(request))
    assert f'<div class="{css}">' in html
    assert ("data-reveal" in html) == (images.get("blur") is not False)
