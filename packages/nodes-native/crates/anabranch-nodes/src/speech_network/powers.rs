//! The power at each frequency of the window.

#![allow(clippy::inline_always, reason = "the caller's instruction set holds only for what is inlined in it")]

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::features::{SCALE, TRANSFORM};

/// Even and odd samples are the real and the imaginary parts of a transform of half the length.
const HALF: usize = TRANSFORM / 2;

/// The transform, with its memory.
pub(crate) struct Powers {
    fft: Arc<dyn Fft<f32>>,
    /// By frequency: how far it turns from one sample to the next.
    cos: [f32; HALF],
    sin: [f32; HALF],
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Powers {
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers; f32 is the result")]
    pub(crate) fn new() -> Self {
        let fft = FftPlanner::new().plan_fft_forward(HALF);
        let turn = |bin: usize| TAU * bin as f64 / TRANSFORM as f64;
        Self {
            cos: std::array::from_fn(|bin| turn(bin).cos() as f32),
            sin: std::array::from_fn(|bin| turn(bin).sin() as f32),
            bins: vec![Complex::default(); HALF],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
        }
    }

    /// Of `samples` times `window`, zeros behind, at full scale 1; without the highest frequency, which nothing hears.
    #[inline(always)]
    pub(crate) fn of(&mut self, samples: &[f32], window: &[f32]) -> [f32; HALF] {
        let pairs = samples.as_chunks::<2>().0.iter().zip(window.as_chunks::<2>().0);
        for (to, (samples, factors)) in self.bins.iter_mut().zip(pairs) {
            *to = Complex::new(samples[0] * factors[0], samples[1] * factors[1]);
        }
        self.bins[samples.len() / 2..].fill(Complex::default());
        self.fft.process_with_scratch(&mut self.bins, &mut self.scratch);
        self.apart()
    }

    /// Takes even and odd samples apart: what they have in common at a frequency and at its mirror is that of the even ones,
    /// in which they differ that of the odd ones. Both are twice as large here.
    #[inline(always)]
    fn apart(&self) -> [f32; HALF] {
        let (mut re, mut im) = ([0.0; HALF], [0.0; HALF]);
        for ((re, im), bin) in re.iter_mut().zip(&mut im).zip(&self.bins) {
            (*re, *im) = (bin.re, bin.im);
        }
        let mut powers = [0.0; HALF];
        powers[0] = power(2.0 * (re[0] + im[0]), 0.0);
        let here = re[1..].iter().zip(&im[1..]);
        let mirror = re[1..].iter().rev().zip(im[1..].iter().rev());
        let turns = self.cos[1..].iter().zip(&self.sin[1..]);
        for (to, ((here, mirror), (cos, sin))) in powers[1..].iter_mut().zip(here.zip(mirror).zip(turns)) {
            let (even_re, even_im) = (here.0 + mirror.0, here.1 - mirror.1);
            let (odd_re, odd_im) = (here.1 + mirror.1, mirror.0 - here.0);
            *to = power(even_re + cos * odd_re + sin * odd_im, even_im + cos * odd_im - sin * odd_re);
        }
        powers
    }
}

/// Of twice a bin, at full scale 1.
#[inline(always)]
fn power(re: f32, im: f32) -> f32 {
    (re * re + im * im) * (0.25 / (SCALE * SCALE))
}
