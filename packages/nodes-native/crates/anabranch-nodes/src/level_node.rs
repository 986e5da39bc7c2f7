//! `LevelNode`: how loud audio is.

use anabranch_node::{ErrorCode, Kind, NodeError, NodeSpec, Value};
use ebur128::{EbuR128, Mode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::decibel::{amplitude_db, at_least_floor, finite, power_db, rounded};
use crate::observer::{Listener, Observer, Told};
use crate::range_check::RangeCheck;
use crate::stream_clock::samples_of;

/// The filters of EBU R128 are made for audio; below this rate they are not the standard's any more.
const MIN_LOUDNESS_RATE: u32 = 8_000;
/// The window of momentary loudness.
const MOMENTARY_MS: f64 = 400.0;

/// The params of [`LevelNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LevelParams {
    /// The length of a window, in ms, rounded to samples.
    #[schemars(range(min = 1.0, max = 60_000.0))]
    pub window_ms: f64,
    /// Measures loudness by EBU R128 too: needs 8 kHz or more.
    pub loudness: bool,
    /// Measures the true peak too, between the samples, by oversampling as ITU-R BS.1770 says. Costs most of all.
    pub true_peak: bool,
}

impl Default for LevelParams {
    fn default() -> Self {
        Self { window_ms: 100.0, loudness: true, true_peak: false }
    }
}

/// Measures levels. All are in dB to a hundredth, −120 at least (so also for silence), over all channels together.
///
/// - `level`, for each window: `{ start_ms, end_ms, peak_db, rms_db }`, with `true_peak_db` and `lufs_momentary` where
///   they are asked for. `peak_db` is of the largest sample, `rms_db` is `10 · log10(mean square)`: a sine of amplitude 1
///   has −3.01. `lufs_momentary` is of the 400 ms up to the window's end and missing in the first 400 ms of a stream.
/// - `summary`, at the end of the stream: the same fields over all of it, with `lufs_integrated` instead (gated, by a
///   histogram, so that memory does not grow; −120 where nothing passes the gate).
///
/// Windows follow each other from the start of the stream; the last one may be shorter. One channel counts as left alone,
/// so mono is 3.01 LU below the same signal on two; 4, 5 and 6 channels are L R Ls Rs, L R C Ls Rs, L R C LFE Ls Rs.
/// What lies beyond six channels, and the LFE, do not count for loudness.
/// Not-a-number and infinite samples count as 0.
pub type LevelNode = Observer<Level>;

/// The listener of [`LevelNode`].
pub struct Level {
    params: LevelParams,
    channels: usize,
    window: u64,
    momentary_from: u64,
    meter: Option<EbuR128>,
    now: Measured,
    whole: Measured,
    /// Samples in which what is no number was replaced.
    clean: Vec<f32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    /// Samples of each channel.
    length: u64,
    peak: f32,
    true_peak: f64,
    squares: f64,
}

impl Measured {
    fn add(&mut self, other: Self) {
        self.length += other.length;
        self.peak = self.peak.max(other.peak);
        self.true_peak = self.true_peak.max(other.true_peak);
        self.squares += other.squares;
    }
}

impl Level {
    /// Samples of the window at work, all finite.
    fn measure(&mut self, samples: &[f32]) {
        self.now.length += (samples.len() / self.channels) as u64;
        for sample in samples {
            self.now.peak = self.now.peak.max(sample.abs());
            self.now.squares += f64::from(*sample).powi(2);
        }
        if let Some(meter) = &mut self.meter {
            // It refuses a number of samples that its channels do not divide, and that cannot be here.
            let _ = meter.add_frames_f32(samples);
            if self.params.true_peak {
                let peaks = (0..meter.channels()).filter_map(|channel| meter.prev_true_peak(channel).ok());
                self.now.true_peak = peaks.fold(self.now.true_peak, f64::max);
            }
        }
    }

    /// The window at work ends before sample `end`.
    fn close_window(&mut self, end: u64, told: &mut Told<'_>) {
        let mut record = self.record(&self.now, end, told);
        if let Some(meter) = self.meter.as_ref().filter(|_| self.params.loudness && end >= self.momentary_from) {
            record.insert("lufs_momentary".into(), lufs(meter.loudness_momentary()));
        }
        told.tell("level", Value::Plain(Json::Object(record)));
        self.whole.add(self.now);
        self.now = Measured::default();
    }

