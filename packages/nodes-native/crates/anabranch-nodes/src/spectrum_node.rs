//! `SpectrumNode`: which frequencies audio has.

use std::sync::Arc;

use anabranch_node::{ErrorCode, Kind, NodeError, NodeSpec, Value};
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::decibel::{finite, power_db, rounded};
use crate::observer::{Listener, Observer, Told};
use crate::range_check::RangeCheck;
use crate::spectrum_bands::SpectrumBands;

const MIN_SIZE: u32 = 64;
const MAX_SIZE: u32 = 65_536;
const MAX_BANDS: u32 = 512;

/// What the samples of a frame are multiplied by; n counts from 0, N is the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum SpectrumWindow {
    /// `0.5 − 0.5 · cos(2πn / N)`.
    #[default]
    Hann,
    /// `0.42 − 0.5 · cos(2πn / N) + 0.08 · cos(4πn / N)`: wider, and less of what is far away.
    Blackman,
    /// 1.
    Rect,
}

impl SpectrumWindow {
    /// Its value at `phase` = 2πn / N.
    fn at(self, phase: f64) -> f64 {
        match self {
            Self::Hann => 0.5 - 0.5 * phase.cos(),
            Self::Blackman => 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos(),
            Self::Rect => 1.0,
        }
    }
}

/// The params of [`SpectrumNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpectrumParams {
    /// The samples of one frame: a power of two.
    #[schemars(range(min = MIN_SIZE, max = MAX_SIZE))]
    pub size: u32,
    /// How many samples later the next frame begins. More than `size` leaves samples out.
    #[schemars(range(min = 16, max = MAX_SIZE))]
    pub hop: u32,
    /// What the samples of a frame are multiplied by: `hann`, `blackman` or `rect`.
    pub window: SpectrumWindow,
    /// How many bands there are between `min_hz` and half of the sample rate, equally wide on a logarithmic scale.
    #[schemars(range(min = 1, max = MAX_BANDS))]
    pub bands: u32,
    /// Where the lowest band begins, in Hz.
    #[schemars(range(min = 1.0, max = 20_000.0))]
    pub min_hz: f64,
}

impl Default for SpectrumParams {
    fn default() -> Self {
        Self { size: 1024, hop: 512, window: SpectrumWindow::default(), bands: 64, min_hz: 40.0 }
    }
}

/// Measures the power in bands of frequencies. On `spectrum`, for each frame: `{ start_ms, end_ms, bands_db }`.
///
/// Band j of B reaches from `min_hz · (max / min_hz)^(j / B)` to the same of j + 1, where max is half of the sample rate.
/// The power in bin k of the transform X of the windowed frame is `c · |X_k|² / (N · Σ w²)`, c = 1 for the first and the
/// last bin and 2 for the others; it is spread evenly over `(k ± ½) · rate / N` Hz and so shared out to the bands. The
/// powers of all bands add up to the mean square of what lies above `min_hz`: a sine of amplitude 1 gives −3.01 dB, mostly
/// in its band. In dB to a hundredth, −120 at least; of several channels it is the mean of the powers.
///
/// Frames begin at every `hop` samples from the start of the stream, the same for any chunking. What is left at the end
/// and was in no frame yet is filled up with zeros. Not-a-number and infinite samples count as 0.
pub type SpectrumNode = Observer<Spectrum>;

/// The listener of [`SpectrumNode`].
pub struct Spectrum {
    params: SpectrumParams,
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// `1 / (N · Σ w²)`.
    scale: f64,
    channels: usize,
    bands: SpectrumBands,
    /// The frame at work, interleaved, and how many samples of each channel of it are there.
    frame: Vec<f32>,
    filled: usize,
    /// How many of them were in no frame before.
    fresh: usize,
    /// How many samples to leave out before the frame begins.
    skip: usize,
    windowed: Vec<f32>,
    transform: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    powers: Vec<f64>,
}

impl Spectrum {
    fn size(&self) -> usize {
        self.window.len()
    }

    /// The frame is complete; `end` is the sample after the last that is of the stream.
    fn tell_frame(&mut self, start: u64, end: u64, told: &mut Told<'_>) {
        self.powers.fill(0.0);
        for channel in 0..self.channels {
            self.add_powers(channel);
        }
        let bands = self.bands.powers(&self.powers).map(|power| Json::from(rounded(power_db(power)))).collect();
        let record = json!({ "start_ms": told.ms(start), "end_ms": told.ms(end), "bands_db": Json::Array(bands) });
        told.tell("spectrum", Value::Plain(record));
    }

