"""What an author writes: a class with `execute`, under `@node`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, TypeVar, cast

import msgspec

from ._errors import PluginError
from ._values import NodeInputs, NodeOutputs

Purity = Literal["pure", "stateful", "effectful"]
Kind = Literal["audio", "pcm", "text", "number", "bytes", "tensor", "json", "anything"]
Emission = Awaitable[NodeOutputs | None] | AsyncIterator[NodeOutputs]


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of a node's params: fields with types and defaults. Unknown names are refused."""


class NoParams(Params, frozen=True):
    """For a node that takes none."""


ParamsT = TypeVar("ParamsT", bound=Params)


class NodeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be known of a node without running it."""

    node_type: str
    summary: str
    params: type[Params]
    inputs: Mapping[str, Kind]
    outputs: Mapping[str, Kind]
    purity: Purity


class NodeExecutor(Generic[ParamsT]):
    """One node. `execute` is a coroutine that returns outputs or None, or an async generator that yields several."""

    spec: NodeSpec

    def __init__(self, params: ParamsT) -> None:
        self.params: ParamsT = params

    async def prepare(self) -> None:
        """Before the first input: load models, open devices."""

    def validate_inputs(self, inputs: NodeInputs) -> None:
        """Refuse an input set by raising InvalidInputsError or AudioFormatError; never retried."""

    def execute(self, inputs: NodeInputs) -> Emission:
        """Work on one input set."""
        raise NotImplementedError

    async def cleanup(self) -> None:
        """Exactly once for each prepared node."""


ExecutorT = TypeVar("ExecutorT", bound=NodeExecutor[Any])


def node(
    node_type: str,
    *,
    summary: str,
    inputs: Mapping[str, Kind],
    outputs: Mapping[str, Kind],
    params: type[Params] = NoParams,
    purity: Purity = "stateful",
) -> Callable[[type[ExecutorT]], type[ExecutorT]]:
    """Names a node: its type, its keys with their kinds, its params. Registers nothing."""

    def name(executor: type[ExecutorT]) -> type[ExecutorT]:
        if cast(Any, executor).execute is cast(Any, NodeExecutor).execute:
            fix = "write `async def execute(self, inputs)`"
            raise PluginError(f"{node_type}: {executor.__name__} has no execute", fix=fix)
        executor.spec = NodeSpec(
            node_type=node_type, summary=summary, params=params, inputs=inputs, outputs=outputs, purity=purity
        )
        return executor

    return name
