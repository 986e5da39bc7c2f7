"""Python's codes, limits and wire format are those of the contract's files."""

import re

import numpy as np

import anabranch
from anabranch import AnabranchError, _limits
from anabranch._ext import AUDIO, EXT_CODES, NDARRAY, decode_ext
from anabranch._wire import Flag, Kind, Message, Packet, Rest
from tests.contract import CONTRACT, read

WIRE = (CONTRACT / "wire.md").read_text(encoding="utf-8")


def test_every_error_of_the_contract_has_its_class_and_retryable() -> None:
    table = read("errors.json")
    found = {error.code: error for error in AnabranchError.__subclasses__()}
    assert found.keys() == table.keys()
    for code, row in table.items():
        assert found[code].__name__ == row["class"]
        assert found[code]("x").retryable is row["retryable"]
        assert found[code].__name__ in anabranch.__all__


def test_limits_are_those_of_the_contract() -> None:
    limits = read("limits.json")
    ours = {name.lower(): value for name, value in vars(_limits).items() if name.isupper()}
    assert ours
    assert ours == {name: limits[name] for name in ours}


def test_all_names_what_is_there() -> None:
    assert sorted(anabranch.__all__) == anabranch.__all__ or set(anabranch.__all__) <= set(dir(anabranch))
    assert all(hasattr(anabranch, name) for name in anabranch.__all__)


def table(title: str) -> dict[str, int]:
    """The first two columns of the table of wire.md whose first one has this title, as names and numbers."""
    found = re.search(rf"^\| {title} \|.*\n\|[ :|-]+\n((?:\|.*\n)+)", WIRE, re.MULTILINE)
    assert found
    return {name: int(code, 0) for code, name in re.findall(r"^\| (\w+) \| (\w+) \|", found[1], re.MULTILINE)}


def layout(first: str) -> list[str]:
    """The names of a list of wire.md, `[kind, seq, …]`, that begins with this one, as Python writes them."""
    found = re.search(rf"^ {{4}}\[({first}, .*)\]$", WIRE, re.MULTILINE)
    assert found
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", found[1]).split(", ")


def test_kinds_and_flags_are_those_of_the_wire_format() -> None:
    assert table("kind") == {kind.name.lower(): kind.value for kind in Kind}
    assert table("flag") == {flag.name.lower(): flag.value for flag in Flag if flag.name}


def test_ext_codes_are_those_of_the_wire_format() -> None:
    codes = table("ext")
    assert (codes.pop("ndarray"), codes.pop("audio")) == (NDARRAY, AUDIO)
    assert {*codes.values(), NDARRAY, AUDIO} == EXT_CODES
    for name, code in codes.items():
        items: np.dtype[np.generic] = np.dtype(f"{name[0]}{int(name[1:]) // 8}")
        assert decode_ext(code, memoryview(b"")).dtype == items
        assert re.search(rf"\| {name} \| items of {items.itemsize} bytes? \|", WIRE)


def test_lists_are_those_of_the_wire_format() -> None:
    for struct in (Message, Packet, Rest):
        assert layout(struct.__struct_fields__[0]) == list(struct.__struct_fields__)
