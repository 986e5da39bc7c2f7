"""Nodes in modules, files and plain classes; what is wrong with one is a coded error that names it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anabranch import PluginError, load_registry
from anabranch.testing import OpenNodes

PLAIN = '''
class KeywordNode:
    """Finds a word."""

    def __init__(self, word: str, times: int = 1, **more):
        self.word, self.times, self.more = word, times, more

    def execute(self, inputs: dict) -> dict:
        if self.word in inputs["input"]:
            return {"output": self.word * self.times}


class ShoutNode:
    inputs = {"text": "text"}
    outputs = {"text": "text"}

    async def execute(self, inputs):
        return {"text": inputs["text"].upper()}


class _Hidden:
    def execute(self, inputs):
        return {}
'''


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Any]:
    path, modules = list(sys.path), set(sys.modules)

    def write(text: str, name: str = "some_nodes.py") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    yield write
    sys.path[:] = path
    for name in sys.modules.keys() - modules:
        del sys.modules[name]


def test_plain_classes_of_a_file_are_nodes(write: Any) -> None:
    registry = load_registry([write(PLAIN)])
    described = {each["type"]: each for each in registry.describe()}
    assert described.keys() == {"KeywordNode", "ShoutNode"}
    keyword = described["KeywordNode"]
    assert keyword["summary"] == "Finds a word."
    assert keyword["inputs"] == {"input": {"kind": "anything"}}
    assert keyword["params"]["required"] == ["word"]
    assert keyword["params"]["properties"] == {"word": {"type": "string"}, "times": {"type": "integer", "default": 1}}
    assert keyword["params"]["additionalProperties"] is True
    assert described["ShoutNode"]["inputs"] == {"text": {"kind": "text"}}


async def test_a_plain_class_runs_with_its_params(write: Any, open_node: OpenNodes) -> None:
    load_registry([write(PLAIN)])
    module = sys.modules["some_nodes"]
    async with open_node(module.KeywordNode, word="best", times=2, other=[1]) as keyword:
        assert [each.data for each in await keyword(input="the best of times")] == [{"output": "bestbest"}]
        assert await keyword(input="the worst") == []
    async with open_node(module.ShoutNode) as shout:
        assert [each.data for each in await shout(text="a")] == [{"text": "A"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_that_name", "needs the module nothing_of_that_name, which is not installed"),
        ("x = 1\nraise ValueError('no')", r"cannot be imported: ValueError: no \(some_nodes.py:2\)"),
        ("def broken(:", "cannot be imported: SyntaxError"),
        ("import sys\nsys.exit(3)", r"ended the process when it was imported \(3\)"),
        ("api_version = 2", "has apiVersion 2, this host needs 1"),
        ("x = 1", "has no node"),
        ("__all__ = ['Gone']", "__all__ names 'Gone', which is not there"),
        (
            "class SoftClipNode:\n    def execute(self, inputs): ...",
            "SoftClipNode is offered twice",
        ),
        ("class Odd:\n    inputs = ['a']\n    def execute(self, inputs): ...", "Odd.inputs is a list"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(write: Any, text: str, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        load_registry(["anabranch_nodes", write(text)])


def test_a_file_or_module_that_is_not_there() -> None:
    with pytest.raises(PluginError, match=r"there is no file .*gone\.py"):
        load_registry(["./gone.py"])
    with pytest.raises(PluginError, match=r"there is no module gone\.nodes"):
        load_registry(["gone.nodes"])


def described(*places: str) -> tuple[dict[str, Any], str]:
    flags = [flag for place in places for flag in ("--module", place)]
    done = subprocess.run([sys.executable, "-m", "anabranch", "describe", *flags], capture_output=True, check=False)
    return json.loads(done.stdout), done.stderr.decode()


def test_describe_prints_nodes_or_a_coded_error_and_nothing_else_on_stdout(write: Any) -> None:
    result, said = described(write(f"print('hello')\n{PLAIN}"))
    assert [each["type"] for each in result["nodes"]] == ["KeywordNode", "ShoutNode"]
    assert said == "hello\n"
    result, _ = described(write("raise ValueError('no')"))
    assert (result["error"]["code"], result["error"]["fix"]) == ("ANB_PLUGIN", "import it alone to see where")
