"""One open node in a worker: order, window, interrupts, and whatever user code raises."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextvars import copy_context
from typing import Any

import pytest

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, NoParams, Registry, node
from anabranch._instance import WINDOW, Instance
from anabranch._wire import Flag, Kind, Packet


@node("StepNode", summary="Waits, exits or answers.", inputs={"input": "text"}, outputs={"output": "text"})
class StepNode(NodeExecutor[NoParams]):
    """Does what its input says."""

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        match inputs.data["input"]:
            case "wait":
                await asyncio.Event().wait()
            case "exit":
                sys.exit(1)
            case _:
                pass
        return NodeOutputs({"output": inputs.data["input"]})


@node("PairNode", summary="Gives two.", inputs={"input": "text"}, outputs={"output": "text"})
class PairNode(NodeExecutor[NoParams]):
    """An async generator."""

    async def execute(self, inputs: NodeInputs) -> AsyncIterator[NodeOutputs]:
        yield NodeOutputs({"output": "a"})
        yield NodeOutputs({"output": "b"})


@node("LookNode", summary="Says whether it is interrupted.", inputs={"input": "text"}, outputs={"output": "text"})
class LookNode(NodeExecutor[NoParams]):
    """Keeps what a thread of its cancelled set would see."""

    before = copy_context()

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        if inputs.data["input"] == "cancel":
            self.before = copy_context()
            raise asyncio.CancelledError
        seen = self.before.run(lambda: self.context.interrupted)
        return NodeOutputs({"output": f"interrupted: {self.context.interrupted}, before: {seen}"})


class Talk:
    """The host's side: sends packets, collects answers."""

    def __init__(self) -> None:
        registry = Registry()
        registry.add(StepNode)
        registry.add(PairNode)
        registry.add(LookNode)
        self.answers: asyncio.Queue[Packet] = asyncio.Queue()
        self.instance = Instance(registry, self.answers.put_nowait)
        self.seq = 0

    def send(self, kind: Kind, values: dict[str, Any] | None = None, of: int = 0) -> int:
        self.seq += 1
        self.instance.accept(Packet(kind, self.seq, 1, 0, 0, 0.0, None, values or {}, of))
        return self.seq

    async def open(self, node_type: str) -> None:
        self.send(Kind.OPEN, {"node_type": node_type})
        assert (await self.next()).kind is Kind.READY

    async def next(self) -> Packet:
        return await asyncio.wait_for(self.answers.get(), 2)


@pytest.fixture
def talk() -> Talk:
    return Talk()


async def test_answers_come_in_order_and_name_what_they_answer(talk: Talk) -> None:
    await talk.open("StepNode")
    sent = [talk.send(Kind.DATA, {"input": str(number)}) for number in range(WINDOW)]
    answers = [await talk.next() for _ in sent]
    assert [(each.of, each.values["output"]) for each in answers] == [(seq, str(n)) for n, seq in enumerate(sent)]
    assert all(each.flags & Flag.LAST for each in answers)


async def test_a_generator_ends_with_an_end(talk: Talk) -> None:
    await talk.open("PairNode")
    seq = talk.send(Kind.DATA, {"input": ""})
    answers = [await talk.next() for _ in range(3)]
    assert [(each.kind, each.of) for each in answers] == [(Kind.DATA, seq), (Kind.DATA, seq), (Kind.END, seq)]


async def test_more_than_the_window_is_refused(talk: Talk) -> None:
    await talk.open("StepNode")
    for _ in range(WINDOW + 1):
        talk.send(Kind.DATA, {"input": "wait"})
    too_many = talk.send(Kind.DATA, {"input": "wait"})
    answer = await talk.next()
    assert (answer.of, answer.values["code"]) == (too_many, "ANB_LIMIT")
    talk.send(Kind.END)


async def test_an_interrupt_cancels_what_runs_and_what_waits(talk: Talk) -> None:
    await talk.open("StepNode")
    running, waiting = talk.send(Kind.DATA, {"input": "wait"}), talk.send(Kind.DATA, {"input": "wait"})
    await asyncio.sleep(0)
    talk.send(Kind.INTERRUPT, of=waiting)
    talk.send(Kind.INTERRUPT, of=running)
    after = talk.send(Kind.DATA, {"input": "next"})
    answers = {each.of: each.values.get("code") for each in [await talk.next() for _ in range(3)]}
    assert answers == {waiting: "ANB_CANCELLED", running: "ANB_CANCELLED", after: None}


async def test_an_interrupted_set_is_told_and_the_next_one_is_not(talk: Talk) -> None:
    """Also where they follow each other in one task: sets of a node that has been quick."""
    await talk.open("LookNode")
    for _ in range(3):
        talk.send(Kind.DATA, {"input": "look"})
    [cancelled, after] = [talk.send(Kind.DATA, {"input": text}) for text in ("cancel", "look")]
    answers = {each.of: each.values for each in [await talk.next() for _ in range(5)]}
    assert answers[cancelled]["code"] == "ANB_CANCELLED"
    assert answers[after] == {"output": "interrupted: False, before: True"}


async def test_sys_exit_in_a_node_is_its_error_alone(talk: Talk) -> None:
    await talk.open("StepNode")
    talk.send(Kind.DATA, {"input": "exit"})
    assert (await talk.next()).values["message"] == "SystemExit: 1"
    talk.send(Kind.DATA, {"input": "on"})
    assert (await talk.next()).values == {"output": "on"}


async def test_input_before_open_and_an_unknown_type(talk: Talk) -> None:
    talk.send(Kind.DATA, {"input": "x"})
    assert (await talk.next()).values["code"] == "ANB_PLUGIN"
    talk.send(Kind.OPEN, {"node_type": "os"})
    assert (await talk.next()).values["code"] == "ANB_NODE_NOT_FOUND"
