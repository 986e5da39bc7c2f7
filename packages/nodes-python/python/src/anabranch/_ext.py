"""Typed arrays on the wire: raw little-endian bytes under an ext code; audio and arrays with a shape have a header.

audio    0x1b: u32 rate, u32 channels, then float32 samples, interleaved
ndarray  0x1a: u8 ext code of the items, u8 dimensions, u16 zero, one u32 for each dimension, then the items, row-major
"""

import struct
from typing import Any, Final, cast

import msgspec
import numpy as np

from ._audio import AudioBuffer
from ._errors import MarshalingError

_DTYPES: Final[dict[int, str]] = {
    0x10: "|u1",
    0x11: "|i1",
    0x12: "<i2",
    0x13: "<i4",
    0x14: "<f4",
    0x15: "<f8",
    0x16: "<u2",
    0x17: "<u4",
    0x18: "<i8",
    0x19: "<u8",
}
CODES: Final = {dtype: code for code, dtype in _DTYPES.items()}
VIEWS: Final = {code: np.dtype(name) for code, name in _DTYPES.items()}
AUDIO_HEADER: Final = struct.Struct("<II")
NDARRAY: Final = 0x1A
AUDIO: Final = 0x1B
EXT_CODES: Final = frozenset((*_DTYPES, NDARRAY, AUDIO))


def check_ext(value: Any) -> None:
    """Raises MarshalingError for what is neither an array of a known type, a numpy scalar, nor audio."""
    if isinstance(value, np.ndarray):
        _code_of(cast(np.ndarray[Any, Any], value))
    elif isinstance(value, np.generic):
        dtype: np.dtype[Any] = cast(np.generic, value).dtype
        if dtype.kind not in "biuf" or dtype.itemsize > 8:
            raise MarshalingError(f"a numpy {dtype} cannot leave the process", fix="convert it to a plain number")
    elif not isinstance(value, AudioBuffer):
        fix = "give numbers, text, bytes, lists, dicts with text keys, numpy arrays or AudioBuffer"
        raise MarshalingError(f"a {type(value).__name__} cannot leave the process", fix=fix)


def encode_ext(value: Any) -> Any:
    """What msgspec does not know by itself, as an ext value; anything foreign is a MarshalingError."""
    if isinstance(value, AudioBuffer):
        header = AUDIO_HEADER.pack(value.sample_rate, value.channels)
        return msgspec.msgpack.Ext(AUDIO, header + value.samples.tobytes())
    check_ext(value)
    return _encode_array(value) if isinstance(value, np.ndarray) else value.item()  # pyright: ignore[reportUnknownArgumentType]


def _code_of(array: np.ndarray[Any, Any]) -> int:
    code = CODES.get(array.dtype.newbyteorder("<").str)
    if code is None:
        fix = f"convert it to one of {', '.join(np.dtype(name).name for name in _DTYPES.values())}"
        raise MarshalingError(f"an array of {array.dtype} cannot leave the process", fix=fix)
    return code


def _encode_array(array: np.ndarray[Any, Any]) -> msgspec.msgpack.Ext:
    code = _code_of(array)
    items = array.astype(_DTYPES[code], copy=False).tobytes()
    if array.ndim == 1:
        return msgspec.msgpack.Ext(code, items)
    header = struct.pack(f"<BBH{array.ndim}I", code, array.ndim, 0, *array.shape)
    return msgspec.msgpack.Ext(NDARRAY, header + items)


def decode_ext(code: int, data: memoryview) -> Any:
    """An ext value as a numpy view on the message (read-only, no copy), or as AudioBuffer."""
    if code == AUDIO:
        return decode_audio(data)
    if code == NDARRAY:
        return _decode_array(data)
    if code not in _DTYPES:
        raise MarshalingError(f"ext code {code:#04x} is not of the wire format")
    return _view(code, data)


def decode_audio(data: memoryview) -> AudioBuffer:
    """Audio of its payload; MarshalingError or AudioFormatError where it is none."""
    if len(data) < 8:
        raise MarshalingError(f"audio of {len(data)} bytes; its header alone has 8")
    rate, channels = AUDIO_HEADER.unpack_from(data)
    return AudioBuffer(_view(0x14, data[8:]), rate, channels)


def _decode_array(data: memoryview) -> np.ndarray[Any, Any]:
    code, dimensions = (data[0], data[1]) if len(data) >= 4 else (0, 0)
    start = 4 + 4 * dimensions
    if code not in _DTYPES or len(data) < start:
        raise MarshalingError(f"an array of {len(data)} bytes has no valid header")
    shape = struct.unpack_from(f"<{dimensions}I", data, 4)
    flat = _view(code, data[start:])
    expected = 1
    for size in shape:
        expected *= size
    if expected != len(flat):
        raise MarshalingError(f"an array of shape {shape} with {len(flat)} items")
    return flat.reshape(shape)


def _view(code: int, data: memoryview) -> np.ndarray[Any, Any]:
    dtype = VIEWS[code]
    if len(data) % dtype.itemsize:
        raise MarshalingError(f"{len(data)} bytes do not divide into {dtype.name}")
    return np.frombuffer(data, dtype)
