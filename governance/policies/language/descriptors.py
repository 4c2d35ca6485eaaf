"""The protobuf messages that carry one row of facts, built from the vocabulary and the attribute register."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2, wrappers_pb2

from governance.policies.language.kinds import Fact, Kind

_F = descriptor_pb2.FieldDescriptorProto
PACKAGE = "rules"
MESSAGES: Mapping[Kind, str] = {
    Kind.LISTING: "Listing",
    Kind.MERCHANT: "Merchant",
    Kind.CASE: "Case",
    Kind.DECISION: "Decision",
    Kind.CATEGORY: "Category",
    Kind.WORDS: "Words",
    Kind.ATTRIBUTES: "Attributes",
    Kind.CERTIFICATE: "Certificate",
    Kind.WINDOW: "Window",
}
_PLAIN = {
    Kind.TEXT: _F.TYPE_STRING,
    Kind.NUMBER: _F.TYPE_DOUBLE,
    Kind.WHOLE: _F.TYPE_INT64,
    Kind.BOOLEAN: _F.TYPE_BOOL,
}
_WRAPPED = {
    Kind.TEXT: ".google.protobuf.StringValue",
    Kind.NUMBER: ".google.protobuf.DoubleValue",
    Kind.WHOLE: ".google.protobuf.Int64Value",
    Kind.BOOLEAN: ".google.protobuf.BoolValue",
}


class Schema(NamedTuple):
    """`classes` by message name; `optional` holds (message, field) of every fact that may be missing."""

    pool: Any
    classes: Mapping[str, Any]
    facts: Mapping[tuple[Kind, str], Fact]
    optional: frozenset[tuple[str, str]]


def schema(declared: Sequence[Fact]) -> Schema:
    facts = {(fact.owner, fact.name): fact for fact in declared}
    file = descriptor_pb2.FileDescriptorProto(name="rules.proto", package=PACKAGE, syntax="proto3")
    file.dependency.extend(["google/protobuf/wrappers.proto", "google/protobuf/timestamp.proto"])
    messages = {kind: file.message_type.add(name=name) for kind, name in MESSAGES.items()}
    for fact in facts.values():
        _declare(messages[fact.owner], fact)
    pool = descriptor_pool.DescriptorPool()
    for known in (wrappers_pb2, timestamp_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    classes = {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
        for name in MESSAGES.values()
    }
    optional = {(f"{PACKAGE}.{MESSAGES[fact.owner]}", fact.name) for fact in facts.values() if fact.optional}
    return Schema(pool, classes, facts, frozenset(optional))


def _declare(message: Any, fact: Fact) -> None:
    number = len(message.field) + 1
    field = message.field.add(name=fact.name, json_name=fact.name, number=number, label=_F.LABEL_OPTIONAL)
    if fact.kind is Kind.LIST:
        field.label = _F.LABEL_REPEATED
        field.type = _F.TYPE_STRING
    elif fact.kind is Kind.CERTIFICATES:
        field.label = _F.LABEL_REPEATED
        _refer(field, f".{PACKAGE}.{MESSAGES[Kind.CERTIFICATE]}")
    elif fact.kind is Kind.MOMENT:
        _refer(field, ".google.protobuf.Timestamp")
    elif fact.kind in MESSAGES:
        _refer(field, f".{PACKAGE}.{MESSAGES[fact.kind]}")
    elif fact.optional:
        _refer(field, _WRAPPED[fact.kind])
    else:
        field.type = _PLAIN[fact.kind]


def _refer(field: Any, type_name: str) -> None:
    field.type = _F.TYPE_MESSAGE
    field.type_name = type_name
