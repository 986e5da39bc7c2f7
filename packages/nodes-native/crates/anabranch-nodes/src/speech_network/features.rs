//! What the network hears: how much of a frame's sound lies in each of 40 bands, on a logarithmic scale.

#![allow(clippy::inline_always, reason = "the caller's instruction set holds only for what is inlined in it")]

use std::f64::consts::TAU;

use super::layers::BANDS;

/// Samples of the window, which reaches two frames back.
pub(crate) const WINDOW: usize = 768;
/// Points of the transform, which the window fills with zeros behind.
pub(crate) const TRANSFORM: usize = 1024;
/// Samples of one frame: 16 ms at 16 kHz, which is what the network was trained on.
pub(crate) const FRAME: usize = 256;

/// The network was trained on 16-bit samples whose low sounds were taken down: `x[n] − 0.97 · x[n − 1]`.
const EMPHASIS: f32 = 0.97;
/// Full scale.
pub(crate) const SCALE: f32 = 32_768.0;

/// Bins of the transform where the bands begin, peak and end: each is a triangle that begins and ends at the peaks beside
/// it. They are those of the crate earshot.
const CORNERS: [u16; BANDS + 2] = [
    4, 7, 10, 13, 17, 21, 25, 29, 33, 38, 43, 48, 54, 60, 66, 73, 80, 87, 95, 103, 112, 122, 132, 142, 153, 165, 178,
    191, 205, 220, 236, 253, 270, 289, 309, 330, 353, 376, 402, 428, 456, 486,
];

const LANES: usize = 8;
type Lanes = [f32; LANES];

/// The tables, made once for a stream.
pub(crate) struct Features {
    /// Of von Hann, periodic.
    window: [f32; WINDOW],
    bands: Vec<Band>,
}

/// From its first bin on, the triangle in runs of eight, zeros behind.
struct Band {
    first: usize,
    weights: Vec<Lanes>,
}

impl Features {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "small whole numbers; f32 is the result"
    )]
    pub(crate) fn new() -> Self {
        let window = std::array::from_fn(|n| ((1.0 - (TAU * n as f64 / WINDOW as f64).cos()) / 2.0) as f32);
        Self { window, bands: CORNERS.windows(3).map(|corners| Band::of(corners[0], corners[1], corners[2])).collect() }
    }

    /// The newest of the window's samples, after those of `frame` have pushed the oldest ones out; `before` is the sample
    /// before them.
    #[inline(always)]
    pub(crate) fn take(samples: &mut [f32; WINDOW], before: &mut f32, frame: &[f32; FRAME]) {
        samples.copy_within(FRAME.., 0);
        let newest = &mut samples[WINDOW - FRAME..];
        newest[0] = frame[0] * SCALE - EMPHASIS * *before;
        for (newest, pair) in newest[1..].iter_mut().zip(frame.windows(2)) {
            *newest = pair[1] * SCALE - EMPHASIS * (pair[0] * SCALE);
        }
        *before = frame[FRAME - 1] * SCALE;
    }

    /// What fades the window's samples in and out.
    pub(crate) fn window(&self) -> &[f32; WINDOW] {
        &self.window
    }

    /// The natural logarithm of the power in each band, where `power` is that of each bin at full scale 1; all of them
    /// divided by their root mean square, each times its factor.
    #[inline(always)]
    pub(crate) fn bands(&self, power: &[f32], factors: &[f32; BANDS]) -> [f32; BANDS] {
        let mut levels = [0.0; BANDS];
        for (level, band) in levels.iter_mut().zip(&self.bands) {
            *level = (band.sum(power) + 1e-20).ln();
        }
        let squares: f32 = levels.iter().map(|level| level * level).sum();
        #[allow(clippy::cast_precision_loss, reason = "40")]
        let scale = (squares / BANDS as f32).sqrt().recip();
        for (level, factor) in levels.iter_mut().zip(factors) {
            *level = factor * *level * scale;
        }
        levels
    }
}

impl Band {
    #[allow(clippy::cast_possible_truncation, reason = "f32 is the result")]
    fn of(start: u16, peak: u16, end: u16) -> Self {
        let weight = |bin: u16| {
            let bin = f64::from(bin);
            let rising = (bin - f64::from(start)) / f64::from(peak - start);
            let falling = (f64::from(end) - bin) / f64::from(end - peak);
            rising.min(falling) as f32
        };
        let weights: Vec<f32> = (start..end).map(weight).collect();
        let (runs, rest) = weights.as_chunks::<LANES>();
        let mut last = [0.0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        Self { first: usize::from(start), weights: runs.iter().copied().chain([last]).collect() }
    }

    /// Eight sums side by side, then those.
    #[inline(always)]
    fn sum(&self, power: &[f32]) -> f32 {
        let mut sums = [0.0_f32; LANES];
        for (weights, power) in self.weights.iter().zip(power[self.first..].as_chunks::<LANES>().0) {
            for ((sum, weight), power) in sums.iter_mut().zip(weights).zip(power) {
                *sum += weight * power;
            }
        }
        sums.iter().sum()
    }
}
