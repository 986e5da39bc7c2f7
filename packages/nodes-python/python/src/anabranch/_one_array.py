"""Values as most packets have them: a map with one key, and audio or an array under it."""

from typing import Any, Final

import msgspec
import numpy as np

from ._errors import AnabranchError
from ._ext import AUDIO, VIEWS, decode_audio

ITEMS: Final = 3
"""The map, its key and the array."""
_ONE_ENTRY: Final = 0x81
# Bytes of the length field behind the first byte of an ext value.
_EXT_LENGTHS: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_KEYS_MOST: Final = 1000


class OneArray:
    """Reads them out of bytes of which is known that they are one whole map: so its array ends where they end."""

    def __init__(self) -> None:
        self._keys: dict[bytes, str] = {}

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
        try:
            name = data[2:end].tobytes()
            key = self._keys.get(name) or self._learn(name)
            code = data[at - 1]
            if code == AUDIO:
                return {key: decode_audio(data[at:])}
            return {key: np.frombuffer(data, VIEWS[code], -1, at)}
        except (AnabranchError, KeyError, ValueError):
            return None

    def _learn(self, name: bytes) -> str:
        key = name.decode()
        if len(self._keys) < _KEYS_MOST:
            self._keys[name] = key
        return key
