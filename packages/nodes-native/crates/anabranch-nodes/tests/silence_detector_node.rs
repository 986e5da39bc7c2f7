//! `SilenceDetectorNode` on signals whose silence is known by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use anabranch_node::testing::{Harness, audio_of};
use anabranch_nodes::SilenceDetectorNode;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use support::{after_gap, cut, fields, plain, refuses, sine, spec_is_whole};

fn events(params: &Json, samples: &[f32], rate: u32, channels: u16, sizes: &[usize]) -> Vec<[f64; 2]> {
    fields(&plain(&cut::<SilenceDetectorNode>(params, samples, rate, channels, sizes), "event"), ["start_ms", "end_ms"])
}

/// Levels in dBFS (RMS), each for so many ms at 8 kHz: a square wave, whose RMS is its amplitude.
#[allow(clippy::cast_possible_truncation, reason = "to f32 on purpose")]
fn levels(parts: &[(f64, usize)]) -> Vec<f32> {
    let part = |(db, ms): &(f64, usize)| {
        let amplitude = 10_f64.powf(db / 20.0) as f32;
        [amplitude, -amplitude].repeat(ms * 4)
    };
    parts.iter().flat_map(part).collect()
}

#[test]
fn tells_silence_that_is_long_enough_and_closes_the_last_at_the_end() {
    let samples =
        levels(&[(-200.0, 600), (-20.0, 300), (-51.0, 400), (-20.0, 100), (-51.0, 500), (-49.0, 600), (-60.0, 503)]);
    let found = events(&json!({}), &samples, 8000, 1, &[160]);
    assert_eq!(found, [[0.0, 600.0], [1400.0, 1900.0], [2500.0, 3003.0]]);
}

#[test]
fn the_threshold_is_of_the_rms() {
    // A sine of amplitude a has an RMS of a / √2: −3.01 dB.
    for (amplitude_db, silent) in [(-47.1, true), (-46.9, false)] {
        let samples = sine(100.0, 10_f64.powf(amplitude_db / 20.0), 16_000, 16_000);
        assert_eq!(events(&json!({}), &samples, 16_000, 1, &[320]).len(), usize::from(silent), "{amplitude_db}");
    }
}

#[test]
fn one_loud_channel_is_no_silence() {
    let quiet_and_loud = [0.0, 0.01].repeat(8000);
    assert!(events(&json!({}), &quiet_and_loud, 8000, 2, &[80]).is_empty());
    let quiet = [0.0, 0.001].repeat(8000);
    assert_eq!(events(&json!({}), &quiet, 8000, 2, &[80]), [[0.0, 1000.0]]);
}

#[test]
fn samples_that_are_no_numbers_are_silent() {
    assert_eq!(events(&json!({}), &[f32::NAN, f32::INFINITY].repeat(4000), 8000, 1, &[80]), [[0.0, 1000.0]]);
}

#[test]
fn a_gap_and_another_format_close_what_is_open() {
    let mut harness = Harness::of::<SilenceDetectorNode>(&json!({})).unwrap();
    let quiet = vec![0.0; 8000];
    assert!(plain(&harness.audio(&quiet, 8000, 1).unwrap(), "event").is_empty());
    let other = plain(&harness.audio(&quiet, 16_000, 2).unwrap(), "event");
    assert_eq!(fields(&other, ["start_ms", "end_ms"]), [[0.0, 1000.0]]);
    // Those 250 ms are too short; what comes after the gap is a stream of its own.
    assert!(plain(&after_gap(&mut harness, &quiet, 16_000, 9e6), "event").is_empty());
    let last = plain(&harness.flush().unwrap(), "event");
    assert_eq!(fields(&last, ["start_ms", "end_ms"]), [[9000.0, 9500.0]]);
    assert!(plain(&harness.flush().unwrap(), "event").is_empty());
}

#[test]
fn reset_forgets() {
    let mut harness = Harness::of::<SilenceDetectorNode>(&json!({})).unwrap();
    harness.audio(&vec![0.0; 8000], 8000, 1).unwrap();
    assert!(harness.node().reset().unwrap());
    assert!(plain(&harness.flush().unwrap(), "event").is_empty());
}

#[test]
fn params_and_spec() {
    refuses::<SilenceDetectorNode>(&[
        (r#"{"threshold_db":1,"min_silence_ms":9,"window_ms":0.5}"#, &["threshold_db", "min_silence_ms", "window_ms"]),
        (r#"{"threshold":-50}"#, &["threshold"]),
    ]);
    assert_eq!(spec_is_whole::<SilenceDetectorNode>()["properties"]["threshold_db"]["default"], -50.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(
        sizes in prop::collection::vec(1..500_usize, 1..6),
        parts in prop::collection::vec((prop_oneof![Just(-60.0), Just(-20.0)], 1..200_usize), 1..12),
    ) {
        let samples = levels(&parts);
        let params = json!({ "min_silence_ms": 50 });
        let once = cut::<SilenceDetectorNode>(&params, &samples, 8000, 1, &[samples.len()]);
        let other = cut::<SilenceDetectorNode>(&params, &samples, 8000, 1, &sizes);
        prop_assert_eq!(plain(&other, "event"), plain(&once, "event"));
        prop_assert_eq!(audio_of(&other, "output").unwrap(), samples);
    }
}
