//! What `AudioResampleNode` of quality `high` does to tones. A tone is sent through, and the sine of the same frequency
//! that fits the output best is found by least squares; its amplitude is the gain, all the rest is distortion and noise.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::f64::consts::TAU;

use anabranch_node::testing::{Harness, audio_of};
use anabranch_nodes::AudioResampleNode;
use serde_json::json;

const PAIRS: [(u32, u32); 6] =
    [(48_000, 16_000), (16_000, 48_000), (44_100, 16_000), (8_000, 11_025), (96_000, 44_100), (44_100, 48_000)];
const AMPLITUDE: f64 = 0.5;

/// The middle of what comes out for a tone of `hz`, away from both ends.
fn output_for(hz: f64, (from, to): (u32, u32)) -> Vec<f64> {
    let length = from / 4;
    #[allow(clippy::cast_possible_truncation)]
    let tone: Vec<f32> =
        (0..length).map(|n| (AMPLITUDE * (TAU * hz * f64::from(n) / f64::from(from)).sin()) as f32).collect();
    let params = json!({ "input_rate": from, "output_rate": to, "quality": "high" });
    let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
    let output = audio_of(&node.stream(&tone, from, 1, length as usize).unwrap(), "output").unwrap();
    // The filter is as long as a block: at most 82 ms.
    output[output.len() * 2 / 5..output.len() * 3 / 5].iter().map(|sample| f64::from(*sample)).collect()
}

/// Gain of the tone, and the level of the rest relative to the tone that went in, both in dB.
fn measured(hz: f64, pair: (u32, u32)) -> (f64, f64) {
    let output = output_for(hz, pair);
    let step = TAU * hz / f64::from(pair.1);
    let (mut ss, mut sc, mut cc, mut ys, mut yc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, y) in (0_u32..).zip(&output) {
        let (s, c) = (step * f64::from(n)).sin_cos();
        (ss, sc, cc) = (ss + s * s, sc + s * c, cc + c * c);
        (ys, yc) = (ys + y * s, yc + y * c);
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = ((ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant);
    let rest: f64 = (0_u32..)
        .zip(&output)
        .map(|(n, y)| {
            let (s, c) = (step * f64::from(n)).sin_cos();
            (y - a * s - b * c).powi(2)
        })
        .sum();
    (decibels(a.hypot(b) / AMPLITUDE), level(rest, output.len()))
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

/// The level of a sum of squares relative to the tone that went in.
fn level(squares: f64, count: usize) -> f64 {
    let count = f64::from(u32::try_from(count).unwrap());
    decibels((squares / count).sqrt() / (AMPLITUDE / 2.0_f64.sqrt()))
}

fn lower_nyquist((from, to): (u32, u32)) -> f64 {
    f64::from(from.min(to)) / 2.0
}

#[test]
fn is_flat_and_clean_to_0_85_of_the_lower_nyquist() {
    for pair in PAIRS {
        for step in [0.02, 0.13, 0.31, 0.5, 0.66, 0.77, 0.82, 0.85] {
            let (gain, rest) = measured(step * lower_nyquist(pair), pair);
            assert!(gain.abs() <= 0.01, "{pair:?} Hz: {gain} dB at {step} of the lower Nyquist");
            assert!(rest <= -120.0, "{pair:?} Hz: rest of {rest} dB at {step} of the lower Nyquist");
        }
    }
}

#[test]
fn thd_and_noise_of_1_khz_are_below_minus_120_db() {
    for pair in PAIRS {
        let (gain, rest) = measured(1_000.0, pair);
        assert!(rest - gain <= -120.0, "{pair:?} Hz: {} dB", rest - gain);
    }
}

#[test]
fn what_lies_above_the_lower_nyquist_does_not_come_through() {
    for pair in PAIRS {
        let (from, to) = pair;
        for step in [1.05, 1.1, 1.3, 1.7, 2.1, 2.9] {
            let hz = step * lower_nyquist(pair);
            if from > to && hz < f64::from(from) / 2.0 {
                // It would fold back: nothing may come out at all.
                let output = output_for(hz, pair);
                let level = level(output.iter().map(|sample| sample * sample).sum(), output.len());
                assert!(level <= -120.0, "{pair:?} Hz: {level} dB at {step} of the lower Nyquist");
            }
        }
        if from < to {
            // The image of a tone at 0.95 of the lower Nyquist frequency lies at 1.05 of it, that of 0.9 at 1.1.
            for step in [0.95, 0.9] {
                let (_, rest) = measured(step * lower_nyquist(pair), pair);
                assert!(rest <= -120.0, "{pair:?} Hz: {rest} dB of images of {step} of the lower Nyquist");
            }
        }
    }
}
