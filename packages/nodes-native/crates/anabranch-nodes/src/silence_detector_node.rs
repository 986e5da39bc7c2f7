//! `SilenceDetectorNode`: where nothing is heard.

use anabranch_node::{Kind, NodeError, NodeSpec, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::decibel::{finite, power_of};
use crate::observer::{Listener, Observer, Told};
use crate::range_check::RangeCheck;
use crate::stream_clock::samples_of;

/// The params of [`SilenceDetectorNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SilenceDetectorParams {
    /// A window is silent where the RMS of every channel is below this, in dBFS (a sine of amplitude 1 has −3.01).
    #[schemars(range(min = -120.0, max = 0.0))]
    pub threshold_db: f64,
    /// Shorter silence is not told, in ms.
    #[schemars(range(min = 10.0, max = 3_600_000.0))]
    pub min_silence_ms: f64,
    /// The length of a window, in ms, rounded to samples.
    #[schemars(range(min = 1.0, max = 1_000.0))]
    pub window_ms: f64,
}

impl Default for SilenceDetectorParams {
    fn default() -> Self {
        Self { threshold_db: -50.0, min_silence_ms: 500.0, window_ms: 10.0 }
    }
}

/// Tells where audio was silent: on `event`, `{ start_ms, end_ms }` once the silence is over, or the stream is. Windows
/// follow each other from the start of the stream; the last one may be shorter. Not-a-number and infinite samples count
/// as 0.
pub type SilenceDetectorNode = Observer<SilenceDetector>;

/// The listener of [`SilenceDetectorNode`].
#[derive(Debug)]
pub struct SilenceDetector {
    params: SilenceDetectorParams,
    threshold: f64,
    window: u64,
    min_silence: u64,
    /// The sum of squares of each channel in the window at work, and how many samples of it have been.
    sums: Vec<f64>,
    filled: u64,
    /// Where the silence at work began.
    since: Option<u64>,
}

impl SilenceDetector {
    /// The window at work ends before sample `end`.
    fn close_window(&mut self, end: u64, told: &mut Told<'_>) {
        #[allow(clippy::cast_precision_loss, reason = "a window is short")]
        let least = self.threshold * self.filled as f64;
        let start = end - self.filled;
        if self.sums.iter().all(|sum| *sum < least) {
            self.since.get_or_insert(start);
        } else {
            self.close_silence(start, told);
        }
        self.sums.fill(0.0);
        self.filled = 0;
    }

    fn close_silence(&mut self, end: u64, told: &mut Told<'_>) {
        if let Some(start) = self.since.take().filter(|start| end - start >= self.min_silence) {
            told.tell("event", Value::Plain(json!({ "start_ms": told.ms(start), "end_ms": told.ms(end) })));
        }
    }
}

impl Listener for SilenceDetector {
    const NODE_TYPE: &'static str = "SilenceDetectorNode";
    const OUTPUT_KEYS: &'static [&'static str] = &["output", "event"];
    type Params = SilenceDetectorParams;

    fn spec() -> NodeSpec {
        NodeSpec::new(Self::NODE_TYPE, "Tells where audio was silent.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .output("event", Kind::Json)
            .filters()
            .example("A line that is dead", json!({ "threshold_db": -70, "min_silence_ms": 5000 }))
    }

    fn create(params: SilenceDetectorParams) -> Result<Self, NodeError> {
        RangeCheck::new()
            .within("threshold_db", &params.threshold_db, &(-120.0..=0.0), "dBFS")
            .within("min_silence_ms", &params.min_silence_ms, &(10.0..=3_600_000.0), "ms")
            .within("window_ms", &params.window_ms, &(1.0..=1_000.0), "ms")
            .done()?;
        let threshold = power_of(params.threshold_db);
        Ok(Self { params, threshold, window: 0, min_silence: 0, sums: Vec::new(), filled: 0, since: None })
    }

    fn begin(&mut self, sample_rate: u32, channels: u16) -> Result<(), NodeError> {
        self.window = samples_of(self.params.window_ms, sample_rate).max(1);
        self.min_silence = samples_of(self.params.min_silence_ms, sample_rate);
        self.sums.clear();
        self.sums.resize(usize::from(channels), 0.0);
        self.filled = 0;
        self.since = None;
        Ok(())
    }

    fn listen(&mut self, samples: &[f32], told: &mut Told<'_>) {
        let mut position = told.position();
        for frame in samples.chunks_exact(self.sums.len()) {
            for (sum, sample) in self.sums.iter_mut().zip(frame) {
                *sum += f64::from(finite(*sample)).powi(2);
            }
            self.filled += 1;
            position += 1;
            if self.filled == self.window {
                self.close_window(position, told);
            }
        }
    }

    fn end(&mut self, told: &mut Told<'_>) {
        let end = told.position();
        if self.filled > 0 {
            self.close_window(end, told);
        }
        self.close_silence(end, told);
    }
}
