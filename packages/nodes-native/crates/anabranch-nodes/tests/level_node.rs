//! `LevelNode` against levels by hand, and against the test signals of EBU Tech 3341.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use anabranch_node::ErrorCode;
use anabranch_node::testing::{Harness, audio_of};
use anabranch_nodes::LevelNode;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use support::{White, after_gap, cut, fields, number, plain, refuses, sine, spec_is_whole};

fn stereo(samples: &[f32]) -> Vec<f32> {
    samples.iter().flat_map(|sample| [*sample; 2]).collect()
}

fn amplitude(db: f64) -> f64 {
    10_f64.powf(db / 20.0)
}

fn near(record: &Json, field: &str, expected: f64, tolerance: f64) {
    let found = number(record, field);
    assert!((found - expected).abs() <= tolerance, "{field} is {found}, expected {expected}");
}

#[test]
fn a_sine_has_its_amplitude_as_peak_and_three_db_less_as_rms() {
    let samples = sine(1000.0, 0.5, 48_000, 48_000);
    let outputs = cut::<LevelNode>(&json!({}), &samples, 48_000, 1, &[960]);
    let levels = plain(&outputs, "level");
    assert_eq!(levels.len(), 10);
    for (index, level) in (0_u32..).zip(&levels) {
        near(level, "start_ms", f64::from(index) * 100.0, 1e-9);
        near(level, "end_ms", f64::from(index) * 100.0 + 100.0, 1e-9);
        // 20 · log10(0.5) = −6.02; RMS 0.5 / √2: −9.03.
        near(level, "peak_db", -6.02, 1e-9);
        near(level, "rms_db", -9.03, 1e-9);
        assert_eq!(level["lufs_momentary"].is_number(), index >= 3, "400 ms have to be heard first");
        assert!(level["true_peak_db"].is_null());
    }
}

#[test]
fn ebu_tech_3341_one_and_two() {
    // Test cases 1 and 2: a stereo sine of 1 kHz with peaks at −23 and −33 dBFS for 20 s has M = I = −23 and −33 LUFS ±0.1.
    for db in [-23.0, -33.0] {
        let samples = stereo(&sine(1000.0, amplitude(db), 48_000, 20 * 48_000));
        let outputs = cut::<LevelNode>(&json!({}), &samples, 48_000, 2, &[4096]);
        let levels = plain(&outputs, "level");
        near(&levels[199], "lufs_momentary", db, 0.1);
        near(&plain(&outputs, "summary")[0], "lufs_integrated", db, 0.1);
    }
}

#[test]
fn ebu_tech_3341_three_is_gated() {
    // Test case 3: −36 dBFS for 10 s, −23 for 60 s, −36 for 10 s has I = −23.0 LUFS ±0.1: the quiet parts are gated out.
    let part = |db: f64, seconds: usize| stereo(&sine(1000.0, amplitude(db), 48_000, seconds * 48_000));
    let samples = [part(-36.0, 10), part(-23.0, 60), part(-36.0, 10)].concat();
    let outputs = cut::<LevelNode>(&json!({ "window_ms": 1000 }), &samples, 48_000, 2, &[48_000]);
    near(&plain(&outputs, "summary")[0], "lufs_integrated", -23.0, 0.1);
}

#[test]
fn the_true_peak_lies_between_the_samples() {
    // Tech 3341, test case 15 and on: a sine of a quarter of the rate, 45° shifted, never meets its peak: the samples are
    // at a / √2, the true peak is a (+0.2 / −0.4 dB).
    let samples: Vec<f32> = [0.5_f32, 0.5, -0.5, -0.5].repeat(12_000);
    let outputs = cut::<LevelNode>(&json!({ "true_peak": true }), &samples, 48_000, 1, &[960]);
    let whole = &plain(&outputs, "summary")[0];
    near(whole, "peak_db", -6.02, 1e-9);
    let found = number(&plain(&outputs, "level")[5], "true_peak_db");
    let expected = 20.0 * (0.5 * std::f64::consts::SQRT_2).log10();
    assert!((expected - 0.4..=expected + 0.2).contains(&found), "{found}, expected {expected}");
}

