//! `DenoiseNode` on speech in noise: exact length, no delay, any chunking, and less noise.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{ErrorCode, NodeFactory, Time};
use anabranch_nodes::DenoiseNode;
use proptest::prelude::*;
use serde_json::json;
use support::recordings::{two_cities, with_noise_at_10_db};
use support::{White, after_gap, cut, refuses, sine};

const RATE: u32 = 48_000;

fn denoised(samples: &[f32], channels: u16, sizes: &[usize]) -> Vec<f32> {
    audio_of(&cut::<DenoiseNode>(&json!({}), samples, RATE, channels, sizes), "output").unwrap()
}

/// 10 · log10 of the power of `clean` over that of `heard − clean`.
fn snr_db(clean: &[f32], heard: &[f32]) -> f64 {
    let power = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
    let signal = power(&mut clean.iter().map(|sample| f64::from(*sample)));
    let noise = power(&mut clean.iter().zip(heard).map(|(clean, heard)| f64::from(*heard) - f64::from(*clean)));
    10.0 * (signal / noise).log10()
}

#[test]
fn speech_in_noise_gets_clearer_by_at_least_four_db() {
    let recording = two_cities();
    let clean = recording.samples();
    let noisy = with_noise_at_10_db(&clean, recording.rms());
    let (before, after) = (snr_db(&clean, &noisy), snr_db(&clean, &denoised(&noisy, 1, &[960])));
    println!("{before:.2} dB before, {after:.2} dB after");
    assert!((before - 10.0).abs() < 0.05);
    assert!(after - before >= 4.0, "{before} dB before, {after} dB after");
}

#[test]
fn clean_speech_stays_where_it_was() {
    let clean = &two_cities().samples()[60_000..156_001];
    let heard = denoised(clean, 1, &[960]);
    assert_eq!(heard.len(), clean.len());
    // Were it late or early by a frame, or by some samples, the difference would be as loud as the speech.
    assert!(snr_db(clean, &heard) > 10.0, "{}", snr_db(clean, &heard));
    for shift in [1, 3, 480] {
        assert!(snr_db(clean, &heard) > snr_db(&clean[..clean.len() - shift], &heard[shift..]));
        assert!(snr_db(clean, &heard) > snr_db(&clean[shift..], &heard[..clean.len() - shift]));
    }
}

#[test]
fn as_much_leaves_as_was_taken() {
    let samples = White::new().samples(0.1, 4000);
    for length in [0, 1, 479, 480, 481, 959, 960, 961, 1440, 3999] {
        assert_eq!(denoised(&samples[..length], 1, &[160]).len(), length);
    }
}

#[test]
fn channels_do_not_hear_each_other() {
    let left = sine(300.0, 0.3, RATE, 9_700);
    let right = White::new().samples(0.1, 9_700);
    let both: Vec<f32> = left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]).collect();
    let heard = denoised(&both, 2, &[441]);
    let channel = |index: usize| heard.iter().copied().skip(index).step_by(2).collect::<Vec<f32>>();
    assert_eq!(channel(0), denoised(&left, 1, &[960]));
    assert_eq!(channel(1), denoised(&right, 1, &[960]));
}

#[test]
fn another_number_of_channels_gives_the_tail_first() {
    let samples = White::new().samples(0.1, 2_000);
    let mut harness = Harness::of::<DenoiseNode>(&json!({})).unwrap();
    let mut outputs = harness.audio(&samples, RATE, 1).unwrap();
    outputs.extend(harness.audio(&samples, RATE, 2).unwrap());
    outputs.extend(harness.flush().unwrap());
    let shapes = outputs.iter().map(|output| output.audio_buffer("output").unwrap());
    let shapes: Vec<_> = shapes.map(|buffer| (buffer.length(), buffer.channels())).collect();
    assert_eq!(shapes, [(1440, 1), (560, 1), (480, 2), (520, 2)]);
    let expected = [denoised(&samples, 1, &[960]), denoised(&samples, 2, &[960])].concat();
    assert_eq!(audio_of(&outputs, "output").unwrap(), expected);
}

#[test]
fn a_gap_begins_anew_and_so_does_reset() {
    let samples = White::new().samples(0.1, 2_000);
    let expected = denoised(&samples, 1, &[2_000]);
    let mut harness = Harness::of::<DenoiseNode>(&json!({})).unwrap();
    harness.audio(&samples[..1_700], RATE, 1).unwrap();
    let mut outputs = after_gap(&mut harness, &samples, RATE, 9e6);
    outputs.extend(harness.flush().unwrap());
    assert_eq!(audio_of(&outputs, "output").unwrap(), expected);

    harness.audio(&samples[..1_700], RATE, 1).unwrap();
    assert!(harness.node().reset().unwrap());
    let mut outputs = harness.audio(&samples, RATE, 1).unwrap();
    outputs.extend(harness.flush().unwrap());
    assert_eq!(audio_of(&outputs, "output").unwrap(), expected);
}

#[test]
fn frames_of_the_host_are_written_whole_and_suffice() {
    let samples = White::new().samples(0.1, 5_000);
    let mut harness = Harness::of::<DenoiseNode>(&json!({})).unwrap();
    for chunk in samples.chunks(700) {
        let most = harness.node().output_samples("output", chunk.len());
        for output in harness.audio(chunk, RATE, 1).unwrap() {
            let buffer = output.audio_buffer("output").unwrap();
            assert!(buffer.length() <= most);
            assert!(buffer.samples().iter().all(|sample| sample.is_finite()));
        }
    }
    assert!(
        harness.flush().unwrap()[0].audio_buffer("output").unwrap().length()
            <= harness.node().output_samples("output", 0) + 960
    );
}

#[test]
fn samples_that_are_no_numbers_do_no_lasting_harm() {
    let mut samples = vec![f32::NAN; 1000];
    samples.extend([f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30].repeat(500));
    samples.extend(vec![0.0; 96_000]);
    let heard = denoised(&samples, 1, &[960]);
    assert!(heard.iter().all(|sample| sample.is_finite()));
    assert!(heard[90_000..].iter().all(|sample| sample.abs() < 1e-3));
}

#[test]
fn params_formats_and_spec() {
    refuses::<DenoiseNode>(&[(r#"{"strength":1}"#, &["strength"])]);
    assert_eq!(NodeFactory::of::<DenoiseNode>().spec().time, Time::Samples);
    let mut harness = Harness::of::<DenoiseNode>(&json!({})).unwrap();
    let error = harness.audio(&[0.0; 16], 16_000, 1).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::AudioFormat);
    assert!(error.to_json()["fix"].as_str().unwrap().contains("AudioResampleNode"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(
        sizes in prop::collection::vec(1..2000_usize, 1..6),
        length in 1..6_000_usize,
        channels in 1..=2_u16,
    ) {
        let samples = White::new().samples(0.1, length * usize::from(channels));
        prop_assert_eq!(denoised(&samples, channels, &sizes), denoised(&samples, channels, &[length]));
    }
}
