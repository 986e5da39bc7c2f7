import random

import pytest

from anabranch._message_reader import READ_BYTES, MessageReader

SUBJECT = "anb.run.node.i1.in"


def message(body: bytes, head: bytes = b"") -> bytes:
    if head:
        return b"HMSG %s 1 %d %d\r\n%s%s\r\n" % (SUBJECT.encode(), len(head), len(head) + len(body), head, body)
    return b"MSG %s 1 %d\r\n%s\r\n" % (SUBJECT.encode(), len(body), body)


class Heard:
    """What a reader handed on, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[str, bytes] | bytes] = []
        self.reader = MessageReader(lambda subject, data: self.all.append((subject, data)), self.all.append)

    def fill(self, data: bytes, most: int = READ_BYTES) -> None:
        while data:
            room = self.reader.room()
            count = min(len(room), len(data), most)
            assert count > 0
            room[:count] = data[:count]
            self.reader.filled(count)
            data = data[count:]


def test_messages_and_lines_come_in_order_wherever_they_are_cut() -> None:
    sent: list[tuple[str, bytes] | bytes] = []
    stream = b""
    randomness = random.Random(7)  # noqa: S311
    for _ in range(40):
        body = randomness.randbytes(randomness.choice([0, 1, 3, 200, 70_000]))
        head = randomness.choice([b"", b"NATS/1.0\r\nA: b\r\n\r\n"])
        line = randomness.choice([b"PING\r\n", b"PONG\r\n", b"+OK\r\n", b"-ERR 'no'\r\n"])
        stream += message(body, head) + line
        sent += [(SUBJECT, body), line]
    for most in (1, 7, 1000, 65_536, READ_BYTES):
        heard = Heard()
        heard.fill(stream[: 300_000 if most == 1 else None], most)
        assert heard.all == sent[: len(heard.all)]
        assert most == 1 or len(heard.all) == len(sent)


def test_a_message_larger_than_the_memory_comes_whole_and_its_memory_goes_again() -> None:
    heard = Heard()
    body = random.Random(1).randbytes(5 * READ_BYTES)  # noqa: S311
    heard.fill(message(b"before") + message(body) + message(b"after"), 50_000)
    assert heard.all == [(SUBJECT, b"before"), (SUBJECT, body), (SUBJECT, b"after")]
    assert len(heard.reader.room()) == READ_BYTES


def test_what_was_handed_on_is_not_written_over() -> None:
    heard = Heard()
    heard.fill(message(b"a" * 1000))
    heard.fill(message(b"b" * 1000))
    assert heard.all == [(SUBJECT, b"a" * 1000), (SUBJECT, b"b" * 1000)]


@pytest.mark.parametrize(
    "data",
    [b"MSG \r\n", b"MSG s 1 x\r\n", b"MSG s 1 -1\r\n", b"MSG s 1 99999999999\r\n", b"HMSG s 1 x 4\r\n", b"x" * 400_000],
)
def test_what_is_no_nats_ends_it(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Heard().fill(data + b"0000\r\n")
