"""The params of TranscribeNode."""

from typing import Annotated, Literal

from msgspec import Meta

from anabranch import Params


class TranscribeParams(Params, frozen=True):
    model: Annotated[
        str,
        Meta(
            description="A Whisper model for CTranslate2: its folder, its name, or package:NAME for one in a package."
        ),
    ]
    segments: Annotated[
        bool, Meta(description="Speech is told on the key segment. Without, all audio is transcribed, 28 s at a time.")
    ] = True
    batch_ms: Annotated[
        int,
        Meta(ge=0, le=28_000, description="How much speech may share a call where it had to wait, in ms; 0: none."),
    ] = 28_000
    fill_ms: Annotated[
        int,
        Meta(ge=10_000, le=30_000, description="A call is filled up with silence to this, in ms; less is faster."),
    ] = 30_000
    language: Annotated[str | None, Meta(description="As in ISO 639-1; without, it is found out in each call.")] = None
    beam_size: Annotated[int, Meta(ge=1, le=10, description="Texts that are followed at once.")] = 5
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: Annotated[str, Meta(description="Numbers of the model, as CTranslate2 names them.")] = "int8"
    threads: Annotated[
        int, Meta(ge=0, le=64, description="Threads of one call on a CPU; 0: as many as cores, 4 at most.")
    ] = 0
