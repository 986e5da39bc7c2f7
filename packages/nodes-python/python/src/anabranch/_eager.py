"""Tasks whose first step is taken at once: what waits for nothing is done then, and no task was made for it.

Python 3.12 has eager tasks. This is the same for 3.11, by the functions that asyncio has for tasks of others, but that
those which are done at once share a task, and its context, as long as `SHARE` says.
"""

import asyncio
import contextvars
from asyncio.tasks import _enter_task, _leave_task  # pyright: ignore[reportPrivateUsage]
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Final

Begun = Coroutine[Any, Any, None]
SHARE: Final = 16
"""So many that wait for nothing are done under the name of one task."""
_enter: Final[Any] = _enter_task
_leave: Final[Any] = _leave_task


class _Carrier:
    """A task that waits for a coroutine which has begun under its name and in its context, and goes on with it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._begun: tuple[Begun, object] | None = None
        self._bell: asyncio.Future[None] | None = None
        self.loop = loop
        self.steps = 0
        """First steps that were taken in it."""
        self.context = contextvars.copy_context()
        self.task = loop.create_task(self._carry(), context=self.context)

    @property
    def waits(self) -> bool:
        """It has begun to wait: from now on, whatever happens to its task happens to what it carries."""
        return self._bell is not None and not self._bell.done()

    def take(self, begun: Begun, awaited: object) -> None:
        """Goes on with a coroutine that waits for the first time."""
        self._begun = begun, awaited
        if self._bell is not None and self.waits:
            self._bell.set_result(None)

    async def _carry(self) -> None:
        self._bell = self.loop.create_future()
        cancelled = None
        try:
            await self._bell
        except asyncio.CancelledError as error:
            cancelled = error
        if self._begun is not None:
            await _rest_of(*self._begun, cancelled)


@coroutine
def _rest_of(begun: Begun, awaited: object, thrown: BaseException | None) -> Generator[Any, Any, None]:
    # A cancellation that came before it was waited for here goes to what it waits for, as that of any task does.
    if thrown is not None and (cancel := getattr(awaited, "cancel", None)) is not None and cancel():
        thrown = None
    _mark(awaited, True)
    try:
        while True:
            sent = None
            if thrown is None:
                try:
                    sent = yield awaited
                except BaseException as error:  # what comes to this task is the coroutine's
                    thrown = error
            awaited, thrown = begun.send(sent) if thrown is None else begun.throw(thrown), None
    except StopIteration:
        return


def _mark(awaited: Any, waited_for: bool) -> None:
    """A future has this mark between `await` and the task that takes it from there."""
    if hasattr(awaited, "_asyncio_future_blocking"):
        awaited._asyncio_future_blocking = waited_for


class EagerTasks:
    """Begins coroutines as tasks of the running loop, one after the other."""

    def __init__(self) -> None:
        self._carrier: _Carrier | None = None

    def next(self) -> "asyncio.Task[None] | None":
        """The task of the coroutine that is begun next; None in the turn in which one is made."""
        if self._carrier is None or self._carrier.task.done():
            self._carrier = _Carrier(asyncio.get_running_loop())
        return self._carrier.task if self._carrier.waits else None

    def done(self, task: "asyncio.Task[None]", begun: Begun) -> bool:
        """Takes the first step in it. False where that waits: the task goes on then, and another one is the next."""
        carrier, self._carrier = self._carrier, None
        if carrier is None or carrier.task is not task:
            raise RuntimeError("it is not the next task")
        outer = asyncio.current_task(carrier.loop)
        if outer is not None:
            _leave(carrier.loop, outer)
        _enter(carrier.loop, task)
        try:
            awaited = carrier.context.run(begun.send, None)
        except StopIteration:
            carrier.steps += 1
            if carrier.steps < SHARE:
                self._carrier = carrier
            else:
                carrier.task.cancel()
                self._carrier = _Carrier(carrier.loop)  # made ahead, it waits when the next one comes
            return True
        except BaseException:
            carrier.task.cancel()
            raise
        finally:
            _leave(carrier.loop, task)
            if outer is not None:
                _enter(carrier.loop, outer)
        _mark(awaited, False)  # others may await it until the task does
        carrier.take(begun, awaited)
        return False

    def close(self) -> None:
        """Ends the one that waits."""
        if self._carrier is not None:
            self._carrier.task.cancel()
