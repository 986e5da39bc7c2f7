"""Coded errors: the same codes and the same `retryable` as contract/errors.json, one class each."""

from typing import Any, ClassVar


class AnabranchError(Exception):
    """An error with a code. `fix` says what to do about it; `fields` are those that the code's row names."""

    code: ClassVar[str]
    default_retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retryable: bool | None = None, fix: str | None = None, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.retryable = self.default_retryable if retryable is None else retryable
        self.fix = fix
        self.fields = fields


class ManifestError(AnabranchError):
    """The pipeline file or object is not a valid manifest."""

    code = "ANB_MANIFEST"


class CycleError(AnabranchError):
    """The edges form a cycle."""

    code = "ANB_CYCLE"


class NodeNotFoundError(AnabranchError):
    """No runtime offers this node type."""

    code = "ANB_NODE_NOT_FOUND"


class PluginError(AnabranchError):
    """A plugin or a node definition breaks the contract."""

    code = "ANB_PLUGIN"


class InvalidParamsError(AnabranchError):
    """The params of a node do not match its schema. `issues` lists every problem."""

    code = "ANB_PARAMS"


class InvalidInputsError(AnabranchError):
    """An input is missing, of the wrong kind, or refused by the node."""

    code = "ANB_INPUTS"


class AudioFormatError(AnabranchError):
    """Audio has another rate, channel count or sample type than the node takes."""

    code = "ANB_AUDIO_FORMAT"


class MarshalingError(AnabranchError):
    """A value cannot be carried to another thread, process or machine."""

    code = "ANB_MARSHALING"


class NodeExecutionError(AnabranchError):
    """A node threw while it worked on an input set."""

    code = "ANB_NODE_EXECUTION"
    default_retryable = True


class PythonError(AnabranchError):
    """A Python node raised an exception that is not one of these."""

    code = "ANB_PYTHON"
    default_retryable = True


class NativeError(AnabranchError):
    """A native node panicked; the process lives."""

    code = "ANB_NATIVE"


class TimeoutError(AnabranchError):  # noqa: A001 - the class is named so in all three languages
    """A step took longer than its limit."""

    code = "ANB_TIMEOUT"
    default_retryable = True


class CircuitOpenError(AnabranchError):
    """The breaker of a node is open after repeated failures."""

    code = "ANB_CIRCUIT_OPEN"


class WorkerLostError(AnabranchError):
    """The process or thread that ran a node is gone."""

    code = "ANB_WORKER_LOST"
    default_retryable = True


class EdgeOverflowError(AnabranchError):
    """An edge with the policy error was full."""

    code = "ANB_EDGE_OVERFLOW"


class StaleFrameError(AnabranchError):
    """A frame was used after its lease had ended."""

    code = "ANB_STALE_FRAME"


class StallError(AnabranchError):
    """Nothing can run any more, although items wait."""

    code = "ANB_STALL"


class HeldLimitError(AnabranchError):
    """An operator holds more input sets than it may."""

    code = "ANB_HELD_LIMIT"


class LimitExceededError(AnabranchError):
    """A limit of contract/limits.json is exceeded."""

    code = "ANB_LIMIT"


class CancelledError(AnabranchError):
    """The work was cancelled or interrupted."""

    code = "ANB_CANCELLED"


class NotAvailableError(AnabranchError):
    """A feature, runtime or binary is not available here."""

    code = "ANB_NOT_AVAILABLE"
