//! `ClippingDetectorNode` on samples counted by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use anabranch_node::testing::{Harness, audio_of};
use anabranch_nodes::ClippingDetectorNode;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use support::{cut, fields, plain, refuses, sine, spec_is_whole};

/// At 1 kHz, where a sample is 1 ms. `#` is clipped, `.` is not.
fn events(params: &Json, drawn: &str) -> Vec<[f64; 3]> {
    let samples: Vec<f32> = drawn.chars().map(|each| if each == '#' { -1.0 } else { 0.5 }).collect();
    let outputs = cut::<ClippingDetectorNode>(params, &samples, 1000, 1, &[7]);
    fields(&plain(&outputs, "event"), ["start_ms", "end_ms", "samples"])
}

#[test]
fn runs_that_are_long_enough() {
    let alone = json!({ "merge_ms": 0 });
    assert_eq!(events(&alone, "##..###..####.#"), [[4.0, 7.0, 3.0], [9.0, 13.0, 4.0]]);
    assert_eq!(events(&alone, "..###"), [[2.0, 5.0, 3.0]]);
    assert_eq!(events(&alone, "##.##.##"), [] as [[f64; 3]; 0]);
    assert_eq!(events(&json!({ "merge_ms": 0, "min_samples": 1 }), "#.##"), [[0.0, 1.0, 1.0], [2.0, 4.0, 2.0]]);
}

#[test]
fn what_is_near_is_one_event() {
    let merge = json!({ "merge_ms": 4 });
    assert_eq!(events(&merge, "###....###"), [[0.0, 10.0, 6.0]]);
    assert_eq!(events(&merge, "###.....###"), [[0.0, 3.0, 3.0], [8.0, 11.0, 3.0]]);
    // A peak between counts neither as clipped nor as near.
    assert_eq!(events(&merge, "###...#....###"), [[0.0, 3.0, 3.0], [11.0, 14.0, 3.0]]);
}

#[test]
fn a_clipped_sine_is_one_event_on_its_channel() {
    let clean = sine(440.0, 0.9, 48_000, 48_000);
    let clipped: Vec<f32> = sine(440.0, 1.5, 48_000, 48_000).iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    let stereo: Vec<f32> = clean.iter().zip(&clipped).flat_map(|(left, right)| [*left, *right]).collect();
    let found = plain(&cut::<ClippingDetectorNode>(&json!({}), &stereo, 48_000, 2, &[960]), "event");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["channel"], 1);
    // |1.5 · sin| ≥ 0.999 for 1 − (2/π) · asin(0.666) = 53.6 % of the time.
    let samples = found[0]["samples"].as_f64().unwrap();
    assert!((samples / 48_000.0 - 0.536).abs() < 0.002, "{samples}");
}

#[test]
fn infinite_is_clipped_and_not_a_number_is_not() {
    let samples = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NAN, f32::NAN, f32::NAN];
    let found = plain(&cut::<ClippingDetectorNode>(&json!({}), &samples, 1000, 1, &[2]), "event");
    assert_eq!(fields(&found, ["start_ms", "end_ms", "samples"]), [[0.0, 3.0, 3.0]]);
}

#[test]
fn another_format_closes_what_is_open_and_reset_forgets_it() {
    let mut harness = Harness::of::<ClippingDetectorNode>(&json!({})).unwrap();
    harness.audio(&[1.0; 4], 1000, 1).unwrap();
    let closed = plain(&harness.audio(&[1.0; 8], 1000, 2).unwrap(), "event");
    assert_eq!(fields(&closed, ["start_ms", "end_ms", "samples", "channel"]), [[0.0, 4.0, 4.0, 0.0]]);
    assert!(harness.node().reset().unwrap());
    assert!(plain(&harness.flush().unwrap(), "event").is_empty());
}

#[test]
fn params_and_spec() {
    refuses::<ClippingDetectorNode>(&[
        (r#"{"threshold":0,"min_samples":0,"merge_ms":-1}"#, &["threshold", "min_samples", "merge_ms"]),
        (r#"{"min_samples":2.5}"#, &["min_samples"]),
    ]);
    assert_eq!(spec_is_whole::<ClippingDetectorNode>()["properties"]["min_samples"]["default"], 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(
        sizes in prop::collection::vec(1..50_usize, 1..6),
        stereo in prop::collection::vec(prop_oneof![Just(1.0_f32), Just(-1.0), Just(0.2)], 0..300),
        merge_ms in 0..8_u8,
    ) {
        let samples = &stereo[..stereo.len() / 2 * 2];
        let params = json!({ "merge_ms": merge_ms, "min_samples": 2 });
        let once = cut::<ClippingDetectorNode>(&params, samples, 1000, 2, &[150]);
        let other = cut::<ClippingDetectorNode>(&params, samples, 1000, 2, &sizes);
        prop_assert_eq!(plain(&other, "event"), plain(&once, "event"));
        prop_assert_eq!(audio_of(&other, "output").unwrap(), samples);
    }
}
