"""Messages between the program and the process that scores: named numbers, texts and bytes, little-endian.

A message is `DSR1`, an int32 count of fields and the fields; a field is its name (int32 length, UTF-8), one letter for
its kind, a float64 count and that many values: `d` float64, `i` int32, `b` bytes; `t` texts, as one int32 length each
(-1 for none) and then all their bytes.
"""

from __future__ import annotations

import struct
from typing import Any, Callable, Dict

import numpy as np

MAGIC = b"DSR1"
FIELDS = 200_000
"""The most fields of a message: three a column, and few besides."""
NAME = 100_000
"""The longest name, in bytes."""

Message = Dict[str, Any]
"""By name: a float64 or an int32 array of one axis, a tuple of texts (None for none), or bytes."""


class Garbled(Exception):
    """What arrives is no message."""


def packed(message: Message) -> list[Any]:
    """Return the buffers that make up a message, in order."""
    out: list[Any] = [MAGIC + struct.pack("<i", len(message))]
    for name, value in message.items():
        kind, count, parts = _field(value)
        label = name.encode("utf-8", "surrogatepass")
        out.append(struct.pack("<i", len(label)) + label + kind + struct.pack("<d", count))
        out.extend(part for part in parts if len(part))
    return out


def _field(value: Any) -> Any:
    """Return the kind, the count and the buffers of one field."""
    if isinstance(value, np.ndarray):
        whole = value.dtype.kind in "iu"
        flat = np.ascontiguousarray(value, dtype="<i4" if whole else "<f8").ravel()
        return (b"i" if whole else b"d"), flat.size, [flat.view("u1").data] if flat.size else []
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b"b", len(value), [value]
    texts = [None if text is None else text.encode("utf-8", "surrogatepass") for text in value]
    lengths = np.array([-1 if text is None else len(text) for text in texts], dtype="<i4")
    return b"t", len(texts), [lengths.tobytes(), b"".join(text for text in texts if text is not None)]


def unpacked(read: Callable[[int], Any], most: float) -> Message:
    """Return the message that `read` gives; raises Garbled for what is none, or is larger than `most` bytes."""
    left = [most]

    def take(size: float) -> Any:
        left[0] -= size
        if not size >= 0 or left[0] < 0:
            raise Garbled("a message is larger than it may be")
        return read(int(size)) if size else b""

    head = take(8)
    if bytes(head[:4]) != MAGIC:
        raise Garbled("no message begins here")
    (fields,) = struct.unpack("<i", head[4:8])
    if not 0 <= fields <= FIELDS:
        raise Garbled("a message has too many fields")
    return dict(_one(take) for _ in range(fields))


def _one(take: Callable[[float], Any]) -> Any:
    (length,) = struct.unpack("<i", take(4))
    if not 0 <= length <= NAME:
        raise Garbled("a name is too long")
    name = bytes(take(length)).decode("utf-8", "surrogatepass")
    head = bytes(take(9))
    kind, (count,) = head[:1], struct.unpack("<d", head[1:])
    if kind == b"d":
        return name, np.frombuffer(take(8 * count), dtype="<f8")
    if kind == b"i":
        return name, np.frombuffer(take(4 * count), dtype="<i4")
    if kind == b"b":
        return name, bytes(take(count))
    if kind == b"t":
        return name, _texts(np.frombuffer(take(4 * count), dtype="<i4"), take)
    raise Garbled("a field is of no known kind")


def _texts(lengths: Any, take: Callable[[float], Any]) -> Any:
    sizes = np.maximum(lengths, 0).astype(np.int64)
    content, ends = bytes(take(float(sizes.sum()))), np.cumsum(sizes)
    return tuple(
        None if length < 0 else content[end - length : end].decode("utf-8", "surrogatepass")
        for length, end in zip(lengths.tolist(), ends.tolist())
    )
