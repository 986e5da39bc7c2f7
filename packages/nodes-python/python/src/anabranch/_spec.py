"""What can be known of a node without running it. The words are those of NodeSpec in TypeScript, in snake case."""

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

from ._errors import PluginError

Purity = Literal["pure", "stateful", "effectful"]
TimeRule = Literal["keep", "span", "samples", "own"]
JoinKind = Literal["zip", "latest", "merge", "align"]
Late = Literal["drop", "emit-alone", "fail"]
Lineage = Literal["each", "span"]
Form = Literal["execute", "stream", "source"]
Kind = Literal["audio", "pcm", "text", "number", "bytes", "tensor", "json", "anything"]

TYPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of a node's params: fields with types and defaults. Unknown names are refused.

    What `msgspec.Meta` says of a field (`ge`, `le`, `description`, …) becomes part of the JSON Schema that a host
    reads; a unit goes into the description.
    """


class NoParams(Params, frozen=True):
    """For a node that takes none."""


class Port(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One value that enters or leaves a node under a key. `"audio"` is short for `Port(kind="audio")`."""

    kind: Kind
    optional: bool = False
    """An input that may stay unconnected; its key is then not there."""
    control: Any = msgspec.UNSET
    """The first value of an input that holds its last one and never triggers `execute`."""
    sample_rate: int | None = None
    """In Hz, where it must be just this."""
    channels: int | None = None

    @property
    def required(self) -> bool:
        """Whether every input set has it."""
        return not self.optional and self.control is msgspec.UNSET


class NodeSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that a host, an editor or a reader can know of a node without running it."""

    node_type: str
    summary: str
    params: type[Params]
    inputs: Mapping[str, Port]
    outputs: Mapping[str, Port]
    form: Form
    version: int = 1
    """The version of the form of its params: counted up where files that were written for the old form would not do."""
    several: bool = False
    """Whether one input set may give several outputs: `execute` is a generator."""
    time: TimeRule | None = None
    """How media time follows from the inputs': `keep` (default of execute), `span` (of stream), `samples`, `own`."""
    join: JoinKind | None = None
    trigger: str | None = None
    tolerance_ms: float | None = None
    late: Late | None = None
    purity: Purity = "stateful"
    retry_safe: bool | None = None
    """Default: only where `purity` is `pure`."""
    concurrency: int = 1
    """Input sets at work at once. More than 1 needs `purity` `pure` or `effectful`."""
    ordered: bool | None = None
    heavy: bool = False
    model: bool = False
    """It contains a learnt model, so that another chunking may give another output."""
    lineage: Lineage | None = None
    """Of a stream: an output is made of the set taken last (`each`), or of all since the last output (`span`)."""
    max_held: int | None = None
    filters: bool = False
    """It may give no output for an input set, beyond what `time` tells."""
    blocking: bool = False
    """Its methods are plain functions, and run in a thread."""
    requires: tuple[str, ...] = ()
    """Modules that it imports when it is prepared; where one is not installed, the node is not available."""
    extra: str | None = None
    """The extra of the package that brings them, for the text of that error."""


def ports(node_type: str, given: Mapping[str, Kind | Port]) -> dict[str, Port]:
    """The ports of a mapping in which a kind stands for a plain port."""
    for key in given:
        if not KEY.fullmatch(key):
            fix = 'use a letter or "_", then letters, digits or "_"'
            raise PluginError(f'{node_type}: "{key}" cannot be a key', fix=fix)
    return {key: port if isinstance(port, Port) else _plain(node_type, key, port) for key, port in given.items()}


def _plain(node_type: str, key: str, kind: Kind) -> Port:
    try:
        return msgspec.convert({"kind": kind}, Port)
    except msgspec.ValidationError as error:
        raise PluginError(
            f'{node_type}: the kind of "{key}": {error}', fix="use audio, text, number, json, …"
        ) from error


def check_spec(spec: NodeSpec) -> None:
    """Raises PluginError for a spec that contradicts itself. A host checks the rest when it reads the description."""
    name = spec.node_type

    def refuse(what: str, fix: str) -> None:
        raise PluginError(f"node type {name!r}: {what}", fix=fix)

    if not TYPE.fullmatch(name):
        refuse("the name is not valid", 'use a letter, then letters, digits or "_", at most 64')
    if not spec.summary.strip():
        refuse("it has no summary", "say in one sentence what it does")
    if spec.version < 1:
        refuse(f"version {spec.version}", "use a whole number from 1")
    if spec.concurrency < 1 or (spec.concurrency > 1 and spec.form != "execute"):
        refuse(f"concurrency {spec.concurrency} with the {spec.form} form", "leave it out")
    if spec.concurrency > 1 and spec.purity == "stateful":
        refuse(f"concurrency {spec.concurrency} on a stateful node", "say purity: pure or effectful")
    if spec.form == "source" and spec.inputs:
        refuse("a source with inputs", "leave inputs out, or use execute")
    if spec.form != "stream" and spec.lineage is not None:
        refuse(f"lineage with the {spec.form} form", "leave it out: it is for streams")
    for key, port in spec.outputs.items():
        if not port.required:
            refuse(f'output "{key}" is optional or a control', "leave the key out of a result that lacks it")
