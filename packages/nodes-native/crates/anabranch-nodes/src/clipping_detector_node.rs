//! `ClippingDetectorNode`: where audio was too loud for whoever recorded it.

use anabranch_node::{Kind, NodeError, NodeSpec, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::observer::{Listener, Observer, Told};
use crate::range_check::RangeCheck;
use crate::stream_clock::samples_of;

/// The params of [`ClippingDetectorNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClippingDetectorParams {
    /// A sample is clipped where its absolute value is at least this; full scale is 1.
    #[schemars(range(min = 0.01, max = 1.0))]
    pub threshold: f64,
    /// So many clipped samples in a row, on one channel, are clipping; fewer are a peak.
    #[schemars(range(min = 1, max = 100_000))]
    pub min_samples: u32,
    /// Clipping on one channel that is at most this far apart is one event, in ms; 0 tells each alone.
    #[schemars(range(min = 0.0, max = 10_000.0))]
    pub merge_ms: f64,
}

impl Default for ClippingDetectorParams {
    fn default() -> Self {
        Self { threshold: 0.999, min_samples: 3, merge_ms: 10.0 }
    }
}

/// Tells where audio was clipped: on `event`, `{ start_ms, end_ms, samples, channel }` once `merge_ms` have passed since,
/// or the stream is over. `samples` counts the clipped ones, `channel` counts from 0. An infinite sample is clipped, one
/// that is not a number is not.
pub type ClippingDetectorNode = Observer<ClippingDetector>;

/// The listener of [`ClippingDetectorNode`].
#[derive(Debug)]
pub struct ClippingDetector {
    params: ClippingDetectorParams,
    threshold: f32,
    merge: u64,
    channels: Vec<Channel>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Channel {
    /// How many clipped samples there are in a row.
    run: u64,
    open: Option<Clipped>,
}

#[derive(Debug, Clone, Copy)]
struct Clipped {
    start: u64,
    end: u64,
    samples: u64,
}

impl Channel {
    fn is_quiet(&self) -> bool {
        self.run == 0 && self.open.is_none()
    }

    /// Sample `index`; gives an event that is over with it.
    fn hear(&mut self, index: u64, is_clipped: bool, min_samples: u64, merge: u64) -> Option<Clipped> {
        if !is_clipped {
            self.run = 0;
            return self.open.take_if(|open| index + 1 - open.end > merge);
        }
        self.run += 1;
        if self.run < min_samples {
            return None;
        }
        let clipped = if self.run == min_samples { min_samples } else { 1 };
        let start = index + 1 - self.run;
        let open = self.open.get_or_insert(Clipped { start, end: 0, samples: 0 });
        open.samples += clipped;
        open.end = index + 1;
        None
    }
}

fn tell(clipped: Clipped, channel: usize, told: &mut Told<'_>) {
    let Clipped { start, end, samples } = clipped;
    let value = json!({ "start_ms": told.ms(start), "end_ms": told.ms(end), "samples": samples, "channel": channel });
    told.tell("event", Value::Plain(value));
}

impl Listener for ClippingDetector {
    const NODE_TYPE: &'static str = "ClippingDetectorNode";
    const OUTPUT_KEYS: &'static [&'static str] = &["output", "event"];
    type Params = ClippingDetectorParams;

    fn spec() -> NodeSpec {
        NodeSpec::new(Self::NODE_TYPE, "Tells where audio was clipped.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .output("event", Kind::Json)
            .filters()
            .example("Every sample at full scale", json!({ "threshold": 1.0, "min_samples": 1, "merge_ms": 0 }))
    }

    fn create(params: ClippingDetectorParams) -> Result<Self, NodeError> {
        RangeCheck::new()
            .within("threshold", &params.threshold, &(0.01..=1.0), "")
            .within("min_samples", &params.min_samples, &(1..=100_000), "samples")
            .within("merge_ms", &params.merge_ms, &(0.0..=10_000.0), "ms")
            .done()?;
        #[allow(clippy::cast_possible_truncation, reason = "samples are f32 too")]
        let threshold = params.threshold as f32;
        Ok(Self { params, threshold, merge: 0, channels: Vec::new() })
    }

    fn begin(&mut self, sample_rate: u32, channels: u16) -> Result<(), NodeError> {
        self.merge = samples_of(self.params.merge_ms, sample_rate);
        self.channels.clear();
        self.channels.resize(usize::from(channels), Channel::default());
        Ok(())
    }

    fn listen(&mut self, samples: &[f32], told: &mut Told<'_>) {
        let threshold = self.threshold;
        // Nearly all audio: nothing open, and nothing clipped.
        if self.channels.iter().all(Channel::is_quiet) && !samples.iter().any(|sample| sample.abs() >= threshold) {
            return;
        }
        let min_samples = u64::from(self.params.min_samples);
        let frames = samples.chunks_exact(self.channels.len());
        for (index, frame) in (told.position()..).zip(frames) {
            for (channel, (state, sample)) in self.channels.iter_mut().zip(frame).enumerate() {
                if let Some(clipped) = state.hear(index, sample.abs() >= threshold, min_samples, self.merge) {
                    tell(clipped, channel, told);
                }
            }
        }
    }

    fn end(&mut self, told: &mut Told<'_>) {
        for (channel, state) in self.channels.iter_mut().enumerate() {
            if let Some(clipped) = state.open.take() {
                tell(clipped, channel, told);
            }
        }
    }
}
