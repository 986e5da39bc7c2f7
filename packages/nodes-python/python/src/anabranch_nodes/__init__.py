"""The nodes that come with Anabranch. What a model needs is imported when its node is prepared."""

from ._audio_resample import AudioResampleNode
from ._keyword import KeywordNode
from ._silero_vad import SileroVADNode
from ._soft_clip import SoftClipNode
from ._speech_synthesis import SpeechSynthesisNode
from ._transcribe import TranscribeNode

__all__ = [
    "AudioResampleNode",
    "KeywordNode",
    "SileroVADNode",
    "SoftClipNode",
    "SpeechSynthesisNode",
    "TranscribeNode",
]
