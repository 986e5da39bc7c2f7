"""Params of an older version of a node, translated by `python -m anabranch migrate`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, PluginError, load_registry, node

NODES = """
from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, node

print("imported")


class LoudParams(Params, frozen=True):
    marks: int = 1


@node("LoudNode", summary="Says it loud.", version=2, params=LoudParams, outputs={"output": "text"})
class LoudNode(NodeExecutor[LoudParams]):
    @staticmethod
    def migrate(params, since):
        print("migrating")
        return {"marks": params["bangs"]} if params else params.get("none")

    async def execute(self, inputs):
        return None
"""


def migrated(file: Path, params: Any, version: int = 1) -> dict[str, Any]:
    given = json.dumps({"type": "LoudNode", "params": params, "version": version})
    command = [sys.executable, "-m", "anabranch", "migrate", "--module", str(file)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def test_older_params_are_translated_and_nothing_else_is_on_stdout(tmp_path: Path) -> None:
    file = tmp_path / "loud.py"
    file.write_text(NODES)
    told = load_registry([str(file)]).describe()[0]
    assert (told["version"], told["migrates"]) == (2, True)
    assert migrated(file, {"bangs": 3}) == {"params": {"marks": 3}}
    assert migrated(file, {"b": 3})["error"]["code"] == "ANB_PYTHON"
    refused = migrated(file, {})["error"]
    assert (refused["code"], refused["message"]) == ("ANB_PLUGIN", "migrate of LoudNode gave a NoneType")


def test_the_first_version_says_nothing_and_a_version_is_at_least_one() -> None:
    class Silent(NodeExecutor[Params]):
        async def execute(self, inputs: NodeInputs) -> NodeOutputs | None:
            return None

    from anabranch._describe import description

    told = description(node("SilentNode", summary="Says nothing.")(Silent))
    assert "version" not in told
    assert "migrates" not in told
    with pytest.raises(PluginError, match="version 0"):
        node("SilentNode", summary="Says nothing.", version=0)(Silent)
