"""What an author meets: audio, values, params, the decorator, the built-in node."""

from typing import Annotated

import numpy as np
import pytest
from msgspec import Meta

from anabranch import (
    AudioBuffer,
    AudioFormatError,
    InvalidInputsError,
    InvalidParamsError,
    NodeExecutor,
    NodeInputs,
    NodeNotFoundError,
    NodeOutputs,
    NoParams,
    Params,
    PluginError,
    Registry,
    convert_params,
    load_registry,
    node,
)
from anabranch_nodes import SoftClipNode


class GainParams(Params, frozen=True):
    db: Annotated[float, Meta(le=60)]
    mode: str = "linear"


def tone(count: int = 960, channels: int = 1) -> AudioBuffer:
    return AudioBuffer(np.linspace(-2, 2, count, dtype=np.float32), 48000, channels)


def test_audio_length_and_duration() -> None:
    assert (len(tone(960, 2)), tone(960, 2).duration_us, tone(960, 2).frames.shape) == (480, 10_000, (480, 2))


def test_audio_copy_has_its_own_memory() -> None:
    buffer = tone()
    assert not np.shares_memory(buffer.samples, buffer.copy().samples)
    assert np.shares_memory(buffer.samples, buffer.frames)


@pytest.mark.parametrize(
    ("count", "rate", "channels"), [(4, 0, 1), (4, 10**9, 1), (4, 48000, 0), (4, 48000, 65), (3, 48000, 2)]
)
def test_audio_of_an_impossible_format(count: int, rate: int, channels: int) -> None:
    with pytest.raises(AudioFormatError):
        AudioBuffer(np.zeros(count, np.float32), rate, channels)


def test_audio_of_another_type_says_how_to_convert() -> None:
    with pytest.raises(AudioFormatError) as caught:
        AudioBuffer(np.zeros(4), 48000)  # pyright: ignore[reportArgumentType]
    assert "astype" in (caught.value.fix or "")


def test_a_missing_input_is_named() -> None:
    with pytest.raises(InvalidInputsError, match='no input "input"; present: other'):
        NodeInputs({"other": 1}).get_audio_buffer("input")


def test_an_input_of_another_kind_is_named() -> None:
    with pytest.raises(InvalidInputsError, match='"input" is a str, not audio'):
        NodeInputs().insert("input", "text").get_audio_buffer("input")


def test_params_with_defaults() -> None:
    assert convert_params("GainNode", GainParams, {"db": 6}) == GainParams(db=6.0)


def test_every_wrong_param_is_reported_at_once() -> None:
    with pytest.raises(InvalidParamsError) as caught:
        convert_params("GainNode", GainParams, {"db": 99, "mode": 1, "mod": 2})
    assert sorted(issue["path"] for issue in caught.value.fields["issues"]) == ["db", "mod", "mode"]


def test_a_missing_param_and_a_list_instead_of_params() -> None:
    with pytest.raises(InvalidParamsError, match="db: is missing"):
        convert_params("GainNode", GainParams, None)
    with pytest.raises(InvalidParamsError, match="expected an object"):
        convert_params("GainNode", GainParams, [])


def test_a_node_without_execute_is_refused() -> None:
    with pytest.raises(PluginError):
        node("Nothing", summary="", inputs={}, outputs={})(NodeExecutor[NoParams])


def test_a_type_offered_twice_is_refused() -> None:
    @node("SoftClipNode", summary="Another.", inputs={}, outputs={})
    class Another(NodeExecutor[NoParams]):
        async def execute(self, inputs: NodeInputs) -> NodeOutputs:
            return NodeOutputs()

    registry = Registry()
    registry.add(SoftClipNode)
    with pytest.raises(PluginError, match="twice"):
        registry.add(Another)


def test_the_built_in_nodes_are_found_and_others_are_not() -> None:
    registry = load_registry([])
    assert registry.get("SoftClipNode") is SoftClipNode
    with pytest.raises(NodeNotFoundError, match="SoftClipNode"):
        registry.get("os")


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(PluginError):
        load_registry(["no_such_module"])


async def test_soft_clip_is_tanh() -> None:
    executor = SoftClipNode(convert_params("SoftClipNode", SoftClipNode.spec.params, {"drive": 2}))  # pyright: ignore[reportArgumentType]
    outputs = await executor.execute(NodeInputs({"input": tone()}))
    clipped = outputs.get_audio_buffer("output")
    assert clipped.samples.dtype == np.float32
    np.testing.assert_allclose(clipped.samples, np.tanh(2 * np.linspace(-2, 2, 960)), atol=1e-6)
