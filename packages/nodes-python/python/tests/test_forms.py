"""The forms of a node as a worker runs them: streams, sources, flush, controls, threads, interruption."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from anabranch import (
    CancelledError,
    InvalidInputsError,
    NodeExecutor,
    NodeInputs,
    NodeOutputs,
    NoParams,
    Params,
    PluginError,
    Port,
    PythonError,
    node,
)
from anabranch.testing import OpenNodes


def texts(outputs: list[NodeOutputs]) -> list[str]:
    return [each.get_text("output") for each in outputs]


@node("SumNode", summary="Adds up.", inputs={"input": "number"}, outputs={"output": "number"}, time="span")
class SumNode(NodeExecutor[NoParams]):
    """Keeps a sum until the end, told to double it by a control."""

    def __init__(self, params: NoParams) -> None:
        super().__init__(params)
        self.sum = 0.0
        self.cleaned = 0

    async def execute(self, inputs: NodeInputs) -> None:
        self.sum += inputs.get_number("input")

    async def flush(self) -> NodeOutputs:
        return NodeOutputs({"output": self.sum})

    async def on_control(self, message: Any) -> None:
        self.sum *= message["factor"]

    def reset(self) -> None:
        self.sum = 0.0


@node("PairsNode", summary="Joins two.", inputs={"input": "text"}, outputs={"output": "text"})
class PairsNode(NodeExecutor[NoParams]):
    """Joins two texts that follow each other; gives a single one at the end."""

    reached = asyncio.Event()

    async def stream(self, inputs: AsyncIterator[NodeInputs]) -> AsyncIterator[NodeOutputs]:
        first: str | None = None
        async for each in inputs:
            text = each.get_text("input")
            if text == "wait":
                self.reached.set()
                await asyncio.Event().wait()
            if text == "raise":
                raise ValueError("no pair")
            if first is None:
                first = text
            else:
                yield NodeOutputs({"output": first + text}, pts=each.pts)
                first = None
        if first is not None:
            yield NodeOutputs({"output": first})


class CountParams(Params, frozen=True):
    to: int = 3


@node("CountNode", summary="Counts.", outputs={"output": "number"}, params=CountParams)
class CountNode(NodeExecutor[CountParams]):
    """A source."""

    async def source(self) -> AsyncIterator[NodeOutputs]:
        for number in range(self.params.to):
            yield NodeOutputs({"output": number})
        if self.params.to == 1:
            raise OSError("unplugged")


@node("ThreadNode", summary="Blocks.", inputs={"input": "text"}, outputs={"output": "text"}, blocking=True)
class ThreadNode(NodeExecutor[NoParams]):
    """Plain functions in a thread."""

    entered = threading.Event()

    def prepare(self) -> None:
        self.home = threading.current_thread().name

    def execute(self, inputs: NodeInputs) -> Iterator[NodeOutputs]:
        if inputs.get_text("input") == "long":
            self.entered.set()
            while not self.context.interrupted:
                pass
        yield NodeOutputs({"output": f"{threading.current_thread().name == self.home}"})
        yield NodeOutputs({"output": "two"})


@node("SlowNode", summary="Meets.", inputs={"input": "text"}, outputs={"output": "text"}, purity="pure", concurrency=2)
class SlowNode(NodeExecutor[NoParams]):
    """Goes on when a second one has come."""

    def __init__(self, params: NoParams) -> None:
        super().__init__(params)
        self.barrier = asyncio.Barrier(2)

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        await self.barrier.wait()
        return NodeOutputs({"output": inputs.get_text("input")})


async def test_flush_control_and_reset(open_node: OpenNodes) -> None:
    async with open_node(SumNode) as sums:
        assert await sums(input=1) == []
        assert await sums(input=2.5) == []
        await sums.control({"factor": 2})
        [outputs] = await sums.flush()
        assert outputs.data == {"output": 7.0}
        await sums.reset()
        [outputs] = await sums.flush()
        assert outputs.data == {"output": 0.0}


async def test_a_control_overtakes_what_waits(open_node: OpenNodes) -> None:
    async with open_node(SumNode) as sums:
        waiting = [sums.send(input=1) for _ in range(4)]
        await sums.control({"factor": 0})
        await asyncio.gather(*waiting)
        [outputs] = await sums.flush()
        assert outputs.get_number("output") >= 3  # of the four, at most one was at work before it


async def given(stream: AsyncIterator[NodeOutputs]) -> list[str]:
    return [each.get_text("output") async for each in stream]


async def test_a_stream_gives_what_it_makes_of_its_sets_and_the_rest_at_the_end(open_node: OpenNodes) -> None:
    async with open_node(PairsNode) as pairs:
        sets = [NodeInputs({"input": text}, pts=at * 1000) for at, text in enumerate("abcde")]
        outputs = [each async for each in pairs.stream(sets)]
        assert [(each.get_text("output"), each.pts) for each in outputs] == [("ab", 1000), ("cd", 3000), ("e", 0)]
        assert await given(pairs.stream([{"input": "x"}])) == ["x"]


async def test_a_set_is_answered_when_the_stream_asks_for_the_next(open_node: OpenNodes) -> None:
    async with open_node(PairsNode) as pairs:
        stream = pairs.stream([{"input": "a"}, {"input": "b"}, {"input": "wait"}])
        assert (await anext(stream)).data == {"output": "ab"}
        await PairsNode.reached.wait()
        await stream.aclose()
        with pytest.raises(CancelledError, match="the stream has ended"):
            await pairs(input="c")


async def test_an_error_ends_a_stream_and_the_next_one_begins_anew(open_node: OpenNodes) -> None:
    async with open_node(PairsNode) as pairs:
        with pytest.raises(PythonError, match="no pair"):
            await given(pairs.stream([{"input": "a"}, {"input": "raise"}]))
        assert await given(pairs.stream([{"input": "x"}, {"input": "y"}])) == ["xy"]


async def test_an_interrupted_stream_sees_it_and_begins_anew(open_node: OpenNodes) -> None:
    async with open_node(PairsNode) as pairs:
        PairsNode.reached = asyncio.Event()
        reading = asyncio.ensure_future(given(pairs.stream([{"input": "wait"}])))
        await PairsNode.reached.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await given(pairs.stream([{"input": "x"}])) == ["x"]


async def test_a_source_is_pulled_one_by_one_and_ends(open_node: OpenNodes) -> None:
    async with open_node(CountNode, to=2) as count:
        pulls = [await count() for _ in range(4)]
        assert [[each.data["output"] for each in pull] for pull in pulls] == [[0], [1], [], []]


async def test_a_source_that_failed_is_at_its_end(open_node: OpenNodes) -> None:
    async with open_node(CountNode, to=1) as count:
        assert len(await count()) == 1
        with pytest.raises(PythonError, match="OSError: unplugged"):
            await count()
        assert await count() == []


async def test_a_blocking_node_works_in_its_thread_and_sees_an_interruption(open_node: OpenNodes) -> None:
    async with open_node(ThreadNode) as blocking:
        assert texts(await blocking(input="short")) == ["True", "two"]
        held = blocking.send(input="long")
        await asyncio.to_thread(ThreadNode.entered.wait)
        held.cancel()
        assert texts(await blocking(input="short")) == ["True", "two"]


async def test_as_many_sets_are_at_work_as_the_node_says(open_node: OpenNodes) -> None:
    async with open_node(SlowNode) as slow, asyncio.timeout(5):
        assert [texts(each) for each in await asyncio.gather(slow(input="a"), slow(input="b"))] == [["a"], ["b"]]


async def test_the_coroutine_of_an_interrupted_set_is_cancelled(open_node: OpenNodes) -> None:
    seen: list[str] = []
    reached = asyncio.Event()

    @node("WaitNode", summary="Waits.", inputs={"input": "text"}, outputs={})
    class WaitNode(NodeExecutor[NoParams]):
        async def execute(self, inputs: NodeInputs) -> None:
            reached.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen.append(f"cancelled, interrupted={self.context.interrupted}")
                raise

    async with open_node(WaitNode) as waits:
        held = waits.send(input="a")
        await reached.wait()
        held.cancel()
    assert seen == ["cancelled, interrupted=False"]


async def test_cleanup_comes_once_also_after_a_failed_prepare(open_node: OpenNodes) -> None:
    calls: list[str] = []

    @node("LifeNode", summary="Counts its life.", inputs={"input": "text"}, outputs={})
    class LifeNode(NodeExecutor[NoParams]):
        async def prepare(self) -> None:
            calls.append("prepare")
            raise OSError("no device")

        async def execute(self, inputs: NodeInputs) -> None:
            calls.append("execute")

        async def cleanup(self) -> None:
            calls.append("cleanup")

    with pytest.raises(PythonError, match="no device"):
        async with open_node(LifeNode):
            pass
    assert calls == ["prepare", "cleanup"]


async def test_a_missing_input_is_refused_and_an_optional_one_is_not(open_node: OpenNodes) -> None:
    inputs = {"input": "text", "more": Port(kind="text", optional=True)}

    @node("MoreNode", summary="Joins.", inputs=inputs, outputs={"output": "text"})  # pyright: ignore[reportArgumentType]
    class MoreNode(NodeExecutor[NoParams]):
        async def execute(self, inputs: NodeInputs) -> NodeOutputs:
            return NodeOutputs({"output": inputs.get_text("input") + ("+" if "more" in inputs else "")})

    async with open_node(MoreNode) as more:
        assert texts(await more(input="a")) == ["a"]
        assert texts(await more(input="a", more="b")) == ["a+"]
        with pytest.raises(InvalidInputsError, match='no input "input"'):
            await more(more="b")


async def test_what_is_no_output_is_refused(open_node: OpenNodes) -> None:
    @node("DictNode", summary="Gives a dict.", inputs={"input": "text"}, outputs={"output": "text"})
    class DictNode(NodeExecutor[NoParams]):
        async def execute(self, inputs: NodeInputs) -> Any:
            return {"output": 1} if inputs.get_text("input") == "dict" else NodeOutputs({"other": 1})

    async with open_node(DictNode) as gives:
        with pytest.raises(PluginError, match="gave a dict"):
            await gives(input="dict")
        with pytest.raises(PluginError, match='"other" that it does not declare: output'):
            await gives(input="")


async def test_inputs_are_views_that_nobody_may_write_to(open_node: OpenNodes) -> None:
    import numpy as np

    @node("ViewNode", summary="Looks.", inputs={"input": "tensor"}, outputs={"output": "anything"})
    class ViewNode(NodeExecutor[NoParams]):
        async def execute(self, inputs: NodeInputs) -> NodeOutputs:
            array = inputs.get_array("input")
            return NodeOutputs({"output": [array.flags.writeable, array.base is not None, str(array.dtype)]})

    async with open_node(ViewNode) as view:
        [outputs] = await view(input=np.arange(6, dtype=np.float32).reshape(2, 3))
        assert outputs.data["output"] == [False, True, "float32"]
