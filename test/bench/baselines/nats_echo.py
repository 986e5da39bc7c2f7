"""Two bare processes over NATS, as fast as they go: what `python_stream` and `python_rtt` are compared with.

    python nats_echo.py FRAMES

The first line of stdin is {"url", "user", "password"} of a server. For every further line it sends FRAMES frames of
3,840 bytes to a process of its own, which reads each as float32, adds 0 and sends it back, and prints a line of JSON:
{"stream": frames/s, "request": frames/s, "rtt": µs}. `stream` has the batches (up to 16 frames that are there already)
and the window (32 frames) of Anabranch's wire; `request` asks for one frame a request, 32 at a time; `rtt` is the median
of one request at a time.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time

import msgspec
import nats
import numpy as np
import uvloop

WINDOW = 32
BATCH = 16
FRAME = np.linspace(-1, 1, 960, dtype=np.float32)

encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(list[bytes]).decode


def touched(frame: bytes) -> bytes:
    return (np.frombuffer(frame, np.float32) + 0).tobytes()


async def echo(login: dict) -> None:
    """The other process."""
    connection = await nats.connect(
        login["url"], user=login["user"], password=login["password"]
    )
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def enqueue(message) -> None:
        for frame in decode(message.data):
            queue.put_nowait(frame)

    async def answer(message) -> None:
        await message.respond(encode([touched(decode(message.data)[0])]))

    await connection.subscribe("bare.in", cb=enqueue)
    await connection.subscribe("bare.one", cb=answer)
    await connection.flush()
    print("ready", flush=True)
    while True:
        batch = [touched(await queue.get())]
        while len(batch) < BATCH and not queue.empty():
            batch.append(touched(queue.get_nowait()))
        await connection.publish("bare.out", encode(batch))


async def stream(connection, frames: int) -> float:
    back = 0
    arrived = asyncio.Event()

    async def count(message) -> None:
        nonlocal back
        got = decode(message.data)
        if any(len(frame) != FRAME.nbytes for frame in got):
            raise RuntimeError("a frame came back with another length")
        back += len(got)
        arrived.set()

    subscription = await connection.subscribe("bare.out", cb=count)
    data = FRAME.tobytes()
    start = time.perf_counter()
    sent = 0
    while back < frames:
        while sent < frames and sent - back < WINDOW:
            size = min(BATCH, frames - sent, WINDOW - (sent - back))
            await connection.publish("bare.in", encode([data] * size))
            sent += size
        arrived.clear()
        await connection._flush_pending()
        if back < frames:
            await arrived.wait()
    elapsed = time.perf_counter() - start
    await subscription.unsubscribe()
    return frames / elapsed


async def request(connection, frames: int) -> float:
    data = encode([FRAME.tobytes()])

    async def some(count: int) -> None:
        for _ in range(count):
            await connection.request("bare.one", data, timeout=10)

    start = time.perf_counter()
    await asyncio.gather(*(some(frames // WINDOW) for _ in range(WINDOW)))
    return frames // WINDOW * WINDOW / (time.perf_counter() - start)


async def rtt(connection, count: int) -> float:
    data = encode([FRAME.tobytes()])
    times = []
    for _ in range(count):
        start = time.perf_counter()
        await connection.request("bare.one", data, timeout=10)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


async def measure(login: dict, frames: int) -> None:
    connection = await nats.connect(
        login["url"], user=login["user"], password=login["password"]
    )
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        told = {
            "stream": await stream(connection, frames),
            "request": await request(connection, frames // 4),
            "rtt": await rtt(connection, min(frames, 1000)),
        }
        print(json.dumps(told), flush=True)
    await connection.close()


def main() -> None:
    line = sys.stdin.readline()
    login = json.loads(line)
    if sys.argv[1] == "echo":
        uvloop.run(echo(login))
        return
    other = subprocess.Popen(
        [sys.executable, __file__, "echo"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        other.stdin.write(line)
        other.stdin.flush()
        other.stdout.readline()
        uvloop.run(measure(login, int(sys.argv[1])))
    finally:
        other.kill()


main()
