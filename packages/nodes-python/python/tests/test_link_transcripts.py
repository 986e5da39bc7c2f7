"""The link against the transcripts that the TypeScript tests read too."""

from typing import Any

import pytest

from anabranch import AnabranchError
from anabranch._link import Link
from anabranch._outbox import Ticket
from anabranch._wire import Codec, Packet
from tests.contract import message, read
from tests.virtual_clock import VirtualClock

TRANSCRIPTS = [pytest.param(each, id=each["name"]) for each in read("vectors/link-v1.json")["transcripts"]]
DONE = ("publishes", "delivers", "withdrawn", "refuses", "refused")


class Player:
    """Does to a link what the steps say, and notes what it does."""

    def __init__(self, message_bytes: int) -> None:
        self.codec = Codec()
        self.clock = VirtualClock()
        self.did: dict[str, Any] = {}
        self.tickets: dict[str, Ticket] = {}
        self.link = Link(
            session="i1",
            generation=3,
            message_bytes=message_bytes,
            codec=self.codec,
            clock=self.clock,
            publish=lambda data: self.did.setdefault("publishes", []).append(data.hex()),
            deliver=self._delivered,
            stir=lambda: None,
        )

    def _delivered(self, packet: Packet) -> None:
        values = self.codec.encode_values(packet.values)
        encoded = self.codec.encode_packet(packet, values, packet.seq, packet.flags)
        self.did.setdefault("delivers", []).append(encoded.data.hex())

    def act(self, step: dict[str, Any]) -> None:
        if "send" in step:
            self._send(step)
        if "receive" in step:
            data = bytes.fromhex(step["receive"])
            try:
                self.link.receive(self.codec.decode(data), len(data))
            except AnabranchError as error:
                self.did["refuses"] = error.code
        if "connection" in step:
            self.link.connection(step["connection"])
        if "withdraw" in step:
            self.did["withdrawn"] = self.link.withdraw(self.tickets[step["withdraw"]])

    def _send(self, step: dict[str, Any]) -> None:
        name = step.get("name", "")
        given = {"generation": 0, "session": "", "ack": 0, "packets": [{"seq": 0, "rest": None, **step["send"]}]}
        [packet] = message(given).packets

        def refused(error: AnabranchError) -> None:
            self.did.setdefault("refused", {})[name] = error.code

        values = self.codec.encode_values(packet.values)
        self.tickets[name] = self.link.send(packet, values, step.get("urgent", False), refused)

    def advance(self, until: float) -> None:
        while self.clock.step(until):
            self.link.flush()
        self.clock.now = until


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_transcript(transcript: dict[str, Any]) -> None:
    player = Player(transcript["message_bytes"])
    steps: list[dict[str, Any]] = transcript["steps"]
    for step, after in zip(steps, [*steps[1:], {"at": steps[-1]["at"] + 10}], strict=True):
        player.did = {}
        player.act(step)
        if after["at"] > step["at"]:
            player.link.flush()
            player.advance(after["at"] / 1000)
        assert player.did == {name: step[name] for name in DONE if name in step}, step["at"]
