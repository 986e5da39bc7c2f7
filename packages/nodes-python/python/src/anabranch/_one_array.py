"""Values as most packets have them: a map with one key, and audio or an array under it.

What stands before the items is the same from frame to frame: it is looked at, or made, where it changed.
"""

import struct
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
_encode: Final = msgspec.msgpack.Encoder().encode


class _Head(NamedTuple):
    """Bytes before the items, and all that they say; their length among it, so it holds for what is behind them."""

    take: struct.Struct
    """Takes so many bytes."""
    before: bytes
    key: str
    dtype: "np.dtype[Any]"
    shape: tuple[int]
    sample_rate: int
    channels: int
    """0 where it is no audio."""


_NONE: Final = _Head(struct.Struct("1s"), b"\0", "", type_of_samples, (0,), 0, 0)
"""No map begins so."""


class OneArray:
    """Reads them out of bytes of which is known that they are one whole map: so its array ends where they end."""

    def __init__(self) -> None:
        self._read = _NONE
        self._written = ("", 0, 0)
        self._before = b""

    def read(self, raw: msgspec.Raw) -> dict[str, Any] | None:
        """None where it is anything else, or is to be refused."""
        take, before, key, dtype, shape, sample_rate, channels = self._read
        try:
            known = take.unpack_from(raw)[0] == before
        except struct.error:  # it is shorter
            known = False
        if not known:
            return self.read(raw) if self._learn(memoryview(raw)) else None
        items = np.ndarray(shape, dtype, raw, len(before))
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
            return b"".join((self._before_items(key, AUDIO, items.nbytes + AUDIO_HEADER.size), around, items))
        if type(value) is not np.ndarray:
            return None
        items = value
        code = CODES.get(items.dtype.str)
        if code is None or items.ndim != 1 or not items.flags.c_contiguous:
            return None
        return b"".join((self._before_items(key, code, items.nbytes), items))

    def _learn(self, data: memoryview) -> bool:
        """Whether it is one that is known from now on."""
        if data[0] != _ONE_ENTRY:
            return False
        end = data[1] - 0x9E
        if not 2 < end < 0x22:  # no short text
            return False
        width = _EXT_LENGTHS.get(data[end])
        if width is None:
            return False
        at = end + width + 2
        code = data[at - 1]
        try:
            key = data[2:end].tobytes().decode()
            if code == AUDIO:
                audio = decode_audio(data[at:])
                at += AUDIO_HEADER.size
                items, sample_rate, channels = audio.samples, audio.sample_rate, audio.channels
            else:
                items, sample_rate, channels = np.frombuffer(data, VIEWS[code], -1, at), 0, 0
        except (AnabranchError, KeyError, ValueError):
            return False
        before = data[:at].tobytes()
        self._read = _Head(struct.Struct(f"{at}s"), before, key, items.dtype, (len(items),), sample_rate, channels)
        return True

    def _before_items(self, key: str, code: int, length: int) -> bytes:
        written = (key, code, length)
        if written != self._written:
            whole = _encode({key: msgspec.msgpack.Ext(code, bytes(length))})
            self._before = whole[: len(whole) - length]
            self._written = written
        return self._before
