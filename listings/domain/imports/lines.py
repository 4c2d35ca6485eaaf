"""Bytes to lines of text, in constant memory, whatever stands in them."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

from listings.domain.imports.rows import Notes

CHUNK = 1 << 20
LONGEST_LINE = 4 << 20
"""Bytes of a line; of a longer one the beginning is kept and the row refused."""

BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
NUL = b"\0"


class TooLong(str):
    """The beginning of a line longer than a line may be."""


def encoding_of(head: bytes) -> str:
    """The encoding of a file by its beginning: a Unicode one with or without its mark; else UTF-8, line by line."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    sample = head[: 4_096 - len(head) % 2]
    half = len(sample) // 2
    if half >= 4 and sample[1::2].count(0) > half * 0.6 and sample[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half >= 4 and sample[0::2].count(0) > half * 0.6 and sample[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return "utf-8"


def text_lines(stream: BinaryIO, *, encoding: str, fallback: str, notes: Notes) -> Iterator[str]:
    """Lines with their ends. Of a UTF-8 file each line that is not UTF-8 is read as `fallback`, and noted."""
    source = _chunks(stream) if encoding == "utf-8" else _as_utf8(stream, encoding)
    for number, line in enumerate(_lines(source), start=1):
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if NUL in line:
            notes.add("nul_bytes_removed", number)
            line = line.replace(NUL, b"")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            notes.add(f"not_utf8_read_as_{fallback}", number)
            text = line.decode(fallback, "replace")
        yield TooLong(text) if len(line) > LONGEST_LINE else text


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk


def _as_utf8(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in _chunks(stream):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    carry, dropping = b"", False
    for chunk in chunks:
        data = carry + chunk
        pieces = data.splitlines(keepends=True)
        # A line may go on in the next chunk, and so may the \n of a \r\n.
        carry = pieces.pop() if pieces and not pieces[-1].endswith(b"\n") else b""
        for piece in pieces:
            if dropping:
                dropping = False
                continue
            yield piece
        if len(carry) > LONGEST_LINE:
            if not dropping:
                yield carry
            carry, dropping = b"", True
    if carry and not dropping:
        yield carry
