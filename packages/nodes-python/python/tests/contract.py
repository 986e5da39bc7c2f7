"""The files of the contract, which the tests of every language read."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np

from anabranch import AudioBuffer
from anabranch._wire import Kind, Message, Packet, Rest

CONTRACT = Path(__file__).parents[3] / "plugin-sdk" / "contract"
TYPES = {"i8": "i1", "i16": "i2", "i32": "i4", "f32": "f4", "f64": "f8", "u8": "u1", "u16": "u2", "u32": "u4"}


def read(name: str) -> Any:
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


def message(given: dict[str, Any]) -> Message:
    packets = [
        Packet(
            Kind[packet["kind"].upper()],
            packet["seq"],
            packet["attempt"],
            packet["epoch"],
            packet["flags"],
            float(packet["pts"]),
            rest(packet["rest"]),
            value(packet["values"]),
            packet["of"],
        )
        for packet in given["packets"]
    ]
    return Message(1, given["generation"], given["session"], given["ack"], packets)


def rest(given: dict[str, Any] | None) -> Rest | None:
    if given is None:
        return None
    duration, age, remaining = (
        None if given[name] is None else float(given[name]) for name in ("duration", "age", "remaining")
    )
    return Rest(duration, age, remaining, given["lost"], given["streamId"], given["trace"], value(given["meta"]))


def value(given: Any) -> Any:
    """A value of a vector: `{"$f32": [...]}` and the like stand for what JSON cannot say."""
    if isinstance(given, list):
        return [value(item) for item in cast(list[Any], given)]
    if not isinstance(given, dict):
        return given
    entries = cast(dict[str, Any], given)
    tag: str
    content: Any
    tag, content = next(iter(entries.items()), ("", None))
    match tag:
        case "$bin":
            return bytes.fromhex(content)
        case "$int":
            return int(content)
        case "$audio":
            return AudioBuffer(np.array(content["samples"], "f4"), content["sampleRate"], content["channels"])
        case "$tensor":
            return np.array(content["items"], TYPES[content["type"]]).reshape(content["shape"])
        case _ if tag.startswith("$"):
            return np.array(content, TYPES[tag[1:]])
        case _:
            return {key: value(item) for key, item in entries.items()}
