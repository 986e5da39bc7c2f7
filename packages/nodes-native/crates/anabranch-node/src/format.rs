//! What the kind of a value does not say.

use serde::Serialize;

/// The format of a port, as far as it is known; checked across every edge before a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Format {
    /// The sample rate in Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<u32>,
    /// The number of channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<u16>,
    /// The type of the samples: `u8`, `i16`, `i32`, `f32`, `f64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dtype: Option<&'static str>,
}

/// Formats of outputs by key.
pub type Formats = Vec<(&'static str, Format)>;

impl Format {
    /// A format of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a sample rate in Hz.
    #[must_use]
    pub fn rate(mut self, sample_rate: u32) -> Self {
        self.sample_rate = Some(sample_rate);
        self
    }

    /// With a channel count.
    #[must_use]
    pub fn channels(mut self, channels: u16) -> Self {
        self.channels = Some(channels);
        self
    }

    /// With a type of samples.
    #[must_use]
    pub fn dtype(mut self, dtype: &'static str) -> Self {
        self.dtype = Some(dtype);
        self
    }
}