    fn add_powers(&mut self, channel: usize) {
        let samples = self.frame.iter().skip(channel).step_by(self.channels);
        for ((to, sample), weight) in self.windowed.iter_mut().zip(samples).zip(&self.window) {
            *to = sample * weight;
        }
        // All lengths are those that the transform asked for when it was planned.
        let _ = self.fft.process_with_scratch(&mut self.windowed, &mut self.transform, &mut self.scratch);
        let last = self.powers.len() - 1;
        #[allow(clippy::cast_precision_loss, reason = "at most 64")]
        let scale = self.scale / self.channels as f64;
        for (bin, (power, value)) in self.powers.iter_mut().zip(&self.transform).enumerate() {
            let sides = if bin == 0 || bin == last { 1.0 } else { 2.0 };
            *power += sides * scale * (f64::from(value.re).powi(2) + f64::from(value.im).powi(2));
        }
    }

    /// Moves on to the frame that begins `hop` samples later.
    fn next_frame(&mut self) {
        let (size, hop) = (self.size(), self.params.hop as usize);
        if hop < size {
            self.frame.copy_within(hop * self.channels.., 0);
        }
        self.filled = size.saturating_sub(hop);
        self.skip = hop.saturating_sub(size);
        self.fresh = 0;
    }
}

impl Listener for Spectrum {
    const NODE_TYPE: &'static str = "SpectrumNode";
    const OUTPUT_KEYS: &'static [&'static str] = &["output", "spectrum"];
    type Params = SpectrumParams;

    fn spec() -> NodeSpec {
        NodeSpec::new(Self::NODE_TYPE, "Measures the power in bands of frequencies.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .output("spectrum", Kind::Json)
            .filters()
            .example("Bars on a screen, about 15 a second at 48 kHz", json!({ "size": 4096, "hop": 3200, "bands": 24 }))
    }

    fn create(params: SpectrumParams) -> Result<Self, NodeError> {
        let sized = (MIN_SIZE..=MAX_SIZE).contains(&params.size) && params.size.is_power_of_two();
        RangeCheck::new()
            .holds("size", sized, &format!("a power of two from {MIN_SIZE} to {MAX_SIZE}"), &params.size)
            .within("hop", &params.hop, &(16..=MAX_SIZE), "samples")
            .within("bands", &params.bands, &(1..=MAX_BANDS), "")
            .within("min_hz", &params.min_hz, &(1.0..=20_000.0), "Hz")
            .done()?;
        let size = params.size as usize;
        let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
        let weight = |n: u32| params.window.at(std::f64::consts::TAU * f64::from(n) / f64::from(params.size));
        let energy: f64 = (0..params.size).map(|n| weight(n).powi(2)).sum();
        #[allow(clippy::cast_possible_truncation, reason = "samples are f32 too")]
        let window = (0..params.size).map(|n| weight(n) as f32).collect();
        Ok(Self {
            window,
            scale: 1.0 / (f64::from(params.size) * energy),
            channels: 1,
            bands: SpectrumBands::default(),
            frame: Vec::new(),
            filled: 0,
            fresh: 0,
            skip: 0,
            windowed: fft.make_input_vec(),
            transform: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            powers: vec![0.0; size / 2 + 1],
            fft,
            params,
        })
    }

    fn check(&self, sample_rate: u32, _channels: u16) -> Result<(), NodeError> {
        let max_hz = f64::from(sample_rate) / 2.0;
        if self.params.min_hz < max_hz {
            return Ok(());
        }
        let message = format!("audio of {sample_rate} Hz has nothing above min_hz {}", self.params.min_hz);
        Err(NodeError::new(ErrorCode::AudioFormat, message).fix(format!("set min_hz below {max_hz}")))
    }

    fn period(&self, _sample_rate: u32) -> u64 {
        u64::from(self.params.hop)
    }

    fn begin(&mut self, sample_rate: u32, channels: u16) -> Result<(), NodeError> {
        self.channels = usize::from(channels);
        self.bands = SpectrumBands::new(self.params.bands, self.params.min_hz, sample_rate, self.size());
        self.frame.resize(self.size() * self.channels, 0.0);
        (self.filled, self.fresh, self.skip) = (0, 0, 0);
        Ok(())
    }

    fn listen(&mut self, samples: &[f32], told: &mut Told<'_>) {
        let length = samples.len() / self.channels;
        let mut at = 0;
        while at < length {
            let skipped = self.skip.min(length - at);
            self.skip -= skipped;
            at += skipped;
            let count = (self.size() - self.filled).min(length - at);
            let to = &mut self.frame[self.filled * self.channels..][..count * self.channels];
            for (to, from) in to.iter_mut().zip(&samples[at * self.channels..]) {
                *to = finite(*from);
            }
            self.filled += count;
            self.fresh += count;
            at += count;
            if self.filled == self.size() {
                let end = told.position() + at as u64;
                self.tell_frame(end - self.size() as u64, end, told);
                self.next_frame();
            }
        }
    }

    fn end(&mut self, told: &mut Told<'_>) {
        if self.fresh > 0 {
            let end = told.position();
            self.frame[self.filled * self.channels..].fill(0.0);
            self.tell_frame(end - self.filled as u64, end, told);
        }
    }
}
