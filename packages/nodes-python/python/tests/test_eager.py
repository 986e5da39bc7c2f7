"""Coroutines that begin at once are tasks like any other from their first step on."""

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from anabranch._eager import SHARE, EagerTasks

seen: ContextVar[str] = ContextVar("seen", default="nothing")


async def settled(task: "asyncio.Task[None]") -> "asyncio.Task[None]":
    await asyncio.wait([task], timeout=5)
    assert task.done()
    return task


async def prepared(tasks: EagerTasks) -> "asyncio.Task[None]":
    assert tasks.next() is None
    await asyncio.sleep(0)
    task = tasks.next()
    assert task is not None
    return task


async def begin(tasks: EagerTasks, begun: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    task = await prepared(tasks)
    assert not tasks.done(task, begun)
    return task


async def test_what_waits_for_nothing_is_done_at_once_and_its_task_is_the_next_one_again() -> None:
    tasks = EagerTasks()
    found: list[asyncio.Task[Any] | None] = []

    async def work() -> None:
        found.append(asyncio.current_task())

    outer = asyncio.current_task()
    task = await prepared(tasks)
    assert tasks.done(task, work())
    assert tasks.done(task, work())
    assert asyncio.current_task() is outer
    assert found == [task, task]
    assert tasks.next() is task
    tasks.close()


async def test_what_waits_goes_on_in_the_task_and_the_context_in_which_it_began() -> None:
    tasks = EagerTasks()
    found: list[object] = []

    async def work() -> None:
        seen.set("mine")
        found.append(asyncio.current_task())
        await asyncio.sleep(0)
        found.extend([asyncio.current_task(), seen.get()])
        found.append(await asyncio.wait_for(asyncio.sleep(0, "later"), 5))

    task = await begin(tasks, work())
    assert tasks.next() is not task  # another one is made
    await settled(task)
    assert found == [task, task, "mine", "later"]
    assert seen.get() == "nothing"
    tasks.close()


async def test_a_time_limit_that_began_in_the_first_step_ends_the_wait_and_nothing_else() -> None:
    tasks = EagerTasks()
    found: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            found.append("over")

    await settled(await begin(tasks, work()))
    assert found == ["over"]
    tasks.close()


@pytest.mark.parametrize("turns", [0, 1, 3])
async def test_a_cancellation_reaches_it_whether_or_not_its_task_has_begun(turns: int) -> None:
    tasks = EagerTasks()
    found: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            found.append("cancelled")
            raise

    task = await begin(tasks, work())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await settled(task)
    assert task.cancelled()
    assert found == ["cancelled"]
    tasks.close()


async def test_one_that_cancels_itself_is_cancelled_where_it_waits() -> None:
    tasks = EagerTasks()

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(5)

    assert (await settled(await begin(tasks, work()))).cancelled()
    await begin(tasks, asyncio.sleep(0))
    tasks.close()


async def test_an_error_is_that_of_its_task() -> None:
    tasks = EagerTasks()

    async def work() -> None:
        await asyncio.sleep(0)
        raise ValueError("bad")

    assert str((await settled(await begin(tasks, work()))).exception()) == "bad"


async def test_a_cancellation_in_the_turn_of_the_first_step_reaches_what_it_waits_for() -> None:
    tasks = EagerTasks()
    child: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    found: list[str] = []

    async def work() -> None:
        try:
            await asyncio.gather(child)
        except asyncio.CancelledError:
            found.append("cancelled")
            raise

    task = await begin(tasks, work())
    task.cancel()
    await settled(task)
    assert found == ["cancelled"]
    assert child.cancelled()
    assert task.cancelled()
    tasks.close()


async def test_two_may_wait_for_the_same_future() -> None:
    tasks = EagerTasks()
    shared: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    found: list[str] = []

    async def work() -> None:
        found.append(await shared)

    prepared_task = await prepared(tasks)
    other = asyncio.create_task(work())  # it is ready before the one that begins at once has told what it waits for
    assert not tasks.done(prepared_task, work())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    shared.set_result("both")
    await asyncio.gather(prepared_task, other)
    assert found == ["both", "both"]
    tasks.close()


async def test_what_fails_in_its_first_step_leaves_no_task() -> None:
    tasks = EagerTasks()

    async def work() -> None:
        raise ValueError("first step")

    task = await prepared(tasks)
    with pytest.raises(ValueError, match="first step"):
        tasks.done(task, work())
    await settled(task)
    assert tasks.next() is None  # another one is made
    tasks.close()


async def test_a_task_is_shared_by_few() -> None:
    tasks = EagerTasks()

    async def work() -> None:
        pass

    task = await prepared(tasks)
    for _ in range(SHARE):
        assert tasks.next() is task
        assert tasks.done(task, work())
    await asyncio.sleep(0)
    assert tasks.next() not in (None, task)  # it was made ahead: the next one need not wait for a turn
    tasks.close()
