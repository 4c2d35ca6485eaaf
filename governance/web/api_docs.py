"""The API's documentation, drawn on the server from the OpenAPI description: no script of others, no style of others."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, override
from drf_spectacular.generators import SchemaGenerator

from governance.web.problems import KINDS

Schema = dict[str, Any]
DEEPEST = 3
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body with its path: `lines[].market`."""

    name: str
    kind: str
    required: bool
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    media: str
    fields: tuple[Field, ...]
    sample: str


@dataclass(frozen=True)
class Answer:
    code: str
    text: str
    bodies: tuple[Body, ...]


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    tag: str
    summary: str
    text: str
    scope: str
    parameters: tuple[Field, ...]
    bodies: tuple[Body, ...]
    answers: tuple[Answer, ...]
    curl: str


@dataclass(frozen=True)
class Group:
    id: str
    title: str
    operations: tuple[Operation, ...]


def docs(request: HttpRequest) -> HttpResponse:
    """Open to everybody, as the schema is: who integrates the API holds a key, not a login."""
    context = {
        "groups": groups(get_language() or settings.LANGUAGE_CODE),
        "problems": KINDS,
        "base": settings.PUBLIC_URL,
    }
    return render(request, "web/api_docs.html", context)


@lru_cache(maxsize=len(settings.LANGUAGES))
def groups(language: str) -> list[Group]:
    """Operations by tag, in the schema's order. The code does not change while it runs, so neither does this."""
    with override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        found = sorted(_operations(schema), key=lambda each: each.tag)
        return [
            Group(tag, gettext(tag.replace("-", " ").capitalize()), tuple(of))
            for tag, of in groupby(found, lambda each: each.tag)
        ]


def _operations(schema: Schema) -> Iterator[Operation]:
    reader = Reader(schema.get("components", {}).get("schemas", {}))
    for path, methods in schema.get("paths", {}).items():
        for method in METHODS:
            if raw := methods.get(method):
                yield _operation(reader, path, method, raw)


def _operation(reader: "Reader", path: str, method: str, raw: Schema) -> Operation:
    bodies = reader.bodies(raw.get("requestBody", {}).get("content", {}))
    # DRF answers OPTIONS with a view's docstring; here its first line names the operation.
    summary, _break, text = raw.get("description", "").partition("\n")
    return Operation(
        id=slugify(raw["operationId"]),
        method=method.upper(),
        path=path,
        tag=raw.get("tags", ["other"])[0],
        summary=raw.get("summary") or summary or raw["operationId"].replace("_", " ").capitalize(),
        text=(raw.get("description", "") if raw.get("summary") else text).strip(),
        scope=raw.get("x-scope", ""),
        parameters=tuple(reader.parameter(each) for each in raw.get("parameters", [])),
        bodies=bodies,
        answers=tuple(
            Answer(code, answer.get("description", ""), reader.bodies(answer.get("content", {})))
            for code, answer in sorted(raw["responses"].items())
        ),
        curl=_curl(path, method, bodies),
    )


def _curl(path: str, method: str, bodies: tuple[Body, ...]) -> str:
    lines = [f"curl {settings.PUBLIC_URL}{path}", '-H "Authorization: Bearer $KEY"']
    if method != "get":
        lines.insert(1, f"-X {method.upper()}")
    if bodies and bodies[0].sample:
        lines += [f'-H "Content-Type: {bodies[0].media}"', f"-d '{bodies[0].sample}'"]
    return " \\\n  ".join(lines)


