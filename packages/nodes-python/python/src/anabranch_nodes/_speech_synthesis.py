from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from anabranch import AudioBuffer, NodeExecutor, NodeInputs, NodeOutputs, Params, Port, node

RATE: Final = 24_000


class SpeechSynthesisParams(Params, frozen=True):
    voice: Annotated[Literal["heart"], Meta(description="The voice that comes with the engine: American English.")] = (
        "heart"
    )
    speed: Annotated[float, Meta(ge=0.5, le=2, description="How fast it speaks; 1 is its own pace.")] = 1.0
    seed: Annotated[int, Meta(ge=0, description="Of the breath in the voice: equal text gives equal sound.")] = 0


@node(
    "SpeechSynthesisNode",
    summary="Speaks text.",
    params=SpeechSynthesisParams,
    inputs={"input": "text"},
    outputs={"output": Port(kind="audio", sample_rate=RATE, channels=1)},
    time="samples",
    purity="pure",
    heavy=True,
    filters=True,
    blocking=True,
    requires=("hibari",),
    extra="speech",
)
class SpeechSynthesisNode(NodeExecutor[SpeechSynthesisParams]):
    """English text to mono audio of 24 kHz, one frame for each sentence as soon as it is spoken; offline, by hibari.

    An interruption ends it after the sentence at work. Text without a word gives nothing.
    """

    def prepare(self) -> None:
        from hibari import Hibari  # pyright: ignore[reportMissingTypeStubs]

        self._engine: Any = Hibari(voice=self.params.voice)
        self._engine.phonemize("ready")  # loads its dictionary

    def execute(self, inputs: NodeInputs) -> Iterator[NodeOutputs]:
        for samples in self._engine.stream(inputs.get_text("input"), speed=self.params.speed, seed=self.params.seed):
            if self.context.interrupted:
                return
            if len(samples) > 0:
                yield NodeOutputs.from_audio_buffer("output", AudioBuffer(samples, RATE))
