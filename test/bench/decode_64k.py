"""Times how the worker decodes a message with 64 KB of float32: what `python_decode_64k` measures.

    python decode_64k.py COUNT

For every line on stdin it decodes a message COUNT times, scan included, and prints the µs of one. It ends with an
error where the samples are not those that were sent, or where they were copied.
"""

import sys
import time

import numpy as np
from anabranch._wire import Codec, Kind, Message, Packet

SAMPLES = np.arange(16 * 1024, dtype=np.float32)


def main() -> None:
    count = int(sys.argv[1])
    codec = Codec()
    packet = Packet(Kind.DATA, 1, 1, 0, 0, 20000.0, None, {"input": SAMPLES}, 0)
    data = codec.encode(Message(1, 1, "i1", 0, [packet]))
    memory = np.frombuffer(data, np.uint8)
    for _ in sys.stdin:
        start = time.perf_counter()
        for _ in range(count):
            message = codec.decode(data)
        elapsed = time.perf_counter() - start
        given = message.packets[0].values["input"]
        if not np.array_equal(given, SAMPLES):
            raise RuntimeError("not what was sent")
        if not np.shares_memory(given, memory):
            raise RuntimeError("the samples were copied")
        print(elapsed * 1e6 / count, flush=True)


main()
