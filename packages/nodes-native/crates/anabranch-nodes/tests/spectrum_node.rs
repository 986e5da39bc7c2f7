//! `SpectrumNode` against a Fourier transform by its definition, in f64.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]
#![allow(clippy::cast_precision_loss, reason = "short signals")]

mod support;

use anabranch_node::ErrorCode;
use anabranch_node::testing::{Harness, audio_of};
use anabranch_nodes::SpectrumNode;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::f64::consts::TAU;
use support::{White, cut, fields, plain, refuses, sine, spec_is_whole};

/// A window by 2πn / N.
type Window = fn(f64) -> f64;

fn bands(record: &Json) -> Vec<f64> {
    record["bands_db"].as_array().unwrap().iter().map(|db| db.as_f64().unwrap()).collect()
}

fn spectra(params: &Json, samples: &[f32], rate: u32, channels: u16) -> Vec<Json> {
    plain(&cut::<SpectrumNode>(params, samples, rate, channels, &[160]), "spectrum")
}

/// The same by definition: the sum over every sample for every bin, and the density of each bin summed over its part of a
/// band in steps of a thousandth.
fn by_definition(frame: &[f32], window: Window, rate: f64, count: u32, min_hz: f64) -> Vec<f64> {
    let size = frame.len();
    let weights: Vec<f64> = (0..size).map(|n| window(TAU * n as f64 / size as f64)).collect();
    let energy: f64 = weights.iter().map(|weight| weight * weight).sum();
    let power = |bin: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, (sample, weight)) in frame.iter().zip(&weights).enumerate() {
            let phase = TAU * ((bin * n) % size) as f64 / size as f64;
            re += f64::from(*sample) * weight * phase.cos();
            im -= f64::from(*sample) * weight * phase.sin();
        }
        let sides = if bin == 0 || bin == size / 2 { 1.0 } else { 2.0 };
        sides * (re * re + im * im) / (size as f64 * energy)
    };
    let bin_hz = rate / size as f64;
    let density: Vec<f64> = (0..=size / 2)
        .map(|bin| power(bin) / if bin == 0 || bin == size / 2 { bin_hz / 2.0 } else { bin_hz })
        .collect();
    let edge = |band: u32| min_hz * (rate / 2.0 / min_hz).powf(f64::from(band) / f64::from(count));
    (0..count)
        .map(|band| {
            let (low, step) = (edge(band), (edge(band + 1) - edge(band)) / 1000.0);
            let at = |index: u32| low + (f64::from(index) + 0.5) * step;
            let bin = |hz: f64| {
                let nearest = (0..density.len())
                    .min_by(|a, b| (*a as f64 * bin_hz - hz).abs().total_cmp(&(*b as f64 * bin_hz - hz).abs()));
                nearest.unwrap()
            };
            let sum: f64 = (0..1000).map(|index| density[bin(at(index))] * step).sum();
            10.0 * sum.log10()
        })
        .collect()
}

#[test]
fn agrees_with_the_transform_by_definition() {
    let samples: Vec<f32> =
        White::new().samples(0.1, 128).iter().zip(sine(700.0, 0.5, 8000, 128)).map(|(a, b)| a + b).collect();
    let windows: [(&str, Window); 3] = [
        ("hann", |phase| (phase / 2.0).sin().powi(2)),
        ("blackman", |phase| 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos()),
        ("rect", |_| 1.0),
    ];
    for (name, window) in windows {
        let params = json!({ "size": 128, "hop": 128, "bands": 12, "window": name });
        let found = spectra(&params, &samples, 8000, 1);
        assert_eq!(found.len(), 1);
        for (found, expected) in bands(&found[0]).iter().zip(by_definition(&samples, window, 8000.0, 12, 40.0)) {
            // A hundredth by rounding, the rest by the steps of the sum.
            assert!((found - expected).abs() < 0.03, "{name}: {found}, expected {expected}");
        }
    }
}

#[test]
fn a_sine_is_in_its_band_with_its_power() {
    // 64 bands from 40 Hz to 24 kHz: 1 kHz lies in band floor(64 · ln 25 / ln 600) = 32.
    let found = spectra(&json!({ "size": 4096 }), &sine(1000.0, 0.5, 48_000, 8192), 48_000, 1);
    let bands = bands(&found[3]);
    let loudest = (0..64).max_by(|a, b| bands[*a].total_cmp(&bands[*b])).unwrap();
    assert_eq!(loudest, 32);
    let power: f64 = bands.iter().map(|db| 10_f64.powf(db / 10.0)).sum();
    // a² / 2 = 0.125.
    assert!((power - 0.125).abs() < 0.001, "{power}");
    assert!(bands.iter().enumerate().all(|(band, db)| band.abs_diff(32) < 3 || *db < -60.0), "{bands:?}");
}

