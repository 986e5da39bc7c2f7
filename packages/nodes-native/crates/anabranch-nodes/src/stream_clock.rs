//! Where in a stream a node is, counted in samples.

use anabranch_node::{AudioBuffer, NodeContext};

/// Counts the samples of one stream. A sample's media time is that of the stream's first input plus
/// `round(samples · 10^6 / rate)` µs, so it does not depend on how the stream is cut. The times of later inputs are not
/// looked at: where something is missing, the host says so, and another stream begins.
#[derive(Debug, Default)]
pub(crate) struct StreamClock {
    start_us: f64,
    sample_rate: u32,
    channels: u16,
    samples: u64,
}

impl StreamClock {
    /// Whether `buffer` goes on with the stream: same rate and channels, and nothing missing before it.
    pub(crate) fn continues(&self, buffer: &AudioBuffer<'_>, context: &NodeContext<'_>) -> bool {
        self.sample_rate == buffer.sample_rate() && self.channels == buffer.channels() && !context.discont()
    }

    /// Whether a stream has begun.
    pub(crate) fn is_running(&self) -> bool {
        self.sample_rate != 0
    }

    /// Begins a stream with `buffer`.
    pub(crate) fn begin(&mut self, buffer: &AudioBuffer<'_>, context: &NodeContext<'_>) {
        *self = Self {
            start_us: context.pts_us(),
            sample_rate: buffer.sample_rate(),
            channels: buffer.channels(),
            samples: 0,
        };
    }

    /// Ends the stream.
    pub(crate) fn end(&mut self) {
        *self = Self::default();
    }

    /// `length` more samples of each channel have been.
    pub(crate) fn advance(&mut self, length: usize) {
        self.samples += length as u64;
    }

    /// How many samples of each channel have been.
    pub(crate) fn samples(&self) -> u64 {
        self.samples
    }

    /// The media time of sample `index` of the stream, in ms.
    pub(crate) fn ms(&self, index: u64) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
        let since_start = (index as f64 * 1e6 / f64::from(self.sample_rate)).round();
        (self.start_us + since_start) / 1e3
    }
}

/// How many samples `ms` are at `sample_rate`, rounded.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "params are checked to be positive")]
pub(crate) fn samples_of(ms: f64, sample_rate: u32) -> u64 {
    (ms * f64::from(sample_rate) / 1e3).round() as u64
}
