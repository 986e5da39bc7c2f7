"""How the methods of one node are called: on the loop, or in threads for a node that blocks."""

import asyncio
import contextvars
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from inspect import isawaitable
from types import CoroutineType
from typing import Any, Final, cast

from ._context import Call, current_call
from ._errors import PluginError
from ._spec import NodeSpec
from ._values import NodeOutputs

_DONE: Final = object()


class Calls:
    """Calls methods of one node, and gives what they emit in one form."""

    def __init__(self, spec: NodeSpec) -> None:
        self._spec = spec
        # As many threads as sets may be at work: a set whose predecessor was interrupted waits for its thread.
        self._threads = ThreadPoolExecutor(spec.concurrency, f"anabranch-{spec.node_type}") if spec.blocking else None

    async def settle(self, method: Callable[..., Any], *args: Any) -> None:
        """A method that gives nothing."""
        result = await self._call(method, *args)
        if isawaitable(result):
            await result

    async def on_loop(self, method: Callable[..., Any], *args: Any) -> None:
        """A short method, which needs no thread."""
        result = method(*args)
        if isawaitable(result):
            await result

    async def emission(self, method: Callable[..., Any], *args: Any) -> "NodeOutputs | Emissions | None":
        """What `execute` or `flush` gives: one, nothing, or several."""
        return await self.emission_of(method(*args) if self._threads is None else await self._call(method, *args))

    async def emission_of(self, given: Any) -> "NodeOutputs | Emissions | None":
        """What a method gave, as outputs."""
        # First what most nodes give: the others are told apart by slower questions.
        if isinstance(given, CoroutineType):
            outputs: object = await cast("CoroutineType[Any, Any, object]", given)
        elif isinstance(given, AsyncIterator | Iterator):
            return Emissions(self, cast("AsyncIterator[object] | Iterator[object]", given))
        else:
            outputs = await given if isawaitable(given) else given
        return None if outputs is None else self.checked(outputs)

    async def emissions(self, method: Callable[..., Any], *args: Any) -> "Emissions":
        """What `stream` or `source` gives."""
        given = await self._call(method, *args)
        if not isinstance(given, AsyncIterator | Iterator):
            found = type(cast(object, given)).__name__
            raise PluginError(f"{self._spec.node_type} gave a {found}, not outputs in turn", fix="write a generator")
        return Emissions(self, cast("AsyncIterator[object] | Iterator[object]", given))

    async def following(self, iterator: Iterator[object]) -> NodeOutputs:
        """The next of an iterator, which may block; raises StopAsyncIteration at its end."""
        outputs = await self._call(next, iterator, _DONE)
        if outputs is _DONE:
            raise StopAsyncIteration
        return self.checked(outputs)

    def close(self) -> None:
        """Ends idle threads; one at work ends with its call."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _call(self, method: Callable[..., Any], *args: Any) -> Any:
        if self._threads is None:
            return method(*args)
        context = contextvars.copy_context()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: context.run(method, *args))
        except asyncio.CancelledError:
            interrupt_call()
            raise

    def checked(self, outputs: object) -> NodeOutputs:
        """The outputs, or PluginError for another thing and for a key that the spec does not declare."""
        spec = self._spec
        if not isinstance(outputs, NodeOutputs):
            found = type(outputs).__name__
            raise PluginError(f"{spec.node_type} gave a {found}", fix="return NodeOutputs({...}), or None for nothing")
        for key in outputs.data:
            if key not in spec.outputs:
                declared = ", ".join(spec.outputs) or "none"
                fix = f'declare it: outputs={{"{key}": …}}'
                raise PluginError(
                    f'{spec.node_type} gave an output "{key}" that it does not declare: {declared}', fix=fix
                )
        return outputs


class Emissions:
    """Outputs in turn, of an iterator or an async one. An error does not end it: what follows is up to the iterator."""

    def __init__(self, calls: Calls, given: AsyncIterator[object] | Iterator[object]) -> None:
        self._calls = calls
        self._given = given

    def __aiter__(self) -> "Emissions":
        return self

    async def __anext__(self) -> NodeOutputs:
        if isinstance(self._given, Iterator):
            return await self._calls.following(self._given)
        return self._calls.checked(await anext(self._given))

    async def aclose(self) -> None:
        """Ends a generator that has not ended; its `finally` runs."""
        given: Any = self._given
        if isinstance(given, AsyncGenerator):
            await cast(AsyncGenerator[object, None], given).aclose()
        elif isinstance(given, Generator):
            # Where it is at work in another thread, it is interrupted, and ends by itself.
            with suppress(ValueError):
                await self._calls.settle(cast(Generator[object], given).close)


class interruptible:  # noqa: N801 - a context manager, used like a function
    """Marks a call, so that what runs in a thread can see that nobody waits for it any more."""

    __slots__ = ("_call", "_token")

    def __enter__(self) -> None:
        self._call = Call()
        self._token = current_call.set(self._call)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        current_call.reset(self._token)
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            self._call.interrupted = True


def begin_call() -> None:
    """The same for what runs in this task from now on, to its end or to its interruption."""
    current_call.set(Call())


def interrupt_call() -> None:
    """Tells the threads of the call at work that nobody waits for them."""
    call = current_call.get()
    if call is not None:
        call.interrupted = True