#[test]
fn frames_follow_by_hop_and_the_rest_is_filled_up() {
    let samples = White::new().samples(0.1, 1000);
    let times = |hop: u32, length: usize| {
        fields(&spectra(&json!({ "size": 256, "hop": hop }), &samples[..length], 8000, 1), ["start_ms", "end_ms"])
    };
    assert_eq!(times(128, 512), [[0.0, 32.0], [16.0, 48.0], [32.0, 64.0]]);
    assert_eq!(times(128, 520), [[0.0, 32.0], [16.0, 48.0], [32.0, 64.0], [48.0, 65.0]]);
    assert_eq!(times(400, 1000), [[0.0, 32.0], [50.0, 82.0], [100.0, 125.0]]);
    assert_eq!(times(400, 400), [[0.0, 32.0]]);
    assert_eq!(times(256, 8), [[0.0, 1.0]]);
}

#[test]
fn channels_are_the_mean_of_their_powers() {
    let mono = sine(1000.0, 0.5, 8000, 256);
    let left_alone: Vec<f32> = mono.iter().flat_map(|sample| [*sample, 0.0]).collect();
    let params = json!({ "size": 256, "hop": 256, "bands": 4 });
    let (one, two) = (spectra(&params, &mono, 8000, 1), spectra(&params, &left_alone, 8000, 2));
    let difference = bands(&one[0])[2] - bands(&two[0])[2];
    assert!((difference - 3.01).abs() < 0.011, "{difference}");
}

#[test]
fn silence_and_what_is_no_number_are_at_the_floor() {
    for sample in [0.0, f32::NAN, f32::INFINITY] {
        let found = spectra(&json!({}), &[sample; 2048], 48_000, 1);
        assert!(found.iter().flat_map(bands).all(|db| (db - -120.0).abs() < 1e-12));
    }
}

#[test]
fn reset_begins_anew_and_another_format_ends_a_stream() {
    let mut harness = Harness::of::<SpectrumNode>(&json!({ "size": 256, "hop": 256 })).unwrap();
    harness.audio(&[0.1; 100], 8000, 1).unwrap();
    let other = plain(&harness.audio(&[0.1; 200], 8000, 2).unwrap(), "spectrum");
    assert_eq!(fields(&other, ["start_ms", "end_ms"]), [[0.0, 12.5]]);
    assert!(harness.node().reset().unwrap());
    assert!(harness.flush().unwrap().is_empty());
}

#[test]
fn params_formats_and_spec() {
    refuses::<SpectrumNode>(&[
        (r#"{"size":1000,"hop":0,"bands":0,"min_hz":0}"#, &["size", "hop", "bands", "min_hz"]),
        (r#"{"size":131072,"bands":513}"#, &["size", "bands"]),
        (r#"{"window":"kaiser"}"#, &["window"]),
    ]);
    let params = spec_is_whole::<SpectrumNode>();
    assert_eq!(params["properties"]["window"]["default"], "hann");
    let mut harness = Harness::of::<SpectrumNode>(&json!({ "min_hz": 5000 })).unwrap();
    assert_eq!(harness.audio(&[0.0; 16], 8000, 1).map(|_| ()).unwrap_err().code(), ErrorCode::AudioFormat);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(
        sizes in prop::collection::vec(1..700_usize, 1..6),
        hop in 16..400_u32,
        channels in 1..=2_u16,
    ) {
        let samples = White::new().samples(0.2, 2_001 * usize::from(channels));
        let params = json!({ "size": 128, "hop": hop, "bands": 8 });
        let once = cut::<SpectrumNode>(&params, &samples, 11_025, channels, &[2_001]);
        let other = cut::<SpectrumNode>(&params, &samples, 11_025, channels, &sizes);
        prop_assert_eq!(plain(&other, "spectrum"), plain(&once, "spectrum"));
        prop_assert_eq!(audio_of(&other, "output").unwrap(), samples);
    }
}
