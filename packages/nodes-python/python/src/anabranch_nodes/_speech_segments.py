"""From the probabilities of frames to segments of speech: the rules of the native VADNode."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Frame(NamedTuple):
    """Samples `start` … `end` of a stream: how likely they are speech, and the sum of their squares."""

    start: int
    end: int
    probability: float
    energy: float


class Segment(NamedTuple):
    """Speech with its padding; mean square and mean probability without."""

    start: int
    end: int
    power: float
    confidence: float


@dataclass
class Rules:
    """When speech begins and ends. Lengths in samples."""

    enter: float
    leave: float
    min_speech: int
    min_silence: int
    pad: int


@dataclass
class _Run:
    frames: list[Frame] = field(default_factory=list[Frame])
    pause: list[Frame] = field(default_factory=list[Frame])

    @property
    def start(self) -> int:
        return self.frames[0].start

    @property
    def end(self) -> int:
        return self.frames[-1].end


class Segments:
    """Joins frames to segments. One is given when nothing can change its end."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._open: _Run | None = None
        self._closed: _Run | None = None
        self._taken_to = 0

    def push(self, frame: Frame) -> Segment | None:
        """The next frame."""
        run = self._open
        if run is None:
            if frame.probability >= self._rules.enter:
                self._open = _Run([frame])
        elif frame.probability >= self._rules.leave:
            run.frames += [*run.pause, frame]
            run.pause = []
        else:
            run.pause.append(frame)
            if frame.end - run.end >= self._rules.min_silence:
                self._open = None
                if self._is_long(run):
                    self._closed = run
        return self._settled(frame.end)

    def finish(self, samples: int) -> list[Segment]:
        """What is left at the end of a stream of so many samples."""
        if self._open is not None and not self._is_long(self._open):
            self._open = None
        found: list[Segment] = []
        if self._closed is not None:
            found.append(self._segment(self._closed, self._open.start if self._open else samples))
        if self._open is not None:
            found.append(self._segment(self._open, samples))
        self._open = self._closed = None
        return found

    def _settled(self, now: int) -> Segment | None:
        closed = self._closed
        if closed is None:
            return None
        padded = closed.end + self._rules.pad
        if self._open is not None and self._open.start < padded:
            if not self._is_long(self._open):
                return None
        elif now < padded:
            return None
        self._closed = None
        return self._segment(closed, self._open.start if self._open else now)

    def _is_long(self, run: _Run) -> bool:
        return run.end - run.start >= self._rules.min_speech

    def _segment(self, run: _Run, limit: int) -> Segment:
        start = max(run.start - self._rules.pad, self._taken_to, 0)
        end = self._taken_to = min(run.end + self._rules.pad, limit)
        energy = sum(frame.energy for frame in run.frames)
        confidence = sum(frame.probability for frame in run.frames) / len(run.frames)
        return Segment(start, end, energy / (run.end - run.start), confidence)
