"""Nodes in Python for Anabranch: what an author sees."""

from ._audio import AudioBuffer
from ._context import NodeContext
from ._discover import load_registry
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
from ._node import NodeExecutor, node
from ._params import convert_params
from ._registry import API_VERSION, Registry
from ._spec import NodeSpec, NoParams, Params, Port
from ._values import NodeInputs, NodeOutputs

__all__ = [
    "API_VERSION",
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
    "NodeContext",
    "NodeExecutionError",
    "NodeExecutor",
    "NodeInputs",
    "NodeNotFoundError",
    "NodeOutputs",
    "NodeSpec",
    "NotAvailableError",
    "Params",
    "PluginError",
    "Port",
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
