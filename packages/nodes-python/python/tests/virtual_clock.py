"""Time that stands still until it is told to go on."""

import heapq
from collections.abc import Callable


class VirtualTimer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualClock:
    """A clock for links: seconds from 0."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = 0
        self._timers: list[tuple[float, int, VirtualTimer]] = []

    def call_later(self, delay: float, callback: Callable[[], object]) -> VirtualTimer:
        timer = VirtualTimer(callback)
        self._order += 1
        heapq.heappush(self._timers, (round(self.now + delay, 6), self._order, timer))
        return timer

    def step(self, until: float = float("inf")) -> bool:
        """Runs the next timer that is due by then; false where there is none."""
        while self._timers and self._timers[0][0] <= until:
            self.now, _, timer = heapq.heappop(self._timers)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()
                return True
        return False
