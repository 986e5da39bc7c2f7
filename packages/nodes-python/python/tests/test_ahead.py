"""The node that a worker prepares before it is asked for it."""

import pytest

from anabranch import NodeExecutor, NodeInputs, NodeOutputs, Params, _ahead, node
from anabranch._registry import Registry

loaded: list[str] = []


class ModelParams(Params, frozen=True):
    """Which model."""

    model: str = "small"


@node(
    "AheadModelNode", summary="Has a model.", params=ModelParams, inputs={"input": "text"}, outputs={"output": "text"}
)
class AheadModelNode(NodeExecutor[ModelParams]):
    """Loads when it is prepared."""

    async def prepare(self) -> None:
        if self.params.model == "none":
            raise ValueError("there is no such model")
        loaded.append(self.params.model)

    async def execute(self, inputs: NodeInputs) -> NodeOutputs:
        return NodeOutputs({"output": inputs.get_text("input")})


def test_prepares_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    registry.add(AheadModelNode)

    def load_registry(places: list[str]) -> Registry:
        assert places == ["ahead_nodes"]
        return registry

    monkeypatch.setattr(_ahead, "load_registry", load_registry)
    for wanted, params in [
        ("NobodysNode", {}),
        ("AheadModelNode", {"model": "none"}),
        ("AheadModelNode", {"modle": "large"}),
        ("AheadModelNode", {"model": "large"}),
        ("AheadModelNode", {}),
    ]:
        _ahead.prepare_ahead(_ahead.AheadNode("ahead_nodes", wanted, params))
    assert loaded == ["large", "small"]
