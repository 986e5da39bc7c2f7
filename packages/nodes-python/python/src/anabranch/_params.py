"""Params as a host sends them, checked against the node's Struct; every problem is reported at once."""

from difflib import get_close_matches
from typing import Any, Final, TypeVar, cast

import msgspec

from ._errors import InvalidParamsError
from ._spec import Params

ParamsT = TypeVar("ParamsT", bound=Params)
REST: Final = "_rest"
"""The field of a Struct that takes the params it does not name: those of a plain class with `**params`."""


def convert_params(node_type: str, kind: type[ParamsT], given: object) -> ParamsT:
    """The params as their Struct, or InvalidParamsError whose `issues` name each field that is wrong."""
    values: Any = {} if given is None else given
    if not isinstance(values, dict):
        raise _refusal(node_type, [_issue("", f"expected an object, got {type(values).__name__}")])
    record = cast(dict[str, Any], values)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    if fields.pop(REST, None) is not None:
        record = {name: value for name, value in record.items() if name in fields} | {
            REST: {name: value for name, value in record.items() if name not in fields}
        }
    issues: list[dict[str, str]] = []
    for name, field in fields.items():
        if name not in record:
            if field.required:
                issues.append(_issue(name, "is missing"))
            continue
        try:
            msgspec.convert(record[name], field.type)
        except msgspec.ValidationError as error:
            issues.append(_issue(name, str(error)))
    for name in sorted(record.keys() - fields.keys() - {REST}):
        near = get_close_matches(str(name), fields, 1)
        issues.append(_issue(str(name), "is not a param" + (f'; did you mean "{near[0]}"?' if near else "")))
    if issues:
        raise _refusal(node_type, issues)
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError as error:
        raise _refusal(node_type, [_issue("", str(error))]) from error


def _issue(path: str, message: str) -> dict[str, str]:
    return {"path": path, "message": message, "code": "ANB_PARAMS", "severity": "error"}


def _refusal(node_type: str, issues: list[dict[str, str]]) -> InvalidParamsError:
    listed = "; ".join(f"{issue['path']}: {issue['message']}".removeprefix(": ") for issue in issues)
    return InvalidParamsError(f"{node_type}: {listed}", issues=issues)


def params_schema(kind: type[Params]) -> dict[str, Any]:
    """The JSON Schema of a Struct: an object, with docs and limits of its fields."""
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = components.pop(kind.__name__) if reference else {}
    if schema["properties"].pop(REST, None) is not None:
        schema["additionalProperties"] = True
    return {**schema, "$defs": components} if components else schema
