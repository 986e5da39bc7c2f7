"""`python -m anabranch`: a worker that reads its configuration from stdin. `… describe`, `migrate`, `project`: JSON."""

import argparse
import os
import sys
from importlib import import_module
from typing import Final

import msgspec

from ._ahead import Ahead
from ._errors import AnabranchError
from ._memory import keep_memory
from ._stdio import read_line, send_stdout_to_stderr, take_stdin

_NEEDED: Final = ("uvloop", "nats.aio.client", "._worker")
"""What a worker needs beside the SDK, in parts that take about as long: while it waits for a node, or a model loads."""


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
    told = Ahead(parent) if ahead else None
    for name in _NEEDED:
        if told is not None:
            told.go_first()
        import_module(name, __package__)
    import uvloop

    from ._worker import serve
    from ._worker_config import WorkerConfig

    if told is not None:
        told.wait()
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
