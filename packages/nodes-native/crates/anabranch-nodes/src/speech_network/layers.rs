//! The layers of the network. Each sum has one order, whatever the width of the machine's registers: two builds of these
//! functions give the same bits.
//!
//! The convolutions are depthwise separable (Howard et al., arXiv:1704.04861): taps along the bands for each
//! channel by itself, then a mix of all channels. The recurrent layers are minimal gated units whose gate and candidate
//! know the input alone (Feng et al., arXiv:2410.01201), in whole numbers.

#![allow(clippy::inline_always, reason = "the caller's instruction set holds only for what is inlined in it")]

/// Bands of the spectrum.
pub(crate) const BANDS: usize = 40;
/// Frames that the network sees at once.
pub(crate) const FRAMES: usize = 3;
/// Channels of the convolutions.
pub(crate) const CHANNELS: usize = 16;
/// Units of a recurrent layer.
pub(crate) const UNITS: usize = 64;

/// One number for each channel.
pub(crate) type Channels = [f32; CHANNELS];

/// Places where three taps fit on the bands.
const PLACES: usize = BANDS - 2;
/// Of 2⁻²⁴, what is one.
const ONE: i32 = (1 << 24) - 1;

/// The first layer: one channel becomes sixteen.
pub(crate) struct Widen {
    /// Those of the oldest frame first.
    pub(crate) taps: [f32; 3 * FRAMES],
    pub(crate) factor: Channels,
    pub(crate) bias: Channels,
}

impl Widen {
    /// `max(0, factor · Σ taps · bands + bias)`, of which every second place keeps the largest of three.
    ///
    /// The product and the sum, rounded, still rise or fall as the sum of the taps does: the largest of three comes of
    /// the largest or of the smallest sum, so that two products for each channel do the work of three.
    #[inline(always)]
    pub(crate) fn apply(&self, bands: &[[f32; BANDS]; FRAMES]) -> [Channels; 18] {
        let mut sums = [0.0_f32; PLACES];
        for (bands, taps) in bands.iter().zip(self.taps.chunks_exact(3)) {
            for (tap, factor) in taps.iter().enumerate() {
                for (sum, band) in sums.iter_mut().zip(&bands[tap..]) {
                    *sum += band * factor;
                }
            }
        }
        let mut outputs = [[0.0; CHANNELS]; 18];
        for (at, output) in outputs.iter_mut().enumerate() {
            let three = &sums[2 * at..2 * at + 3];
            let low = three[0].min(three[1]).min(three[2]);
            let high = three[0].max(three[1]).max(three[2]);
            for ((output, factor), bias) in output.iter_mut().zip(&self.factor).zip(&self.bias) {
                *output = (low * factor + bias).max(high * factor + bias).max(0.0);
            }
        }
        outputs
    }
}

/// A layer that halves the places.
pub(crate) struct Reduce {
    pub(crate) taps: [Channels; 3],
    /// Of each channel, what goes from it to all.
    pub(crate) mix: [Channels; CHANNELS],
}

impl Reduce {
    /// Around every second place three taps, none beyond the ends, for each channel; then the mix.
    #[inline(always)]
    pub(crate) fn apply<const IN: usize, const OUT: usize>(&self, inputs: &[Channels; IN]) -> [Channels; OUT] {
        let mut outputs = [[0.0; CHANNELS]; OUT];
        for (at, output) in outputs.iter_mut().enumerate() {
            let mut own = [0.0_f32; CHANNELS];
            for (tap, factors) in self.taps.iter().enumerate() {
                let Some(input) = (2 * at + tap).checked_sub(1).and_then(|place| inputs.get(place)) else { continue };
                for ((own, input), factor) in own.iter_mut().zip(input).zip(factors) {
                    *own += input * factor;
                }
            }
            for (own, factors) in own.iter().zip(&self.mix) {
                for (output, factor) in output.iter_mut().zip(factors) {
                    *output += own * factor;
                }
            }
        }
        outputs
    }
}

/// `max(0, input + bias)`.
#[inline(always)]
pub(crate) fn rectify<const N: usize>(inputs: &mut [Channels; N], biases: &Channels) {
    for input in inputs {
        for (input, bias) in input.iter_mut().zip(biases) {
            *input = (*input + bias).max(0.0);
        }
    }
}

/// In steps of 2⁻¹⁵, one place after another.
#[inline(always)]
pub(crate) fn in_steps(inputs: &[Channels; 5]) -> [i16; 80] {
    let mut steps = [0; 80];
    for (step, input) in steps.iter_mut().zip(inputs.as_flattened()) {
        #[allow(clippy::cast_possible_truncation, reason = "the cast clips")]
        {
            *step = (*input * 32_768.0).round() as i16;
        }
    }
    steps
}

/// A recurrent layer: `state` becomes `(1 − gate) · state + gate · candidate`, where `gate` is four times its sum, clipped
/// to 0 … 1. Sums are in steps of 2⁻²⁴, states in steps of 2⁻¹⁵.
#[inline(always)]
pub(crate) fn remember<const IN: usize>(inputs: &[i16; IN], weights: &[[i16; IN]], states: &mut [i16]) {
    let mut sums = [0; 2 * UNITS];
    for (sum, weights) in sums.iter_mut().zip(weights) {
        *sum = dot(inputs, weights);
    }
    let (candidates, gates) = sums.split_at(UNITS);
    // Apart from the sums, and without a branch: several units at once.
    for ((state, candidate), gate) in states.iter_mut().zip(candidates).zip(gates) {
        let gate = gate.wrapping_shl(2).clamp(0, ONE);
        let kept = i64::from(ONE - gate) * i64::from(i32::from(*state) << 9);
        let mixed = (kept + i64::from(gate) * i64::from(*candidate)) >> 33;
        #[allow(clippy::cast_possible_truncation, reason = "clipped before")]
        {
            *state = mixed.clamp(i64::from(i16::MIN), i64::from(i16::MAX)) as i16;
        }
    }
}

/// The sum of products, in 32 bits, which weights of a trained network do not leave.
#[inline(always)]
pub(crate) fn dot<const N: usize>(one: &[i16; N], other: &[i16; N]) -> i32 {
    one.iter().zip(other).fold(0, |sum: i32, (a, b)| sum.wrapping_add(i32::from(*a) * i32::from(*b)))
}
