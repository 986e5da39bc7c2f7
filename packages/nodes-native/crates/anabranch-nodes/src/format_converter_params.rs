//! What `FormatConverterNode` can be told.

use anabranch_node::MAX_CHANNELS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A type of samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum SampleType {
    /// Unsigned 8 bit; 128 is silence.
    U8,
    /// Signed 16 bit.
    I16,
    /// Signed 32 bit.
    I32,
    /// 32-bit float; full scale is 1.
    #[default]
    F32,
    /// 64-bit float; full scale is 1.
    F64,
}

impl SampleType {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    pub(crate) const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// How channels lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum ChannelLayout {
    /// Sample 0 of every channel, then sample 1.
    #[default]
    Interleaved,
    /// Every sample of channel 0, then of channel 1.
    Planar,
}

/// The params of `FormatConverterNode`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FormatConverterParams {
    /// The type of samples that must come in; another one is an error. Without it, any type may.
    pub from: Option<SampleType>,
    /// The type of samples that goes out. `f32` interleaved goes out as audio on `output`, all else as pcm on `pcm`.
    pub to: SampleType,
    /// How the channels lie on the way out.
    pub layout: ChannelLayout,
    /// The number of channels that must come in; another one is an error. Without it, any number may.
    #[schemars(range(min = 1, max = MAX_CHANNELS))]
    pub channels: Option<u16>,
}
