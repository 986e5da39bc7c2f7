"""Nodes in Python for Anabranch: what an author sees."""

from ._audio import AudioBuffer
from ._errors import (
    AnabranchError,
    AudioFormatError,
    CancelledError,
    CircuitOpenError,
    CycleError,
    EdgeOverflowError,
    HeldLimitError,
    InvalidInputsError,
    InvalidParamsError,
    LimitExceededError,
    ManifestError,
    MarshalingError,
    NativeError,
    NodeExecutionError,
    NodeNotFoundError,
    NotAvailableError,
    PluginError,
    PythonError,
    StaleFrameError,
    StallError,
    TimeoutError,  # noqa: A004 - the class is named so in all three languages
    WorkerLostError,
)
from ._node import NodeExecutor, NodeSpec, NoParams, Params, node
from ._params import convert_params
from ._registry import Registry, load_registry
from ._values import NodeInputs, NodeOutputs

__all__ = [
    "AnabranchError",
    "AudioBuffer",
    "AudioFormatError",
    "CancelledError",
    "CircuitOpenError",
    "CycleError",
    "EdgeOverflowError",
    "HeldLimitError",
    "InvalidInputsError",
    "InvalidParamsError",
    "LimitExceededError",
    "ManifestError",
    "MarshalingError",
    "NativeError",
    "NoParams",
    "NodeExecutionError",
    "NodeExecutor",
    "NodeInputs",
    "NodeNotFoundError",
    "NodeOutputs",
    "NodeSpec",
    "NotAvailableError",
    "Params",
    "PluginError",
    "PythonError",
    "Registry",
    "StaleFrameError",
    "StallError",
    "TimeoutError",
    "WorkerLostError",
    "convert_params",
    "load_registry",
    "node",
]