class Reader:
    """Reads JSON schemas into fields and samples, following references."""

    def __init__(self, components: dict[str, Schema]) -> None:
        self.components = components

    def resolve(self, schema: Schema) -> Schema:
        """The schema behind `$ref`, `allOf` of one, and `oneOf` with null."""
        if "$ref" in schema:
            return self.resolve(
                self.components.get(schema["$ref"].rpartition("/")[2], {})
                | {k: v for k, v in schema.items() if k != "$ref"}
            )
        for combined in ("allOf", "oneOf", "anyOf"):
            parts = [
                part
                for part in schema.get(combined, [])
                if part.get("type") != "null" and not _is_blank(self.bare(part))
            ]
            if len(parts) == 1:
                return self.resolve(parts[0] | {k: v for k, v in schema.items() if k != combined})
        return schema

    def alternatives(self, schema: Schema) -> list[Schema]:
        """What a body may be, where it may be several things."""
        return [
            part for part in schema.get("oneOf", []) if part.get("type") != "null" and not _is_blank(self.bare(part))
        ]

    def bare(self, schema: Schema) -> Schema:
        return self.components.get(schema.get("$ref", "").rpartition("/")[2], schema)

    def parameter(self, raw: Schema) -> Field:
        schema = self.resolve(raw.get("schema", {}))
        where = "" if raw["in"] == "query" else f" ({raw['in']})"
        text = raw.get("description") or schema.get("description", "")
        return Field(raw["name"], self.kind(schema) + where, raw.get("required", False), text, _choices(schema))

    def bodies(self, content: dict[str, Schema]) -> tuple[Body, ...]:
        return tuple(self.body(media, each) for media, each in content.items())

    def body(self, media: str, content: Schema) -> Body:
        """The sample is the first of the examples, or made up."""
        schema = content.get("schema", {})
        example: Schema = next(iter(content.get("examples", {}).values()), {})
        sample = example.get("value") or self.sample(schema, 0) if media.endswith("json") else None
        return Body(
            media, tuple(self.fields(schema, "", 0)), json.dumps(sample, indent=2, ensure_ascii=False) if sample else ""
        )

    def fields(self, schema: Schema, path: str, depth: int) -> Iterator[Field]:
        schema = self.resolve(schema)
        if _is(schema, "array"):
            yield from self.fields(schema.get("items", {}), f"{path}[]", depth)
            return
        if alternatives := self.alternatives(schema):
            forms = [{field.name: field for field in self.fields(each, path, depth)} for each in alternatives]
            for name, field in {name: field for form in forms for name, field in form.items()}.items():
                yield replace(field, required=all(name in form and form[name].required for form in forms))
            return
        required = schema.get("required", [])
        for name, raw in schema.get("properties", {}).items():
            here, child = f"{path}.{name}".lstrip("."), self.resolve(raw)
            text = child.get("description", "") or child.get("title", "")
            yield Field(here, self.kind(child), name in required, text, _choices(child))
            if depth < DEEPEST:
                yield from self.fields(child, here, depth + 1)

    def kind(self, schema: Schema) -> str:
        schema = self.resolve(schema)
        types = schema.get("type", "object" if "properties" in schema else "any")
        names = [each for each in (types if isinstance(types, list) else [types]) if each != "null"]
        text = (
            gettext("list of %(kind)s") % {"kind": self.kind(schema.get("items", {}))}
            if names == ["array"]
            else " / ".join(names)
        )
        if schema.get("format") and not schema["format"].startswith("int"):
            text = schema["format"]
        if isinstance(types, list) and "null" in types:
            text = gettext("%(kind)s or null") % {"kind": text}
        return text

    def sample(self, schema: Schema, depth: int) -> Any:
        schema = self.resolve(schema)
        if "example" in schema:
            return schema["example"]
        if alternatives := self.alternatives(schema):
            return self.sample(alternatives[0], depth)
        if choices := _choices(schema):
            return choices[0]
        if _is(schema, "array"):
            return [] if depth > DEEPEST else [self.sample(schema.get("items", {}), depth + 1)]
        if "properties" in schema:
            needed = schema.get("required") or list(schema["properties"])
            shown = {
                name: each for name, each in schema["properties"].items() if name in needed and not each.get("readOnly")
            }
            return {name: self.sample(each, depth + 1) for name, each in shown.items()} if depth <= DEEPEST else {}
        return SAMPLES.get(schema.get("format", ""), SAMPLES.get(_first_type(schema), "…"))


SAMPLES: dict[str, Any] = {
    "date-time": "2026-11-23T09:30:00Z", "date": "2026-11-23", "uri": "https://example.org/", "email": "shop@example.org",
    "uuid": "0d4c7f3e-5a1b-4c58-9c8e-2f1d6f1f2b7a", "decimal": "12.90", "double": 0.5, "integer": 1, "number": 1.5, "boolean": True,
    "object": {}, "binary": "",
}  # fmt: skip


def _is_blank(schema: Schema) -> bool:
    """The enums that stand for “or empty” and “or null” beside a real one."""
    return schema.get("enum") in ([""], [None])


def _choices(schema: Schema) -> tuple[str, ...]:
    enum = schema.get("enum") or (schema.get("items") or {}).get("enum") or ()
    return tuple(str(each) for each in enum if each not in ("", None))


def _is(schema: Schema, kind: str) -> bool:
    types = schema.get("type", "")
    return kind == types or (isinstance(types, list) and kind in types)


def _first_type(schema: Schema) -> str:
    types = schema.get("type", "")
    return types[0] if isinstance(types, list) else str(types)
