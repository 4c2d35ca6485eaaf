"""Rules against a small evaluator of three-valued logic: whatever is generated, both say the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.policies.language import AttributeType, Environment, Subject
from tests.governance.policies.language.conftest import AYSE, MAGNETS, NOW

Held = bool | None
ENVIRONMENT = Environment(
    attributes=[
        *(AttributeType(key, "number") for key in ("n1", "n2")),
        *(AttributeType(key, "boolean") for key in ("b1", "b2")),
        *(AttributeType(key, "text") for key in ("t1", "t2")),
        *(AttributeType(key, "date") for key in ("d1", "d2")),
        *(AttributeType(key, "list") for key in ("l1", "l2")),
    ]
)
COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
Expression = tuple[Any, ...]

numbers = st.sampled_from([0, 1, 2.5])
texts = st.sampled_from(["", "a", "b"])
days = st.sampled_from(["1969-12-31", "1970-01-01", "2026-11-23"])


def _leaf() -> st.SearchStrategy[Expression]:
    operators = st.sampled_from(sorted(COMPARE))
    number, text, day = st.sampled_from(["n1", "n2"]), st.sampled_from(["t1", "t2"]), st.sampled_from(["d1", "d2"])
    return st.one_of(
        st.tuples(st.just("compare"), number, operators, numbers),
        st.tuples(st.just("compare"), number, operators, number),
        st.tuples(st.just("compare"), text, operators, text),
        st.tuples(st.just("compare"), day, operators, day),
        st.tuples(st.just("among"), number, st.lists(numbers, min_size=1, max_size=3)),
        st.tuples(st.just("holds"), st.sampled_from(["b1", "b2"])),
        st.tuples(st.just("contains"), st.sampled_from(["l1", "l2"]), texts),
        st.tuples(st.just("some"), st.sampled_from(["l1", "l2"]), text),
        st.tuples(st.just("given"), st.sampled_from(["n1", "b1", "t1", "d1", "l1"])),
        st.tuples(st.just("null"), st.sampled_from(["n2", "b2", "t2", "d2"])),
        st.tuples(st.just("constant"), st.booleans()),
    )


def _larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.tuples(st.just("not"), parts),
        st.tuples(st.just("and"), parts, parts),
        st.tuples(st.just("or"), parts, parts),
        st.tuples(st.just("choice"), parts, parts, parts),
    )


expressions = st.recursive(_leaf(), _larger, max_leaves=8)
facts = st.fixed_dictionaries(
    {
        **{key: st.none() | numbers for key in ("n1", "n2")},
        **{key: st.none() | st.booleans() for key in ("b1", "b2")},
        **{key: st.none() | st.sampled_from(["a", "b"]) for key in ("t1", "t2")},
        **{key: st.none() | days for key in ("d1", "d2")},
        **{key: st.none() | st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2) for key in ("l1", "l2")},
    }
)


def written(expression: Expression) -> str:
    kind, *rest = expression
    if kind in ("not", "and", "or", "choice"):
        return _joined(kind, [written(part) for part in rest])
    match kind:
        case "compare":
            right = f"listing.attr.{rest[2]}" if isinstance(rest[2], str) else str(rest[2])
            return f"listing.attr.{rest[0]} {rest[1]} {right}"
        case "among":
            return f"listing.attr.{rest[0]} in {rest[1]}"
        case "holds":
            return f"listing.attr.{rest[0]}"
        case "contains":
            return f'"{rest[1]}" in listing.attr.{rest[0]}'
        case "some":
            return f"listing.attr.{rest[0]}.exists(x, x == listing.attr.{rest[1]})"
        case "given":
            return f"has(listing.attr.{rest[0]})"
        case "null":
            return f"listing.attr.{rest[0]} == null"
        case _:
            return str(rest[0]).lower()


def _joined(kind: str, parts: list[str]) -> str:
    match kind:
        case "not":
            return f"!({parts[0]})"
        case "choice":
            return f"({parts[0]} ? {parts[1]} : {parts[2]})"
        case _:
            sign = " && " if kind == "and" else " || "
            return f"({sign.join(parts)})"


def reference(expression: Expression, known: dict[str, Any]) -> Any:
    kind, *rest = expression
    match kind:
        case "compare":
            right = known[rest[2]] if isinstance(rest[2], str) else rest[2]
            return None if None in (known[rest[0]], right) else COMPARE[rest[1]](known[rest[0]], right)
        case "among":
            return None if known[rest[0]] is None else known[rest[0]] in rest[1]
        case "holds":
            return known[rest[0]]
        case "contains":
            return None if known[rest[0]] is None else rest[1] in known[rest[0]]
        case "some":
            return None if None in (known[rest[0]], known[rest[1]]) else known[rest[1]] in known[rest[0]]
        case "given":
            return known[rest[0]] is not None
        case "null":
            return known[rest[0]] is None
        case "constant":
            return rest[0]
        case _:
            return _combined(kind, [reference(part, known) for part in rest])


def _combined(kind: str, parts: list[Held]) -> Held:
    match kind:
        case "not":
            return None if parts[0] is None else not parts[0]
        case "and":
            return False if False in parts else None if None in parts else True
        case "or":
            return True if True in parts else None if None in parts else False
        case _:
            return None if parts[0] is None else parts[1] if parts[0] else parts[2]


@settings(max_examples=300, deadline=None)
@given(expressions, facts)
def test_rule_and_explanation_follow_three_valued_logic(expression: Expression, known: dict[str, Any]) -> None:
    rule = ENVIRONMENT.compile(written(expression))
    listing = type(MAGNETS)(
        **{name: getattr(MAGNETS, name) for name in ("id", "version", "reference", "title", "description")},
        created_at=NOW,
        updated_at=NOW,
        attributes=known,
    )
    row = ENVIRONMENT.row(Subject(AYSE, listing), NOW)
    expected = reference(expression, known)
    assert rule.evaluate(row) is expected
    assert rule.explain(row)["held"] is expected
