"""What enters and leaves a node in one call: a dictionary from key to value, with the accessors of the contract."""

from typing import Any, Self

from ._audio import AudioBuffer
from ._errors import InvalidInputsError


class _KeyedValues:
    __slots__ = ("data",)

    data: dict[str, Any]

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        self.data = {} if data is None else data

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.data!r})"

    def get(self, key: str) -> Any:
        """The value under a key, or None."""
        return self.data.get(key)

    def insert(self, key: str, value: Any) -> Self:
        """Puts a value under a key."""
        self.data[key] = value
        return self

    def get_audio_buffer(self, key: str) -> AudioBuffer:
        """The audio under a key, or InvalidInputsError naming the key."""
        value = self.data.get(key)
        if isinstance(value, AudioBuffer):
            return value
        if key not in self.data:
            present = ", ".join(self.data) or "none"
            raise InvalidInputsError(f'there is no input "{key}"; present: {present}', key=key)
        fix = f'connect an output of kind audio to "{key}"'
        raise InvalidInputsError(f'input "{key}" is a {type(value).__name__}, not audio', key=key, fix=fix)


class NodeInputs(_KeyedValues):
    """What a node takes in one call."""


class NodeOutputs(_KeyedValues):
    """What a node gives in one emission."""

    @classmethod
    def from_audio_buffer(cls, key: str, buffer: AudioBuffer) -> "NodeOutputs":
        """One audio output."""
        return cls({key: buffer})
