//! Blocks of one channel from one rate to another, by the spectrum: overlap-add, with the low-pass filter as long as a block.
//!
//! Real numbers lie in transforms of half the length, even ones as the real and odd ones as the imaginary part. They are taken
//! apart only where something is let through: below the Nyquist frequency of the lower rate.

use std::f64::consts::{PI, TAU};
use std::fmt;
use std::sync::Arc;

use rubato::{WindowFunction, calculate_cutoff};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::simd_dispatch::{Wide, widest};

/// The transforms and the filter between two block lengths; memory for one call.
pub(crate) struct BlockResampler {
    forward: Arc<dyn Fft<f32>>,
    back: Arc<dyn Fft<f32>>,
    /// Of the frequencies from 0 up to the lower Nyquist frequency.
    filter: Vec<Complex<f32>>,
    /// By frequency: how far it turns from one sample to the next, on both sides.
    turns_in: Vec<Complex<f32>>,
    turns_out: Vec<Complex<f32>>,
    input: Vec<Complex<f32>>,
    output: Vec<Complex<f32>>,
    /// What comes out, by frequency; above the lower Nyquist frequency it stays 0.
    re: Vec<f32>,
    im: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

impl fmt::Debug for BlockResampler {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "BlockResampler {} to {}", self.input.len(), self.output.len())
    }
}

impl BlockResampler {
    /// From blocks of `input` samples to blocks of `output`, both even.
    pub(crate) fn new(input: usize, output: usize) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, back) = (planner.plan_fft_forward(input), planner.plan_fft_inverse(output));
        let longest = forward.get_inplace_scratch_len().max(back.get_inplace_scratch_len());
        let low = input.min(output);
        Self {
            filter: filter(input, low),
            turns_in: turns(low, input),
            turns_out: turns(output, output),
            input: vec![Complex::default(); input],
            output: vec![Complex::default(); output],
            re: vec![0.0; output + 1],
            im: vec![0.0; output + 1],
            scratch: vec![Complex::default(); longest],
            forward,
            back,
        }
    }

    /// One block. `tail` is what the blocks before reach into it with, and then what it reaches into the next one with.
    pub(crate) fn process(&mut self, from: &[f32], to: &mut [f32], tail: &mut [f32]) {
        widest(Process { resampler: self, from, to, tail });
    }
}

/// How far the first `count` frequencies of blocks of `length` samples turn from one sample to the next.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a block is shorter than 2^53; f32 is the result"
)]
fn turns(count: usize, length: usize) -> Vec<Complex<f32>> {
    let angle = |bin: usize| PI * bin as f64 / length as f64;
    (0..count).map(|bin| Complex::new(angle(bin).cos() as f32, angle(bin).sin() as f32)).collect()
}

/// The spectrum of the filter: a sinc under the square of a Blackman–Harris window, which lets through what is below the
/// Nyquist frequency of the lower rate, where a block has `low` samples. It delays by half a block.
fn filter(input: usize, low: usize) -> Vec<Complex<f32>> {
    #[allow(clippy::cast_precision_loss, reason = "a block is shorter than 2^53")]
    let number = |n: usize| n as f64;
    let cutoff = calculate_cutoff::<f64>(low, WindowFunction::BlackmanHarris2) * number(low) / number(input);
    let tap = |n: usize| {
        let x = PI * cutoff * (number(n) - number(input / 2));
        let sinc = if n == input / 2 { 1.0 } else { x.sin() / x };
        sinc * blackman_harris(number(n) / number(input)).powi(2)
    };
    let taps: Vec<f64> = (0..input).map(tap).collect();
    // What is constant comes out as it went in; neither transform divides by its length, and what is taken apart is twice
    // as large.
    let scale = 0.5 / (taps.iter().sum::<f64>() * number(2 * input));
    let mut spectrum: Vec<Complex<f64>> = taps.iter().map(|tap| Complex::new(tap * scale, 0.0)).collect();
    spectrum.resize(2 * input, Complex::default());
    FftPlanner::new().plan_fft_forward(2 * input).process(&mut spectrum);
    #[allow(clippy::cast_possible_truncation, reason = "f32 is what it is applied in")]
    spectrum[..low].iter().map(|bin| Complex::new(bin.re as f32, bin.im as f32)).collect()
}

/// The window of Blackman and Harris at `x` of its length, 0 … 1.
fn blackman_harris(x: f64) -> f64 {
    0.358_75 - 0.488_29 * (TAU * x).cos() + 0.141_28 * (2.0 * TAU * x).cos() - 0.011_68 * (3.0 * TAU * x).cos()
}

