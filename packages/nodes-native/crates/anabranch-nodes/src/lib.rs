//! The built-in native nodes of Anabranch. They know no Node.js: `cargo test` alone tests them.

mod audio_input;
mod channel_mix_node;
mod chunk_stream;
mod chunker_node;
mod clipping_detector_node;
mod decibel;
mod denoise_channel;
mod denoise_node;
mod format_converter_node;
mod gain_node;
mod level_node;
mod observer;
mod panic_node;
mod range_check;
mod sample_conversion;
mod silence_detector_node;
mod simd_dispatch;
mod spectrum_bands;
mod spectrum_node;
mod stream_clock;
mod vad_engine;
mod vad_node;
mod vad_segments;

pub use channel_mix_node::{ChannelMixNode, ChannelMixParams};
pub use chunker_node::{ChunkerNode, ChunkerParams};
pub use clipping_detector_node::{ClippingDetector, ClippingDetectorNode, ClippingDetectorParams};
pub use denoise_node::{DenoiseNode, DenoiseParams};
pub use format_converter_node::{ChannelLayout, FormatConverterNode, FormatConverterParams, SampleType};
pub use gain_node::{GainNode, GainParams};
pub use level_node::{Level, LevelNode, LevelParams};
pub use observer::{Listener, Observer, Told};
pub use panic_node::{PanicNode, PanicParams};
pub use silence_detector_node::{SilenceDetector, SilenceDetectorNode, SilenceDetectorParams};
pub use spectrum_node::{Spectrum, SpectrumNode, SpectrumParams, SpectrumWindow};
pub use vad_node::{VADNode, VADParams, Vad, VadEngine};
