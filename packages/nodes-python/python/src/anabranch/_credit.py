"""Credit for outputs: how many a node may give ahead of their reader."""

import asyncio

from ._limits import OUTPUTS_AHEAD


class OutputCredit:
    """Counts, for each packet at work, the outputs that were given and those that the host's reader took."""

    def __init__(self) -> None:
        self._given: dict[int, int] = {}
        self._taken: dict[int, int] = {}
        self._more: dict[int, asyncio.Event] = {}

    async def room(self, seq: int) -> None:
        """Waits until one more output of this packet may be given, and counts it."""
        while self._given.get(seq, 0) - self._taken.get(seq, 0) >= OUTPUTS_AHEAD:
            more = self._more[seq] = asyncio.Event()
            await more.wait()
        self._given[seq] = self._given.get(seq, 0) + 1

    def took(self, seq: int, taken: int) -> None:
        """The reader has taken so many of them."""
        if seq not in self._given:  # it is answered already
            return
        self._taken[seq] = max(taken, self._taken.get(seq, 0))
        if more := self._more.pop(seq, None):
            more.set()

    def over(self, seq: int) -> None:
        """The packet is answered."""
        if seq in self._given:
            for kept in (self._given, self._taken, self._more):
                kept.pop(seq, None)
