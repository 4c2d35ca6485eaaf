"""The messages in which the runtime serialises an expression (cel/expr/syntax.proto and checked.proto).

Only the fields that are read or written here are declared; protobuf carries the others along untouched.
"""

from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

_F = descriptor_pb2.FieldDescriptorProto
_NAMES: dict[str, Any] = {
    "bool": _F.TYPE_BOOL,
    "int32": _F.TYPE_INT32,
    "int64": _F.TYPE_INT64,
    "uint64": _F.TYPE_UINT64,
    "double": _F.TYPE_DOUBLE,
    "string": _F.TYPE_STRING,
    "bytes": _F.TYPE_BYTES,
}
# message → (field, number, type, "one of the kinds" or "several" or neither)
_MESSAGES: dict[str, list[tuple[str, int, str, str]]] = {
    "Constant": [
        ("null_value", 1, "int32", "kind"),
        ("bool_value", 2, "bool", "kind"),
        ("int64_value", 3, "int64", "kind"),
        ("uint64_value", 4, "uint64", "kind"),
        ("double_value", 5, "double", "kind"),
        ("string_value", 6, "string", "kind"),
        ("bytes_value", 7, "bytes", "kind"),
    ],
    "Ident": [("name", 1, "string", "")],
    "Select": [("operand", 1, "Expr", ""), ("field", 2, "string", ""), ("test_only", 3, "bool", "")],
    "Call": [("target", 1, "Expr", ""), ("function", 2, "string", ""), ("args", 3, "Expr", "several")],
    "CreateList": [("elements", 1, "Expr", "several")],
    "CreateStruct": [("message_name", 1, "string", "")],
    "Comprehension": [
        ("iter_var", 1, "string", ""),
        ("iter_range", 2, "Expr", ""),
        ("accu_var", 3, "string", ""),
        ("accu_init", 4, "Expr", ""),
        ("loop_condition", 5, "Expr", ""),
        ("loop_step", 6, "Expr", ""),
        ("result", 7, "Expr", ""),
    ],
    "Expr": [
        ("id", 2, "int64", ""),
        ("const_expr", 3, "Constant", "kind"),
        ("ident_expr", 4, "Ident", "kind"),
        ("select_expr", 5, "Select", "kind"),
        ("call_expr", 6, "Call", "kind"),
        ("list_expr", 7, "CreateList", "kind"),
        ("struct_expr", 8, "CreateStruct", "kind"),
        ("comprehension_expr", 9, "Comprehension", "kind"),
    ],
    "Position": [("key", 1, "int64", ""), ("value", 2, "int32", "")],
    "SourceInfo": [("positions", 4, "Position", "several")],
    "ParsedExpr": [("expr", 2, "Expr", ""), ("source_info", 3, "SourceInfo", "")],
    "Reference": [("name", 1, "string", ""), ("overload_id", 3, "string", "several")],
    "ReferenceEntry": [("key", 1, "int64", ""), ("value", 2, "Reference", "")],
    "ListType": [("elem_type", 1, "Type", "")],
    "Type": [
        ("primitive", 3, "int32", "kind"),
        ("wrapper", 4, "int32", "kind"),
        ("well_known", 5, "int32", "kind"),
        ("list_type", 6, "ListType", "kind"),
        ("message_type", 9, "string", "kind"),
    ],
    "TypeEntry": [("key", 1, "int64", ""), ("value", 2, "Type", "")],
    "CheckedExpr": [
        ("reference_map", 2, "ReferenceEntry", "several"),
        ("type_map", 3, "TypeEntry", "several"),
        ("expr", 4, "Expr", ""),
        ("source_info", 5, "SourceInfo", ""),
    ],
}
_PACKAGE = "governance.cel"
CHECKED_URL = "type.googleapis.com/cel.expr.CheckedExpr"


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="governance/cel.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        if any(role == "kind" for *_, role in fields):
            message.oneof_decl.add(name="kind")
        for field, number, kind, role in fields:
            several = _F.LABEL_REPEATED if role == "several" else _F.LABEL_OPTIONAL
            declared = message.field.add(name=field, number=number, label=several)
            if kind in _NAMES:
                declared.type = _NAMES[kind]
            else:
                declared.type = _F.TYPE_MESSAGE
                declared.type_name = f".{_PACKAGE}.{kind}"
            if role == "kind":
                declared.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _MESSAGES
    }


_CLASSES = _classes()
Expr = _CLASSES["Expr"]
Reference = _CLASSES["Reference"]
CheckedExpr = _CLASSES["CheckedExpr"]


def parsed(serialized: bytes) -> Any:
    """Read what an unchecked expression serialises to."""
    return _CLASSES["ParsedExpr"].FromString(any_pb2.Any.FromString(serialized).value)


def checked(serialized: bytes) -> Any:
    return CheckedExpr.FromString(any_pb2.Any.FromString(serialized).value)


def serialized(expression: Any) -> bytes:
    """Return a checked expression in the form that the runtime reads back."""
    return any_pb2.Any(type_url=CHECKED_URL, value=expression.SerializeToString(deterministic=True)).SerializeToString(
        deterministic=True
    )
