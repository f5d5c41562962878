"""Deterministic CBOR (RFC 8949 section 4.2.1), restricted to what the pollbook says: one value has one encoding.

Values: whole numbers 0 … 2^53-1 (exact in every language), byte strings, UTF-8 text, arrays, null. No maps, floats,
tags, negative numbers or indefinite lengths. A decoder of this little cannot be made to build anything large: a length
is never believed beyond the bytes that are there, and arrays nest at most ``MAX_DEPTH`` deep.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Value: TypeAlias = "int | bytes | str | Sequence[Value] | None"

MAX_INT = 2**53 - 1
MAX_DEPTH = 6
_UINT, _BYTES, _TEXT, _ARRAY = 0x00, 0x40, 0x60, 0x80
_NULL, _BREAK = 0xF6, 0xFF


class CborError(ValueError):
    """Bytes that are not the one encoding of a value. ``at``: the byte where it shows."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(f"{reason} (byte {at})")
        self.reason, self.at = reason, at


def encode(value: Value) -> bytes:
    """The one encoding of ``value``. :raises TypeError, ValueError: for what has none"""
    out: list[bytes] = []
    _encode(value, out)
    return b"".join(out)


def _encode(value: Value, out: list[bytes]) -> None:
    if value is None:
        out.append(b"\xf6")
    elif isinstance(value, bool):
        raise TypeError("a truth value is written 0 or 1")
    elif isinstance(value, int):
        out.append(_head(_UINT, value))
    elif isinstance(value, bytes):
        out.append(_head(_BYTES, len(value)))
        out.append(value)
    elif isinstance(value, str):
        text = value.encode()
        out.append(_head(_TEXT, len(text)))
        out.append(text)
    elif isinstance(value, list | tuple):
        out.append(_head(_ARRAY, len(value)))
        for item in value:
            _encode(item, out)
    else:
        raise TypeError(f"not a value of the pollbook: {type(value).__name__}")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        if number < 0:
            raise ValueError("a number below zero has no encoding here")
        return bytes((major | number,))
    if number < 0x100:
        return bytes((major | 24, number))
    if number < 0x10000:
        return bytes((major | 25,)) + number.to_bytes(2, "big")
    if number < 0x100000000:
        return bytes((major | 26,)) + number.to_bytes(4, "big")
    if number > MAX_INT:
        raise ValueError("a number beyond 2^53-1 has no encoding here")
    return bytes((major | 27,)) + number.to_bytes(8, "big")


_LEAST = {1: 24, 2: 0x100, 4: 0x10000, 8: 0x100000000}


def decode(data: bytes) -> Value:
    """The value of ``data``, all of it. :raises CborError: for anything but the one encoding of one value"""
    value, end = _decode(data, 0, MAX_DEPTH)
    if end != len(data):
        raise CborError("bytes after the end", end)
    return value


def _decode(data: bytes, at: int, depth: int) -> tuple[Value, int]:  # noqa: PLR0912  the decoder is this table
    try:
        first = data[at]
    except IndexError:
        raise CborError("ends too early", at) from None
    number = first & 0x1F
    major = first & 0xE0
    start = at
    at += 1
    if number >= 24:
        if number > 27:
            raise CborError("indefinite or reserved length", start)
        width = 1 << (number - 24)
        number = int.from_bytes(data[at : at + width], "big")
        at += width
        if at > len(data):
            raise CborError("ends too early", start)
        if number < _LEAST[width] or number > MAX_INT:
            raise CborError("not the shortest form, or too large a number", start)
    if major == _UINT:
        return number, at
    if major == _ARRAY:
        if depth == 0:
            raise CborError("nested too deep", start)
        if number > len(data) - at:  # every item takes a byte at least
            raise CborError("ends too early", start)
        return _decode_items(data, at, depth - 1, number)
    end = at + number
    if major in (_BYTES, _TEXT):
        if end > len(data):
            raise CborError("ends too early", start)
        if major == _BYTES:
            return data[at:end], end
        try:
            return data[at:end].decode(), end
        except UnicodeDecodeError:
            raise CborError("text that is not UTF-8", start) from None
    if first == _NULL:
        return None, at
    raise CborError("a kind of value that the pollbook does not use", start)


def _decode_items(data: bytes, at: int, depth: int, number: int) -> tuple[Value, int]:
    """The items of an array. What a pollbook's arrays hold most (small numbers, null, byte strings of less than 256) is
    read here, everything else, and everything that is wrong, by ``_decode``: half the time of a segment lies here."""
    items: list[Value] = []
    append = items.append
    size = len(data)
    for _ in range(number):
        first = data[at] if at < size else _BREAK
        if first < 24:
            append(first)
            at += 1
            continue
        if first == _NULL:
            append(None)
            at += 1
            continue
        if 0x40 <= first < 0x58:
            end = at + first - 0x3F
            if end <= size:
                append(data[at + 1 : end])
                at = end
                continue
        elif first == 0x58 and at + 1 < size:
            length = data[at + 1]
            end = at + 2 + length
            if length >= 24 and end <= size:
                append(data[at + 2 : end])
                at = end
                continue
        item, at = _decode(data, at, depth)
        append(item)
    return items, at
