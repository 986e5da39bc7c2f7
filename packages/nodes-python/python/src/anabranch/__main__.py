"""`python -m anabranch`: a worker that reads its configuration from stdin. `… describe`, `migrate`, `project`: JSON."""

import argparse
import os
import sys
import threading
from typing import Final

import msgspec

from ._ahead import AheadNode, prepare_ahead
from ._errors import AnabranchError
from ._memory import keep_memory
from ._stdio import read_line, send_stdout_to_stderr, take_stdin

_AHEAD_S: Final = 1.0
"""So long a worker waits for a node that is prepared ahead, before it goes on beside it."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="anabranch-worker", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["worker", "describe", "migrate", "project"], default="worker")
    parser.add_argument("place", nargs="?", default="", help="for project: a file or a folder")
    parser.add_argument("--module", action="append", default=[], help="a module or a file with nodes")
    parser.add_argument("--ahead", action="store_true", help="for a worker: it reads first which node to prepare")
    parser.add_argument("--path", action="append", default=[], help="a further folder to import from")
    options = parser.parse_args()
    sys.path[:0] = options.path
    if options.command == "describe":
        from ._describe_command import describe

        describe(options.module)
    if options.command == "migrate":
        from ._migrate_command import migrate

        migrate(options.module)
    if options.command == "project":
        from ._project_command import project

        project(options.place)
    try:
        work(options.ahead)
    except AnabranchError as error:
        sys.stderr.write(f"{error.code} {error.message}\n")
        sys.stderr.flush()
        os._exit(2)


def work(ahead: bool) -> None:
    """A worker, until the parent closes stdin. It may wait for its configuration, and prepares a node ahead."""
    keep_memory()
    parent = take_stdin()
    send_stdout_to_stderr()
    if ahead and (told := read_line(parent, most=1 << 26)):
        node = msgspec.json.decode(told, type=AheadNode | None)
        if node is not None:
            # What it imports comes first, and is not slowed down by what this thread imports.
            ahead_thread = threading.Thread(target=prepare_ahead, args=[node], name="anabranch-ahead", daemon=True)
            ahead_thread.start()
            ahead_thread.join(_AHEAD_S)
    # While a model loads: these take as long as the rest of the SDK.
    import uvloop

    from ._worker import serve
    from ._worker_config import WorkerConfig

    line = read_line(parent)
    if not line:  # there is no node for it after all
        os._exit(0)
    config = msgspec.json.decode(line, type=WorkerConfig)
    sys.path[:0] = config.path
    uvloop.run(serve(config, parent))
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
