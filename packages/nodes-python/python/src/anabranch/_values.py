"""What enters and leaves a node in one call: a dictionary from key to value, with the accessors of the contract."""

from typing import Any, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt

from ._audio import AudioBuffer
from ._errors import InvalidInputsError

T = TypeVar("T")


class _KeyedValues:
    __slots__ = ("data",)

    data: dict[str, Any]

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        self.data = {} if data is None else data

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.data!r})"

    def __contains__(self, key: str) -> bool:
        return self.data.get(key) is not None

    def get(self, key: str) -> Any:
        """The value under a key, or None."""
        return self.data.get(key)

    def insert(self, key: str, value: Any) -> Self:
        """Puts a value under a key."""
        self.data[key] = value
        return self

    def get_audio_buffer(self, key: str) -> AudioBuffer:
        """The audio under a key, or InvalidInputsError naming the key."""
        return self._typed(key, AudioBuffer, "audio")

    def get_text(self, key: str) -> str:
        """The text under a key, or InvalidInputsError."""
        return self._typed(key, str, "text")

    def get_number(self, key: str) -> int | float:
        """The number under a key, or InvalidInputsError. A boolean is none."""
        value = self._typed(key, (int, float), "number")
        if isinstance(value, bool):
            raise self._refusal(key, "number")
        return value

    def get_bytes(self, key: str) -> bytes:
        """The bytes under a key, or InvalidInputsError."""
        return self._typed(key, bytes, "bytes")

    def get_array(self, key: str) -> npt.NDArray[Any]:
        """The typed array or tensor under a key: a view on the message, read-only, valid as long as it is held."""
        return self._typed(key, np.ndarray, "tensor")

    def get_record(self, key: str) -> dict[str, Any]:
        """The map under a key, or InvalidInputsError."""
        return cast(dict[str, Any], self._typed(key, dict, "json"))

    def _typed(self, key: str, kind: type[T] | tuple[type[T], ...], name: str) -> T:
        value = self.data.get(key)
        if isinstance(value, kind):
            return value
        raise self._refusal(key, name)

    def _refusal(self, key: str, name: str) -> InvalidInputsError:
        if key not in self.data:
            present = ", ".join(self.data) or "none"
            return InvalidInputsError(f'there is no input "{key}"; present: {present}', key=key)
        fix = f'connect an output of kind {name} to "{key}"'
        found = type(self.data[key]).__name__
        return InvalidInputsError(f'input "{key}" is a {found}, not {name}', key=key, fix=fix)


class NodeInputs(_KeyedValues):
    """What a node takes in one call. A key that is not connected is not there."""

    __slots__ = ("discont", "pts")

    pts: float
    """Media time of the set, in µs."""
    discont: bool
    """Media time does not go on from the set before: something is missing."""

    def __init__(self, data: dict[str, Any] | None = None, *, pts: float = 0.0, discont: bool = False) -> None:
        self.data = {} if data is None else data
        self.pts = pts
        self.discont = discont


class NodeOutputs(_KeyedValues):
    """What a node gives in one emission."""

    __slots__ = ("pts",)

    pts: float | None
    """Media time in µs, for a node that says `time="own"` or `"samples"`; None: as the rule has it."""

    def __init__(self, data: dict[str, Any] | None = None, *, pts: float | None = None) -> None:
        self.data = {} if data is None else data
        self.pts = pts

    @classmethod
    def from_audio_buffer(cls, key: str, buffer: AudioBuffer) -> "NodeOutputs":
        """One audio output."""
        return cls({key: buffer})
