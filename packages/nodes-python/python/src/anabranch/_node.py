"""What an author writes: a class with `execute`, `stream` or `source`, under `@node`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any, Final, Generic, TypeVar

from ._context import NodeContext
from ._errors import PluginError
from ._spec import (
    Form,
    JoinKind,
    Kind,
    Late,
    Lineage,
    NodeSpec,
    NoParams,
    Params,
    Port,
    Purity,
    TimeRule,
    check_spec,
    ports,
)
from ._values import NodeInputs, NodeOutputs

Later = Awaitable[None] | None
Emission = Awaitable[NodeOutputs | None] | AsyncIterator[NodeOutputs] | Iterator[NodeOutputs] | NodeOutputs | None
ParamsT = TypeVar("ParamsT", bound=Params)
FORMS: Final[tuple[Form, ...]] = ("execute", "stream", "source")


class NodeExecutor(Generic[ParamsT]):
    """One node. It has exactly one of `execute`, `stream` and `source`.

    Its methods are coroutines and async generators on one loop that all nodes of a process share: what takes longer
    than some milliseconds without awaiting belongs in `asyncio.to_thread`, or in a node that says `blocking=True`,
    whose methods are plain functions and generators and run in a thread.
    """

    spec: NodeSpec
    context: NodeContext

    def __init__(self, params: ParamsT) -> None:
        self.params: ParamsT = params
        self.context = NodeContext(type(self).spec.node_type)

    @staticmethod
    def migrate(params: dict[str, Any], since: int) -> dict[str, Any]:
        """Params that were written for version `since` as those of the version that `@node` says.

        Without it older params are refused.
        """
        raise NotImplementedError

    def prepare(self) -> Later:
        """Before the first input: load models, open devices."""

    def validate_inputs(self, inputs: NodeInputs) -> Later:
        """Refuse an input set by raising InvalidInputsError or AudioFormatError; never retried."""

    def execute(self, inputs: NodeInputs) -> Emission:
        """Work on one input set: a coroutine that returns outputs or None, or an async generator that yields several.

        An interruption arrives as `asyncio.CancelledError`. Whatever is raised fails this set alone.
        """
        raise NotImplementedError

    def stream(self, inputs: AsyncIterator[NodeInputs]) -> AsyncIterator[NodeOutputs]:
        """An async generator over all input sets; a set is taken when it asks for one. What is left comes at the end.

        After an error or an interruption it is begun anew, on the same node, with the sets that follow.
        """
        raise NotImplementedError

    def source(self) -> AsyncIterator[NodeOutputs] | Iterator[NodeOutputs]:
        """An async generator without inputs. It is pulled only when there is room downstream."""
        raise NotImplementedError

    def on_control(self, message: Any) -> Later:
        """New params or a message of the user; overtakes queued data, and comes between two input sets of execute."""

    def flush(self) -> Emission:
        """After the last input of execute: what is still inside."""

    def reset(self) -> Later:
        """Forget what was seen: the prepared node is to behave as a new one."""

    def cleanup(self) -> Later:
        """Exactly once for each node whose `prepare` was called, also if that failed."""


ExecutorT = TypeVar("ExecutorT", bound=NodeExecutor[Any])


def overrides(executor: type[NodeExecutor[Any]], method: str) -> bool:
    """Whether a class has a method of its own where NodeExecutor has a default."""
    return getattr(executor, method) is not getattr(NodeExecutor, method)


def node(
    node_type: str,
    *,
    summary: str,
    inputs: Mapping[str, Kind | Port] | None = None,
    outputs: Mapping[str, Kind | Port] | None = None,
    params: type[Params] = NoParams,
    version: int = 1,
    time: TimeRule | None = None,
    join: JoinKind | None = None,
    trigger: str | None = None,
    tolerance_ms: float | None = None,
    late: Late | None = None,
    purity: Purity = "stateful",
    retry_safe: bool | None = None,
    concurrency: int = 1,
    ordered: bool | None = None,
    heavy: bool = False,
    model: bool = False,
    lineage: Lineage | None = None,
    max_held: int | None = None,
    filters: bool = False,
    blocking: bool = False,
    requires: tuple[str, ...] = (),
    extra: str | None = None,
) -> Callable[[type[ExecutorT]], type[ExecutorT]]:
    """Names a node: its type, its keys with their kinds, its params. Registers nothing.

    Raises PluginError for a class that breaks the contract. NodeSpec says what the other words mean.
    """

    def name(executor: type[ExecutorT]) -> type[ExecutorT]:
        spec = NodeSpec(
            node_type=node_type,
            summary=summary,
            params=params,
            version=version,
            inputs=ports(node_type, inputs or {}),
            outputs=ports(node_type, outputs or {}),
            form=_form(node_type, executor),
            several=isasyncgenfunction(executor.execute) or isgeneratorfunction(executor.execute),
            time=time,
            join=join,
            trigger=trigger,
            tolerance_ms=tolerance_ms,
            late=late,
            purity=purity,
            retry_safe=retry_safe,
            concurrency=concurrency,
            ordered=ordered,
            heavy=heavy,
            model=model,
            lineage=lineage,
            max_held=max_held,
            filters=filters,
            blocking=blocking,
            requires=requires,
            extra=extra,
        )
        check_spec(spec)
        _check_methods(spec, executor)
        executor.spec = spec
        return executor

    return name


def _form(node_type: str, executor: type[NodeExecutor[Any]]) -> Form:
    forms: list[Form] = [form for form in FORMS if overrides(executor, form)]
    if len(forms) != 1:
        what = f"has {' and '.join(forms)}" if forms else "has none of execute, stream, source"
        fix = "give exactly one of them, for instance `async def execute(self, inputs)`"
        raise PluginError(f"{node_type}: {executor.__name__} {what}", fix=fix)
    return forms[0]


def _check_methods(spec: NodeSpec, executor: type[NodeExecutor[Any]]) -> None:
    if spec.form != "execute" and overrides(executor, "flush"):
        fix = "yield what is left when the inputs end"
        raise PluginError(f"{spec.node_type}: flush beside {spec.form}", fix=fix)
    if not spec.blocking:
        return
    if spec.form == "stream":
        raise PluginError(f"{spec.node_type}: blocking with the stream form", fix="await asyncio.to_thread inside it")
    for method in ("prepare", "execute", "source", "flush", "reset", "cleanup"):
        function = getattr(executor, method)
        if iscoroutinefunction(function) or isasyncgenfunction(function):
            fix = f"write `def {method}`, or leave blocking out"
            raise PluginError(f"{spec.node_type}: blocking, but {method} is a coroutine", fix=fix)
