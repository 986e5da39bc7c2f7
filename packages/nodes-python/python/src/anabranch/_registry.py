"""The nodes that this environment offers. A registry is a value: it is made where it is used."""

from importlib import import_module
from importlib.metadata import entry_points
from inspect import isasyncgenfunction
from types import ModuleType
from typing import Any, cast

import msgspec

from ._errors import NodeNotFoundError, PluginError
from ._node import NodeExecutor

GROUP = "anabranch.nodes"
AnyNode = type[NodeExecutor[Any]]


class Registry:
    """Node types by name."""

    def __init__(self) -> None:
        self._nodes: dict[str, AnyNode] = {}

    def add_module(self, module: ModuleType) -> None:
        """Adds every node class that a module's `__all__` names."""
        for name in getattr(module, "__all__", ()):
            value: Any = getattr(module, name)
            if isinstance(value, type) and issubclass(value, NodeExecutor) and "spec" in value.__dict__:
                self.add(cast(AnyNode, value))

    def add(self, executor: AnyNode) -> None:
        """Adds one node; the same type twice is an error."""
        known = self._nodes.setdefault(executor.spec.node_type, executor)
        if known is not executor:
            where = f"{known.__module__} and {executor.__module__}"
            raise PluginError(
                f"node type {executor.spec.node_type} is offered twice, by {where}", fix="rename one of them"
            )

    def get(self, node_type: str) -> AnyNode:
        """The node of a type, or NodeNotFoundError."""
        if node_type in self._nodes:
            return self._nodes[node_type]
        nearest = sorted(self._nodes)
        raise NodeNotFoundError(f"Python offers no {node_type}; it offers {', '.join(nearest)}", nearest=nearest)

    def describe(self) -> list[dict[str, Any]]:
        """Every node as plain data, sorted by type: what a host knows of them without starting Python."""
        return [_describe(self._nodes[name]) for name in sorted(self._nodes)]


def load_registry(modules: list[str]) -> Registry:
    """The nodes of the installed packages (entry-point group `anabranch.nodes`) and of the modules named."""
    registry = Registry()
    names = sorted({point.module for point in entry_points(group=GROUP)} | set(modules))
    for name in names:
        try:
            module = import_module(name)
        except ImportError as error:
            raise PluginError(f"module {name} cannot be imported: {error}", fix="check its name and path") from error
        registry.add_module(module)
    return registry


def _describe(executor: AnyNode) -> dict[str, Any]:
    spec = executor.spec
    (reference,), components = msgspec.json.schema_components([spec.params], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = components.pop(spec.params.__name__) if reference else {}
    if components:
        schema = {**schema, "$defs": components}
    return {
        "type": spec.node_type,
        "summary": spec.summary,
        "params": schema,
        "inputs": dict(spec.inputs),
        "outputs": dict(spec.outputs),
        "purity": spec.purity,
        "several": isasyncgenfunction(executor.execute),
    }
