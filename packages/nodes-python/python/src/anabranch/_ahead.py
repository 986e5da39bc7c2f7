"""A node that a worker prepares before it is asked for it."""

import asyncio
import inspect
from contextlib import suppress
from typing import Any, Final

import msgspec

from ._discover import load_registry
from ._params import convert_params

_prepared: Final[list[Any]] = []
"""Kept as long as the process lives: what instances share, as a model, lives as long as one of them has it."""


class AheadNode(msgspec.Struct, frozen=True):
    """A node that will be asked for, as far as it is known before its pipeline is checked."""

    module: str
    type: str
    params: dict[str, Any] = {}


def prepare_ahead(wanted: AheadNode) -> None:
    """Prepares an instance, which takes no input: the next one finds loaded what instances share.

    What goes wrong is told by the one that is asked for.
    """
    with suppress(Exception):
        executor = load_registry([wanted.module]).get(wanted.type)
        instance = executor(convert_params(wanted.type, executor.spec.params, wanted.params))
        prepared = instance.prepare()
        if inspect.isawaitable(prepared):
            asyncio.run(_awaited(prepared))
        _prepared.append(instance)


async def _awaited(later: Any) -> None:
    await later
