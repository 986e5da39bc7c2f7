"""Values as most packets have them: a map with one key, and audio or an array under it.

What stands before the items is the same from frame to frame: it is looked at, or made, once.
"""

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from ._audio import AudioBuffer, checked_audio, type_of_samples
from ._errors import AnabranchError
from ._ext import AUDIO, AUDIO_HEADER, CODES, VIEWS, decode_audio

ITEMS: Final = 3
"""The map, its key and the array."""
_ONE_ENTRY: Final = 0x81
# Bytes of the length field behind the first byte of an ext value.
_EXT_LENGTHS: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_HEADS_MOST: Final = 1000
_encode: Final = msgspec.msgpack.Encoder().encode


class _Head(NamedTuple):
    """What stands before the items says all of this, and it holds for the items behind it."""

    key: str
    dtype: "np.dtype[Any]"
    items: int
    sample_rate: int
    channels: int
    """0 where it is no audio."""


class OneArray:
    """Reads them out of bytes of which is known that they are one whole map: so its array ends where they end."""

    def __init__(self) -> None:
        self._read: dict[bytes, _Head] = {}
        self._written: dict[tuple[str, int, int], bytes] = {}

    def read(self, raw: msgspec.Raw) -> dict[str, Any] | None:
        """None where it is anything else, or is to be refused."""
        data = memoryview(raw)
        if data[0] != _ONE_ENTRY:
            return None
        end = data[1] - 0x9E
        if not 2 < end < 0x22:  # no short text
            return None
        width = _EXT_LENGTHS.get(data[end])
        if width is None:
            return None
        at = end + width + 2
        if data[at - 1] == AUDIO:
            at += AUDIO_HEADER.size
        before = data[:at].tobytes()
        head = self._read.get(before) or self._learn(before, data, end, end + width + 2)
        if head is None:
            return None
        key, dtype, count, sample_rate, channels = head
        items = np.frombuffer(data, dtype, count, at)
        return {key: checked_audio(items, sample_rate, channels) if channels else items}

    def write(self, values: dict[str, Any]) -> bytes | None:
        """Their bytes, which are as the encoder would write them; None where they are anything else."""
        if len(values) != 1:
            return None
        [(key, value)] = values.items()
        if type(value) is AudioBuffer:
            items: Any = value.samples
            if items.dtype != type_of_samples or not items.flags.c_contiguous:
                return None
            around = AUDIO_HEADER.pack(value.sample_rate, value.channels)
            return b"".join((self._before(key, AUDIO, items.nbytes + len(around)), around, items))
        if type(value) is not np.ndarray:
            return None
        items = value
        code = CODES.get(items.dtype.str)
        if code is None or items.ndim != 1 or not items.flags.c_contiguous:
            return None
        return b"".join((self._before(key, code, items.nbytes), items))

    def _learn(self, before: bytes, data: memoryview, end: int, at: int) -> _Head | None:
        code = data[at - 1]
        try:
            key = data[2:end].tobytes().decode()
            if code == AUDIO:
                audio = decode_audio(data[at:])
                head = _Head(key, type_of_samples, len(audio.samples), audio.sample_rate, audio.channels)
            else:
                items = np.frombuffer(data, VIEWS[code], -1, at)
                head = _Head(key, VIEWS[code], len(items), 0, 0)
        except (AnabranchError, KeyError, ValueError):
            return None
        if head.items == 0:  # numpy makes no view on nothing
            return None
        if len(self._read) < _HEADS_MOST:
            self._read[before] = head
        return head

    def _before(self, key: str, code: int, length: int) -> bytes:
        known = (key, code, length)
        before = self._written.get(known)
        if before is None:
            whole = _encode({key: msgspec.msgpack.Ext(code, bytes(length))})
            before = whole[: len(whole) - length]
            if len(self._written) < _HEADS_MOST:
                self._written[known] = before
        return before
