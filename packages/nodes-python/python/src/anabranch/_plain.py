"""A plain class as a node: `execute(inputs: dict) -> dict`, and nothing of this package in its file."""

import asyncio
import inspect
from collections.abc import Mapping
from inspect import Parameter, Signature, isawaitable, iscoroutinefunction
from typing import Any, cast, get_type_hints

import msgspec

from ._errors import PluginError
from ._node import NodeExecutor
from ._params import REST
from ._spec import NodeSpec, Params, Port, check_spec, ports
from ._values import NodeInputs, NodeOutputs


class PlainNode(NodeExecutor[Params]):
    """Hosts one object of a plain class. A plain function runs in a thread, a coroutine on the loop."""

    target: type[Any]

    def __init__(self, params: Params) -> None:
        super().__init__(params)
        given = {name: getattr(params, name) for name in params.__struct_fields__}
        rest = given.pop(REST, {})
        self._object = self.target(**given, **rest)

    async def execute(self, inputs: NodeInputs) -> NodeOutputs | None:
        """Hands the inputs over as a dictionary, and takes one back."""
        work = self._object.execute
        given = await work(inputs.data) if iscoroutinefunction(work) else await asyncio.to_thread(work, inputs.data)
        outputs = await given if isawaitable(given) else given
        if outputs is None:
            return None
        if not isinstance(outputs, dict):
            name, found = self.target.__name__, type(cast(object, outputs)).__name__
            raise PluginError(f"{name}.execute gave a {found}", fix="return a dictionary, or None for nothing")
        return NodeOutputs(cast(dict[str, Any], outputs))


def is_plain_node(value: Any, module: str) -> bool:
    """Whether a value is a plain node of a module: a public class of its own with a method `execute`."""
    if not isinstance(value, type) or value.__module__ != module or value.__name__.startswith("_"):
        return False
    return not issubclass(value, NodeExecutor) and callable(getattr(cast(Any, value), "execute", None))


def plain_node(target: type[Any]) -> type[NodeExecutor[Any]]:
    """The node of a plain class: its name is the type, its constructor names the params.

    Keys are `input` and `output`, of any kind, unless the class says others: `inputs = {"audio": "audio"}`.
    """
    name = target.__name__
    spec = NodeSpec(
        node_type=name,
        summary=(inspect.getdoc(target) or f"The class {name} of {target.__module__}.").splitlines()[0],
        params=_params_of(target),
        inputs=_keys(name, target, "inputs", "input"),
        outputs=_keys(name, target, "outputs", "output"),
        form="execute",
    )
    check_spec(spec)
    return type(name, (PlainNode,), {"target": target, "spec": spec, "__module__": target.__module__})


def _keys(name: str, target: type[Any], attribute: str, default: str) -> Mapping[str, Port]:
    said = getattr(target, attribute, {default: "anything"})
    if not isinstance(said, Mapping):
        fix = f'write {attribute} = {{"{default}": "anything"}}'
        raise PluginError(f"{name}.{attribute} is a {type(said).__name__}", fix=fix)
    return ports(name, cast(Mapping[str, Any], said))


def _params_of(target: type[Any]) -> type[Params]:
    fields: list[Any] = []
    open_ended = False
    try:
        hints = get_type_hints(target.__init__)
    except Exception:  # a hint that does not resolve is no reason to refuse a class that runs
        hints = {}
    for parameter in _signature(target).parameters.values():
        if parameter.kind is Parameter.VAR_KEYWORD:
            open_ended = True
        elif parameter.kind is Parameter.POSITIONAL_ONLY:
            fix = "give it a name: params are passed by name"
            raise PluginError(f"{target.__name__}: the param {parameter.name} is positional only", fix=fix)
        elif parameter.kind is not Parameter.VAR_POSITIONAL:
            fields.append(_field(parameter, hints.get(parameter.name, Any)))
    if open_ended:
        fields.append((REST, dict[str, Any], msgspec.field(default_factory=lambda: dict[str, Any]())))
    name = f"{target.__name__}Params"
    return cast(type[Params], msgspec.defstruct(name, fields, bases=(Params,), frozen=True, kw_only=True))


def _signature(target: type[Any]) -> Signature:
    try:
        return inspect.signature(target)
    except (TypeError, ValueError):  # a class in C
        return Signature()


def _field(parameter: Parameter, hint: Any) -> Any:
    kind = hint if _is_data(hint) else Any
    default = parameter.default
    if default is Parameter.empty:
        return (parameter.name, kind)
    if default is None or isinstance(default, bool | int | float | str):
        return (parameter.name, kind, default)
    return (parameter.name, kind, msgspec.field(default_factory=lambda: default))


def _is_data(hint: Any) -> bool:
    try:
        msgspec.json.schema(hint)
    except TypeError:
        return False
    return True
