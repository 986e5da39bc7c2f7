//! The network that says how likely a frame is speech (README.md beside this file).

mod features;
mod layers;
mod powers;
mod weights;

use crate::simd_dispatch::{Wide, widest};
pub(crate) use features::FRAME;
use features::{Features, WINDOW};
use layers::{BANDS, FRAMES, UNITS, dot, in_steps, rectify, remember};
use powers::Powers;
use weights::Weights;

/// The network, with what it remembers of one stream.
pub(crate) struct SpeechNetwork {
    weights: &'static Weights,
    features: Features,
    powers: Powers,
    memory: Memory,
}

struct Memory {
    /// The last sample of the frame before.
    before: f32,
    samples: [f32; WINDOW],
    /// Of the newest frames, the oldest first.
    bands: [[f32; BANDS]; FRAMES],
    /// Of the two recurrent layers, in steps of 2⁻¹⁵.
    states: [i16; 2 * UNITS],
}

impl Memory {
    const NONE: Self =
        Self { before: 0.0, samples: [0.0; WINDOW], bands: [[0.0; BANDS]; FRAMES], states: [0; 2 * UNITS] };
}

impl SpeechNetwork {
    pub(crate) fn new() -> Self {
        Self { weights: Weights::of_file(), features: Features::new(), powers: Powers::new(), memory: Memory::NONE }
    }

    /// The probability of speech in the next 16 ms, 256 samples at 16 kHz in −1 … 1.
    pub(crate) fn probability(&mut self, frame: &[f32; FRAME]) -> f32 {
        widest(Next { network: self, frame })
    }

    /// Forgets the stream.
    pub(crate) fn reset(&mut self) {
        self.memory = Memory::NONE;
    }
}

/// The work of one frame.
struct Next<'a> {
    network: &'a mut SpeechNetwork,
    frame: &'a [f32; FRAME],
}

impl Wide for Next<'_> {
    type Output = f32;

    #[allow(clippy::inline_always, reason = "as the trait asks")]
    #[inline(always)]
    fn run(self) -> f32 {
        let SpeechNetwork { weights, features, powers, memory } = self.network;
        Features::take(&mut memory.samples, &mut memory.before, self.frame);
        let powers = powers.of(&memory.samples, features.window());
        memory.bands.copy_within(1.., 0);
        memory.bands[FRAMES - 1] = features.bands(&powers, &weights.bands);

        let wide = weights.widen.apply(&memory.bands);
        let mut half = weights.second.apply::<18, 9>(&wide);
        rectify(&mut half, &weights.second_bias);
        let heard = in_steps(&weights.third.apply(&half));
        let (inner, outer) = memory.states.split_at_mut(UNITS);
        remember(&heard, &weights.inner, inner);
        if let Ok(inner) = <&[i16; UNITS]>::try_from(&*inner) {
            remember(inner, &weights.outer, outer);
        }
        sigmoid(dot(&memory.states, &weights.output))
    }
}

/// Of a number in steps of 2⁻²⁴.
#[allow(clippy::cast_precision_loss, reason = "far fewer digits count")]
fn sigmoid(steps: i32) -> f32 {
    1.0 / (1.0 + (-(steps as f32) / 16_777_216.0).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 44 s of speech at 48 kHz: every third sample. What folds down into the band is as good as any other sound here.
    fn frames() -> Vec<[f32; FRAME]> {
        let wav = include_bytes!("../../../../../../examples/captions/data/two-cities-48k.wav");
        let samples: Vec<f32> = wav[44..]
            .chunks_exact(6)
            .map(|three| f32::from(i16::from_le_bytes([three[0], three[1]])) / 32_768.0)
            .collect();
        samples.as_chunks::<FRAME>().0.to_vec()
    }

    /// Transforms round differently, and so do the steps of 2⁻¹⁵ after it.
    #[test]
    fn says_of_speech_silence_and_noise_what_the_crate_says_that_it_is_from() {
        let mut network = SpeechNetwork::new();
        let mut theirs = earshot::Detector::default_boxed();
        let mut seed = 1_u32;
        let noise = std::array::from_fn(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from_bits(0x3F80_0000 | (seed >> 9)) - 1.5
        });
        let mut speech = frames();
        assert!(speech.len() > 2700);
        speech.extend(vec![[0.0; FRAME]; 100]);
        speech.extend(vec![noise; 100]);
        let (mut sum, mut worst) = (0.0_f32, 0.0_f32);
        for frame in &speech {
            let (ours, theirs) = (network.probability(frame), theirs.predict_f32(frame));
            worst = worst.max((ours - theirs).abs());
            sum += ours;
        }
        assert!(sum > 500.0, "it hears speech: {sum}");
        assert!(worst <= 5e-4, "{worst}");
    }

    #[test]
    fn both_builds_give_the_same_bits() {
        let (mut widest, mut every) = (SpeechNetwork::new(), SpeechNetwork::new());
        for frame in &frames() {
            let ours = widest.probability(frame);
            let plain = Next { network: &mut every, frame }.run();
            assert_eq!(ours.to_bits(), plain.to_bits());
        }
    }

    #[test]
    fn a_reset_network_begins_anew() {
        let (mut used, mut new) = (SpeechNetwork::new(), SpeechNetwork::new());
        let frames = frames();
        for frame in &frames[..200] {
            used.probability(frame);
        }
        used.reset();
        for frame in &frames[..20] {
            assert_eq!(used.probability(frame).to_bits(), new.probability(frame).to_bits());
        }
    }
}
