"""The nodes that a worker offers. A registry is a value: it is made where it is used."""

from types import ModuleType
from typing import Any, Final, cast

from ._describe import description
from ._errors import NodeNotFoundError, PluginError
from ._node import NodeExecutor
from ._plain import is_plain_node, plain_node

API_VERSION: Final = 1
"""The version of the contract that this package speaks. A module may say which it is written for: `api_version = 1`."""

AnyNode = type[NodeExecutor[Any]]


class Registry:
    """Node types by name."""

    def __init__(self) -> None:
        self._nodes: dict[str, AnyNode] = {}
        self._failures: list[PluginError] = []

    def add_module(self, module: ModuleType) -> None:
        """Adds the nodes of a module: those that its `__all__` names, else all that it defines; plain classes too."""
        name = module.__name__
        said = getattr(module, "api_version", API_VERSION)
        if said != API_VERSION:
            fix = f"install a version of {name} that is written for apiVersion {API_VERSION}"
            raise PluginError(f"{name} has apiVersion {said}, this host needs {API_VERSION}", fix=fix)
        names: list[str] = list(getattr(module, "__all__", vars(module)))
        missing = next((each for each in names if not hasattr(module, each)), None)
        if missing is not None:
            raise PluginError(f"{name}: __all__ names {missing!r}, which is not there", fix=f"define or drop {missing}")
        for value in (getattr(module, each) for each in names):
            if is_node(value):
                self.add(cast(AnyNode, value))
            elif is_plain_node(value, name):
                self.add(plain_node(value))

    def add(self, executor: AnyNode) -> None:
        """Adds one node; the same type twice is an error."""
        known = self._nodes.setdefault(executor.spec.node_type, executor)
        if known is not executor:
            where = f"{known.__module__} and {executor.__module__}"
            text = f"node type {executor.spec.node_type} is offered twice, by {where}"
            raise PluginError(text, fix="rename one of them, or leave one of the plugins out")

    def add_failure(self, error: PluginError) -> None:
        """Remembers a package that is installed but cannot be imported; told where a type is not found."""
        self._failures.append(error)

    def get(self, node_type: str) -> AnyNode:
        """The node of a type, or NodeNotFoundError."""
        if node_type in self._nodes:
            return self._nodes[node_type]
        nearest = sorted(self._nodes)
        failed = "".join(f"; {error.message}" for error in self._failures)
        text = f"Python offers no {node_type}; it offers {', '.join(nearest)}{failed}"
        raise NodeNotFoundError(text, nearest=nearest)

    def __len__(self) -> int:
        return len(self._nodes)

    def describe(self) -> list[dict[str, Any]]:
        """Every node as plain data, sorted by type: what a host knows of them without starting Python."""
        return [description(self._nodes[name]) for name in sorted(self._nodes)]


def is_node(value: Any) -> bool:
    """Whether a value is a class under `@node`."""
    return isinstance(value, type) and issubclass(value, NodeExecutor) and "spec" in value.__dict__
