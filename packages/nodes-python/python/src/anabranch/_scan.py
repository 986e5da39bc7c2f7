"""Looks over a msgpack message before anything of it is built: a few bytes can declare gigabytes."""

from ._errors import LimitExceededError, MarshalingError
from ._ext import EXT_CODES
from ._limits import MSGPACK_DEPTH, MSGPACK_ITEMS

# Bytes of length field and of fixed payload behind a first byte of 0xc4…0xdf.
_BIN = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_EXT = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_STR = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_UNSIGNED = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
_SIGNED = {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, **_UNSIGNED, **_SIGNED}
_FIXEXT = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_ARRAY = {0xDC: 2, 0xDD: 4}
_MAP = {0xDE: 2, 0xDF: 4}


def scan(data: bytes | memoryview, around: int = 0, items: int = 0) -> int:
    """Raises MarshalingError or LimitExceededError where a message breaks the wire format; builds nothing.

    It may be one value inside a message: within so many lists and maps, after as many values. Gives the values with it.
    """
    end = len(data)
    at = 0
    pending = 1  # values still to come in the container at hand
    keyed = False  # it is a map: keys and values in turn, and an even count means a key is next
    outer: list[tuple[int, bool]] = []
    while True:
        while pending == 0:
            if not outer:
                if at != end:
                    raise MarshalingError(f"{end - at} bytes after the end of the message, at byte {at}")
                return items
            pending, keyed = outer.pop()
        if at >= end:
            raise _truncated(at)
        head = data[at]
        if keyed and pending % 2 == 0 and not (0xA0 <= head <= 0xBF or head in _STR):
            raise MarshalingError(f"a map key that is no string, at byte {at}")
        pending -= 1
        items += 1
        if items > MSGPACK_ITEMS:
            raise _limit("msgpack_items", f"more than {MSGPACK_ITEMS} values in a message")
        at += 1
        count = -1
        is_map = False
        if head <= 0x7F or head >= 0xE0:
            continue
        if head >= 0xA0 and head <= 0xBF:
            at += head & 0x1F
        elif head <= 0x8F or head in _MAP:
            is_map = True
            at, length = (at, head & 0x0F) if head <= 0x8F else _length(data, at, _MAP[head])
            count = length * 2
        elif head <= 0x9F or head in _ARRAY:
            at, count = (at, head & 0x0F) if head <= 0x9F else _length(data, at, _ARRAY[head])
        elif head in _FIXED:
            at += _FIXED[head]
        elif head in _STR or head in _BIN:
            at, length = _length(data, at, _STR.get(head) or _BIN[head])
            at += length
        elif head in _FIXEXT or head in _EXT:
            at, length = (at, _FIXEXT[head]) if head in _FIXEXT else _length(data, at, _EXT[head])
            if at >= end:
                raise _truncated(at)
            if data[at] not in EXT_CODES:
                raise MarshalingError(f"ext code {data[at]:#04x} is not of the wire format, at byte {at}")
            at += 1 + length
        else:
            raise MarshalingError(f"{head:#04x} is no msgpack value, at byte {at - 1}")
        if at > end:
            raise _truncated(end)
        if count >= 0:
            if count > end - at:
                raise MarshalingError(f"{count} values declared, {end - at} bytes left, at byte {at}")
            outer.append((pending, keyed))
            if len(outer) + around > MSGPACK_DEPTH:
                raise _limit("msgpack_depth", f"nested deeper than {MSGPACK_DEPTH}, at byte {at}")
            pending, keyed = count, is_map


def _length(data: bytes | memoryview, at: int, width: int) -> tuple[int, int]:
    if at + width > len(data):
        raise _truncated(len(data))
    return at + width, int.from_bytes(data[at : at + width], "big")


def _truncated(at: int) -> MarshalingError:
    return MarshalingError(f"the message ends in the middle of a value, at byte {at}")


def _limit(name: str, message: str) -> LimitExceededError:
    return LimitExceededError(message, limit=name)
