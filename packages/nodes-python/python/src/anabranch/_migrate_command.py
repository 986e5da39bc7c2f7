"""`python -m anabranch migrate`: params of an older version of a node as those of this one, JSON in and out."""

import sys
from typing import Any, NoReturn, cast

import msgspec

from ._answer import answer
from ._discover import load_registry
from ._errors import PluginError


class Older(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is read from stdin."""

    type: str
    params: dict[str, Any]
    version: int


def migrate(places: list[str]) -> NoReturn:
    """Prints `{"params": {…}}` or `{"error": {…}}`, and ends the process."""
    older = msgspec.json.decode(sys.stdin.buffer.read(), type=Older)

    def translated() -> dict[str, Any]:
        node = load_registry(places).get(older.type)
        given = cast(object, node.migrate(older.params, older.version))
        if not isinstance(given, dict):
            fix = "return a dictionary of params"
            raise PluginError(f"migrate of {older.type} gave a {type(given).__name__}", fix=fix)
        return {"params": given}

    answer(translated)