    fn record(&self, measured: &Measured, end: u64, told: &Told<'_>) -> Map<String, Json> {
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
        let count = (measured.length * self.channels as u64) as f64;
        let mut record = Map::new();
        record.insert("start_ms".into(), json!(told.ms(end - measured.length)));
        record.insert("end_ms".into(), json!(told.ms(end)));
        record.insert("peak_db".into(), json!(rounded(amplitude_db(f64::from(measured.peak)))));
        record.insert("rms_db".into(), json!(rounded(power_db(measured.squares / count))));
        if self.params.true_peak {
            record.insert("true_peak_db".into(), json!(rounded(amplitude_db(measured.true_peak))));
        }
        record
    }

    fn measure_windows(&mut self, mut samples: &[f32], told: &mut Told<'_>) {
        let mut position = told.position();
        while !samples.is_empty() {
            let left = usize::try_from(self.window - self.now.length).unwrap_or(usize::MAX);
            let (now, later) = samples.split_at(left.saturating_mul(self.channels).min(samples.len()));
            self.measure(now);
            position += (now.len() / self.channels) as u64;
            samples = later;
            if self.now.length == self.window {
                self.close_window(position, told);
            }
        }
    }
}

fn lufs(loudness: Result<f64, ebur128::Error>) -> Json {
    json!(rounded(at_least_floor(loudness.unwrap_or(f64::NEG_INFINITY))))
}

impl Listener for Level {
    const NODE_TYPE: &'static str = "LevelNode";
    const OUTPUT_KEYS: &'static [&'static str] = &["output", "level", "summary"];
    type Params = LevelParams;

    fn spec() -> NodeSpec {
        NodeSpec::new(Self::NODE_TYPE, "Measures peak, RMS and loudness (EBU R128).")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .output("level", Kind::Json)
            .output("summary", Kind::Json)
            .filters()
            .example("A meter on a screen", json!({ "window_ms": 50, "loudness": false }))
            .example("A check before publishing", json!({ "window_ms": 1000, "true_peak": true }))
    }

    fn create(params: LevelParams) -> Result<Self, NodeError> {
        RangeCheck::new().within("window_ms", &params.window_ms, &(1.0..=60_000.0), "ms").done()?;
        Ok(Self {
            params,
            channels: 1,
            window: 1,
            momentary_from: 0,
            meter: None,
            now: Measured::default(),
            whole: Measured::default(),
            clean: Vec::new(),
        })
    }

    fn check(&self, sample_rate: u32, _channels: u16) -> Result<(), NodeError> {
        if !self.params.loudness || sample_rate >= MIN_LOUDNESS_RATE {
            return Ok(());
        }
        let message = format!("loudness cannot be measured at {sample_rate} Hz, only from {MIN_LOUDNESS_RATE} Hz");
        Err(NodeError::new(ErrorCode::AudioFormat, message)
            .fix("set loudness: false, or put an AudioResampleNode before it"))
    }

    fn period(&self, sample_rate: u32) -> u64 {
        samples_of(self.params.window_ms, sample_rate).max(1)
    }

    fn begin(&mut self, sample_rate: u32, channels: u16) -> Result<(), NodeError> {
        self.channels = usize::from(channels);
        self.window = self.period(sample_rate);
        self.momentary_from = samples_of(MOMENTARY_MS, sample_rate);
        self.now = Measured::default();
        self.whole = Measured::default();
        let mut mode = Mode::empty();
        mode.set(Mode::M | Mode::I | Mode::HISTOGRAM, self.params.loudness);
        mode.set(Mode::TRUE_PEAK, self.params.true_peak);
        let meter = (!mode.is_empty()).then(|| EbuR128::new(u32::from(channels), sample_rate, mode));
        self.meter = meter.transpose().map_err(|error| {
            let message = format!("loudness of {channels} channels of {sample_rate} Hz cannot be measured");
            NodeError::new(ErrorCode::AudioFormat, message).caused_by(error)
        })?;
        Ok(())
    }

    fn listen(&mut self, samples: &[f32], told: &mut Told<'_>) {
        if samples.iter().all(|sample| sample.is_finite()) {
            return self.measure_windows(samples, told);
        }
        let mut clean = std::mem::take(&mut self.clean);
        clean.clear();
        clean.extend(samples.iter().copied().map(finite));
        self.measure_windows(&clean, told);
        self.clean = clean;
    }

    fn end(&mut self, told: &mut Told<'_>) {
        let end = told.position();
        if self.now.length > 0 {
            self.close_window(end, told);
        }
        if end > 0 {
            let mut record = self.record(&self.whole, end, told);
            if let Some(meter) = self.meter.as_ref().filter(|_| self.params.loudness) {
                record.insert("lufs_integrated".into(), lufs(meter.loudness_global()));
            }
            told.tell("summary", Value::Plain(Json::Object(record)));
        }
    }
}