/// The work of one call.
struct Process<'a> {
    resampler: &'a mut BlockResampler,
    from: &'a [f32],
    to: &'a mut [f32],
    tail: &'a mut [f32],
}

impl Wide for Process<'_> {
    type Output = ();

    #[allow(clippy::inline_always, reason = "as the trait asks")]
    #[inline(always)]
    fn run(self) {
        let BlockResampler { forward, back, filter, turns_in, turns_out, input, output, re, im, scratch } =
            self.resampler;
        let (filled, silent) = input.split_at_mut(self.from.len() / 2);
        for (to, pair) in filled.iter_mut().zip(self.from.as_chunks::<2>().0) {
            *to = Complex::new(pair[0], pair[1]);
        }
        silent.fill(Complex::default());
        forward.process_with_scratch(input, scratch);

        // What even and odd samples have in common at a frequency and at its mirror is that of the even ones, in which they
        // differ that of the odd ones.
        let low = filter.len();
        re[0] = 2.0 * (input[0].re + input[0].im) * filter[0].re;
        let both = input[1..low].iter().zip(input[input.len() - (low - 1)..].iter().rev());
        let bins = re[1..low].iter_mut().zip(&mut im[1..low]);
        for ((to, (here, mirror)), (turn, filter)) in bins.zip(both).zip(turns_in[1..].iter().zip(&filter[1..])) {
            let (odd_re, odd_im) = (here.im + mirror.im, mirror.re - here.re);
            let bin_re = here.re + mirror.re + turn.re * odd_re + turn.im * odd_im;
            let bin_im = here.im - mirror.im + turn.re * odd_im - turn.im * odd_re;
            *to.0 = bin_re * filter.re - bin_im * filter.im;
            *to.1 = bin_re * filter.im + bin_im * filter.re;
        }

        // And the same the other way round.
        let mirror = re[1..].iter().rev().zip(im[1..].iter().rev());
        for (((to, here), mirror), turn) in output.iter_mut().zip(re.iter().zip(&*im)).zip(mirror).zip(&*turns_out) {
            let (odd_re, odd_im) = (here.0 - mirror.0, here.1 + mirror.1);
            to.re = here.0 + mirror.0 - (odd_re * turn.im + odd_im * turn.re);
            to.im = here.1 - mirror.1 + (odd_re * turn.re - odd_im * turn.im);
        }
        back.process_with_scratch(output, scratch);

        let (now, later) = output.split_at(output.len() / 2);
        let tails = self.tail.as_chunks_mut::<2>().0;
        for ((to, given), tail) in self.to.as_chunks_mut::<2>().0.iter_mut().zip(now).zip(&*tails) {
            *to = [given.re + tail[0], given.im + tail[1]];
        }
        for (tail, later) in tails.iter_mut().zip(later) {
            *tail = [later.re, later.im];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: the sum over all taps of the filter, for a rate that comes in three times as fast.
    #[test]
    fn gives_every_third_sample_of_what_the_filter_lets_through() {
        let (input, output) = (192, 64);
        let from: Vec<f32> = (0_u16..6 * 192).map(|n| (f32::from(n) * 0.05).sin() * 0.4).collect();
        let mut resampler = BlockResampler::new(input, output);
        let (mut to, mut tail) = (vec![0.0; 6 * output], vec![0.0; output]);
        for (from, to) in from.chunks(input).zip(to.chunks_mut(output)) {
            resampler.process(from, to, &mut tail);
        }
        // The tone is far below the Nyquist frequency: it comes out as it was half a block before.
        for (n, sample) in (0_u16..).zip(&to).skip(3 * output / 2) {
            let expected = (f32::from(n - 32) * 0.15).sin() * 0.4;
            assert!((sample - expected).abs() < 1e-4, "{n}: {sample}, expected {expected}");
        }
    }

    #[test]
    fn what_is_constant_stays_so() {
        for (input, output) in [(384, 128), (128, 384), (294, 320)] {
            let mut resampler = BlockResampler::new(input, output);
            let (mut to, mut tail) = (vec![0.0; output], vec![0.0; output]);
            for _ in 0..4 {
                resampler.process(&vec![0.5; input], &mut to, &mut tail);
            }
            assert!(to.iter().all(|sample| (sample - 0.5).abs() < 1e-6), "{input} to {output}: {to:?}");
        }
    }
}
