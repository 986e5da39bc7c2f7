"""A node as plain data, in the words of TypeScript: `python -m anabranch describe` prints a list of these."""

from typing import Any

import msgspec

from ._node import NodeExecutor, overrides
from ._params import params_schema
from ._spec import NodeSpec, Port


def description(executor: type[NodeExecutor[Any]]) -> dict[str, Any]:
    """What a host needs to know of a node before it starts Python. What is not said is left out."""
    spec = executor.spec
    parts = [part for part in ("flush", "reset", "on_control") if overrides(executor, part)]
    return {
        "type": spec.node_type,
        "summary": spec.summary,
        "form": spec.form,
        "parts": parts,
        "params": params_schema(spec.params),
        **({"migrates": True} if overrides(executor, "migrate") else {}),
        "inputs": {key: _port(port) for key, port in spec.inputs.items()},
        "outputs": {key: _port(port) for key, port in spec.outputs.items()},
        **_said(spec),
    }


_WORDS = {
    "version": "version",
    "several": "several",
    "time": "time",
    "join": "join",
    "trigger": "trigger",
    "tolerance_ms": "toleranceMs",
    "late": "late",
    "purity": "purity",
    "retry_safe": "retrySafe",
    "concurrency": "concurrency",
    "ordered": "ordered",
    "heavy": "heavy",
    "model": "model",
    "lineage": "lineage",
    "max_held": "maxHeld",
    "filters": "filters",
    "requires": "requires",
    "extra": "extra",
}


def _said(spec: NodeSpec) -> dict[str, Any]:
    defaults = {field.name: field.default for field in msgspec.structs.fields(NodeSpec)}
    return {
        word: value
        for name, word in _WORDS.items()
        if (value := getattr(spec, name)) is not None and value != defaults[name]
    }


def _port(port: Port) -> dict[str, Any]:
    mode = "optional" if port.optional else "control" if port.control is not msgspec.UNSET else "required"
    audio = {"sampleRate": port.sample_rate, "channels": port.channels}
    form = {name: value for name, value in audio.items() if value is not None}
    return {
        "kind": port.kind,
        **({} if mode == "required" else {"mode": mode}),
        **({"initial": port.control} if mode == "control" else {}),
        **({"format": form} if form else {}),
    }