#[test]
fn silence_is_at_the_floor_and_not_null() {
    let outputs = cut::<LevelNode>(&json!({ "true_peak": true }), &vec![0.0; 24_000], 48_000, 1, &[960]);
    let names = ["peak_db", "rms_db", "true_peak_db"];
    assert!(fields(&plain(&outputs, "level"), names).iter().flatten().all(|db| (db + 120.0).abs() < 1e-9));
    near(&plain(&outputs, "level")[4], "lufs_momentary", -120.0, 1e-9);
    near(&plain(&outputs, "summary")[0], "lufs_integrated", -120.0, 1e-9);
}

#[test]
fn the_last_window_may_be_shorter_and_the_summary_is_of_all() {
    let samples = [vec![-0.5_f32; 800], vec![0.1_f32; 200]].concat();
    let outputs = cut::<LevelNode>(&json!({}), &samples, 8000, 1, &[333]);
    let names = ["start_ms", "end_ms", "peak_db", "rms_db"];
    assert_eq!(fields(&plain(&outputs, "level"), names), [[0.0, 100.0, -6.02, -6.02], [100.0, 125.0, -20.0, -20.0]]);
    // 10 · log10((800 · 0.25 + 200 · 0.01) / 1000) = −6.95.
    assert_eq!(fields(&plain(&outputs, "summary"), names), [[0.0, 125.0, -6.02, -6.95]]);
}

#[test]
fn samples_that_are_no_numbers_count_as_zero() {
    let mut samples = sine(1000.0, 0.5, 48_000, 48_000);
    let clean: Vec<f32> =
        samples.iter().enumerate().map(|(n, sample)| if n % 7 == 0 { 0.0 } else { *sample }).collect();
    for (n, sample) in samples.iter_mut().enumerate().filter(|(n, _)| n % 7 == 0) {
        *sample = if n % 2 == 0 { f32::NAN } else { f32::NEG_INFINITY };
    }
    let of = |samples: &[f32]| plain(&cut::<LevelNode>(&json!({}), samples, 48_000, 1, &[960]), "level");
    assert_eq!(of(&samples), of(&clean));
}

#[test]
fn a_gap_ends_one_stream_and_reset_forgets_it() {
    let samples = vec![0.5; 1000];
    let mut harness = Harness::of::<LevelNode>(&json!({ "loudness": false })).unwrap();
    harness.audio(&samples, 8000, 1).unwrap();
    let closed = after_gap(&mut harness, &samples, 8000, 7e6);
    let times = ["start_ms", "end_ms"];
    assert_eq!(fields(&plain(&closed, "level"), times), [[100.0, 125.0], [7000.0, 7100.0]]);
    assert_eq!(fields(&plain(&closed, "summary"), times), [[0.0, 125.0]]);
    assert!(harness.node().reset().unwrap());
    assert!(harness.flush().unwrap().is_empty());
}

#[test]
fn loudness_needs_a_rate_that_it_is_made_for() {
    let mut harness = Harness::of::<LevelNode>(&json!({})).unwrap();
    assert_eq!(harness.audio(&[0.0; 10], 4000, 1).map(|_| ()).unwrap_err().code(), ErrorCode::AudioFormat);
    assert!(harness.audio(&[0.0; 10], 8000, 1).is_ok());
    assert!(Harness::of::<LevelNode>(&json!({ "loudness": false })).unwrap().audio(&[0.0; 10], 4000, 1).is_ok());
}

#[test]
fn params_and_spec() {
    refuses::<LevelNode>(&[(r#"{"window_ms":0}"#, &["window_ms"]), (r#"{"lufs":true}"#, &["lufs"])]);
    assert_eq!(spec_is_whole::<LevelNode>()["properties"]["window_ms"]["default"], 100.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(
        sizes in prop::collection::vec(1..2000_usize, 1..6),
        channels in 1..=6_u16,
        true_peak in any::<bool>(),
    ) {
        let samples = White::new().samples(0.2, 9_001 * usize::from(channels));
        let params = json!({ "window_ms": 37, "true_peak": true_peak });
        let once = cut::<LevelNode>(&params, &samples, 11_025, channels, &[9_001]);
        let other = cut::<LevelNode>(&params, &samples, 11_025, channels, &sizes);
        prop_assert_eq!(plain(&once, "level").len(), 23);
        prop_assert_eq!(plain(&other, "level"), plain(&once, "level"));
        prop_assert_eq!(plain(&other, "summary"), plain(&once, "summary"));
        prop_assert_eq!(audio_of(&other, "output").unwrap(), samples);
    }
}
