//! `VADNode` against Silero on speech, on silence and tones, for any chunking.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod support;

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{AudioBuffer, ErrorCode, NodeContext, NodeInputs};
use anabranch_nodes::VADNode;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use support::recordings::{austen, truth, two_cities, with_noise_at_10_db};
use support::{White, after_gap, cut, fields, number, numbers, plain, refuses, sine, spec_is_whole};

const RATE: u32 = 16_000;
const FRAME_MS: f64 = 16.0;
const BORDER_MS: f64 = 100.0;

#[derive(Debug, PartialEq)]
struct Score {
    f1: f64,
    false_alarms: f64,
}

/// Frames of 16 ms: speech where the middle lies in a segment; those that reach into the 100 ms around a border of the
/// truth do not count. Beside F1, which part of the silence is taken for speech: calling all of it speech has F1 0.89.
#[allow(clippy::cast_precision_loss, reason = "few frames")]
fn score(found: &[[f64; 2]], truth: &[[f64; 2]], samples: usize) -> Score {
    let is_speech = |segments: &[[f64; 2]], ms: f64| segments.iter().any(|[start, end]| (*start..*end).contains(&ms));
    let (mut hits, mut false_alarms, mut misses, mut silence) = (0.0, 0.0, 0.0, 0.0_f64);
    for frame in 0..samples / 256 {
        let start = frame as f64 * FRAME_MS;
        let near = |border: &f64| start + FRAME_MS > border - BORDER_MS && start < border + BORDER_MS;
        if truth.iter().flatten().any(near) {
            continue;
        }
        let middle = start + FRAME_MS / 2.0;
        match (is_speech(truth, middle), is_speech(found, middle)) {
            (true, true) => hits += 1.0,
            (true, false) => misses += 1.0,
            (false, said) => {
                silence += 1.0;
                false_alarms += f64::from(u8::from(said));
            }
        }
    }
    Score { f1: 2.0 * hits / (2.0 * hits + false_alarms + misses), false_alarms: false_alarms / silence.max(1.0) }
}

/// In frames of 20 ms, as they come from a microphone.
fn segments(params: &Json, samples: &[f32]) -> Vec<Json> {
    plain(&cut::<VADNode>(params, samples, RATE, 1, &[320]), "segment")
}

fn scored(name: &str, samples: &[f32]) -> Score {
    let found = fields(&segments(&json!({}), samples), ["start_ms", "end_ms"]);
    let score = score(&found, &truth(name), samples.len());
    println!("{name}: {score:?}");
    score
}

#[test]
fn agrees_with_silero_on_speech_that_its_defaults_were_not_chosen_on() {
    let recording = two_cities();
    let clean = recording.at_16k();
    let score = scored("two-cities", &clean);
    assert!(score.f1 >= 0.9 && score.false_alarms <= 0.05, "clean: {score:?}");
    let noisy = with_noise_at_10_db(&clean, recording.rms());
    let score = scored("two-cities", &noisy);
    assert!(score.f1 >= 0.85 && score.false_alarms <= 0.05, "noisy: {score:?}");
}

#[test]
fn the_default_threshold_is_the_best_on_the_other_recording() {
    let recording = austen();
    let clean = recording.at_16k();
    let noisy = with_noise_at_10_db(&clean, recording.rms());
    let worse_of = |params: Json| {
        [&clean, &noisy]
            .map(|samples| {
                let found = fields(&segments(&params, samples), ["start_ms", "end_ms"]);
                score(&found, &truth("austen"), samples.len()).f1
            })
            .into_iter()
            .fold(1.0, f64::min)
    };
    let best = worse_of(json!({}));
    for threshold in [0.5, 0.6, 0.7, 0.8, 0.9] {
        assert!(worse_of(json!({ "threshold": threshold })) <= best, "{threshold} is better than the default");
    }
}

#[test]
fn the_noise_is_that_of_the_reference() {
    // test/fixtures/vad/noise.json, written by Python.
    let mut white = White::new();
    let first = [white.value(), white.value()];
    assert!((first[0] - 1.715_206_071_268_767).abs() < 1e-12);
    assert!((first[1] - -1.793_518_282_240_256_7).abs() < 1e-12);
}

#[test]
fn silence_gives_no_segment_and_tones_hardly_any_speech() {
    for engine in ["earshot", "energy"] {
        assert!(segments(&json!({ "engine": engine }), &vec![0.0; 160_000]).is_empty(), "{engine}");
    }
    for hz in [50.0, 100.0, 440.0, 1000.0, 3000.0, 7000.0] {
        for amplitude in [0.01, 0.1, 0.9] {
            let outputs = cut::<VADNode>(&json!({}), &sine(hz, amplitude, RATE, 160_000), RATE, 1, &[320]);
            let found = numbers(&outputs, "probability");
            let speech = found.iter().filter(|probability| **probability >= 0.7).count();
            assert_eq!(found.len(), 625);
            assert!(speech <= 6, "{speech} of 625 frames are speech in {hz} Hz at {amplitude}");
            let in_segments: f64 = fields(&plain(&outputs, "segment"), ["start_ms", "end_ms"])
                .iter()
                .map(|[start, end]| end - start)
                .sum();
            assert!(in_segments <= 100.0, "{in_segments} ms of 10 s are speech in {hz} Hz at {amplitude}");
        }
    }
}

#[test]
fn the_last_segment_is_closed_at_the_end_of_the_stream() {
    let samples = &austen().at_16k()[..48_000 + 77];
    let found = segments(&json!({}), samples);
    assert_eq!(found.len(), 1);
    assert!((number(&found[0], "end_ms") - (48_077.0_f64 / 16.0)).abs() < 0.001, "{}", found[0]);
    // RMS of the segment as a whole, by hand; the edges are padding, which does not count.
    let start = number(&found[0], "start_ms") * 16.0;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sample of the stream")]
    let spoken = &samples[start as usize + 480..];
    #[allow(clippy::cast_precision_loss, reason = "few samples")]
    let power = spoken.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / spoken.len() as f64;
    assert!((number(&found[0], "energy_db") - 10.0 * power.log10()).abs() < 0.01);
    assert!((0.7..=1.0).contains(&number(&found[0], "confidence")));
}

#[test]
fn what_is_left_at_the_end_is_filled_up_with_zeros() {
    let samples = &austen().at_16k()[..16_100];
    let mut filled = samples.to_vec();
    filled.resize(16_128, 0.0);
    let of = |samples: &[f32]| numbers(&cut::<VADNode>(&json!({}), samples, RATE, 1, &[320]), "probability");
    assert_eq!(of(samples), of(&filled));
}

#[test]
fn times_are_media_times_and_a_gap_closes_what_is_open() {
    let samples = &austen().at_16k()[..32_000];
    let mut harness = Harness::of::<VADNode>(&json!({})).unwrap();
    let mut outputs = Vec::new();
    for (index, chunk) in samples.chunks(320).enumerate() {
        let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(chunk, RATE, 1).unwrap());
        // Later times are those of a clock that wanders: the samples count.
        let pts = 5e6 + f64::from(u32::try_from(index).unwrap()) * 20_100.0;
        outputs.extend(harness.push(inputs, chunk.len(), pts).unwrap());
    }
    assert!(plain(&outputs, "segment").is_empty());
    let open = plain(&after_gap(&mut harness, samples, RATE, 60e6), "segment");
    assert_eq!(open.len(), 1);
    assert!((number(&open[0], "end_ms") - 7000.0).abs() < 0.001, "{}", open[0]);
    let last = plain(&harness.flush().unwrap(), "segment");
    assert!((number(&last[0], "end_ms") - 62_000.0).abs() < 0.001, "{}", last[0]);
    assert!((number(&last[0], "start_ms") - number(&open[0], "start_ms") - 55_000.0).abs() < 0.001);
}

#[test]
fn the_energy_engine_finds_what_rises_above_the_noise() {
    let mut white = White::new();
    let mut samples = white.samples(0.001, 32_000);
    samples.extend(white.samples(0.05, 16_000));
    samples.extend(white.samples(0.001, 32_000));
    let found = segments(&json!({ "engine": "energy", "threshold": 0.5, "speech_pad_ms": 0 }), &samples);
    assert_eq!(fields(&found, ["start_ms", "end_ms"]), [[2000.0, 3008.0]]);
}

#[test]
fn reset_gives_a_new_node() {
    let samples = &austen().at_16k()[..40_000];
    let mut harness = Harness::of::<VADNode>(&json!({})).unwrap();
    harness.stream(&samples[..30_000], RATE, 1, 333).unwrap();
    harness.audio(&samples[..10_000], RATE, 1).unwrap();
    assert!(harness.node().reset().unwrap());
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(samples, RATE, 1).unwrap());
    let mut again = harness.push(inputs, samples.len(), 0.0).unwrap();
    again.extend(harness.flush().unwrap());
    let once = cut::<VADNode>(&json!({}), samples, RATE, 1, &[40_000]);
    assert_eq!(numbers(&again, "probability"), numbers(&once, "probability"));
    assert_eq!(plain(&again, "segment"), plain(&once, "segment"));
}

#[test]
fn other_formats_and_too_much_at_once_are_refused_with_the_fix() {
    let mut harness = Harness::of::<VADNode>(&json!({})).unwrap();
    for (rate, channels, node) in [(48_000, 1, "AudioResampleNode"), (16_000, 2, "ChannelMixNode")] {
        let error = harness.audio(&[0.0; 320], rate, channels).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AudioFormat);
        assert!(error.to_json()["fix"].as_str().unwrap().contains(node));
    }
    let error = harness.audio(&vec![0.0; 256 * 1023], RATE, 1).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Limit);
    assert_eq!(numbers(&harness.audio(&vec![0.0; 256 * 1022], RATE, 1).unwrap(), "probability").len(), 1022);
}

#[test]
fn the_same_buffer_goes_on_and_an_empty_one_too() {
    let samples = [0.25; 300];
    let mut harness = Harness::of::<VADNode>(&json!({})).unwrap();
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, RATE, 1).unwrap());
    let outputs = harness.node().execute(inputs, &mut NodeContext::new()).unwrap();
    assert_eq!(outputs.audio_buffer("output").unwrap().samples().as_ptr(), samples.as_ptr());
    let empty = harness.audio(&[], RATE, 1).unwrap();
    assert_eq!(audio_of(&empty, "output").unwrap().len(), 0);
}

#[test]
fn samples_that_are_no_numbers_do_no_lasting_harm() {
    let mut samples = vec![f32::NAN; 4096];
    samples.extend([f32::INFINITY, f32::NEG_INFINITY, 1e30, -1e30].repeat(64));
    samples.extend(vec![0.0; 3 * 16_000]);
    let found = numbers(&cut::<VADNode>(&json!({}), &samples, RATE, 1, &[320]), "probability");
    assert!(found.iter().all(|probability| (0.0..=1.0).contains(probability)));
    assert!(found[100..].iter().all(|probability| *probability < 0.5));
}

#[test]
fn params_and_spec() {
    refuses::<VADNode>(&[
        (r#"{"threshold":1.1,"min_speech_ms":-1}"#, &["threshold", "min_speech_ms"]),
        (r#"{"min_silence_ms":60001,"speech_pad_ms":1e9}"#, &["min_silence_ms", "speech_pad_ms"]),
        (r#"{"engine":"silero"}"#, &["engine"]),
        (r#"{"treshold":0.5}"#, &["treshold"]),
    ]);
    let params = spec_is_whole::<VADNode>();
    assert_eq!(params["properties"]["threshold"]["maximum"], 1.0);
    assert_eq!(params["properties"]["engine"]["default"], "earshot");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same(sizes in prop::collection::vec(1..3000_usize, 1..6), energy in any::<bool>()) {
        let samples = &austen().at_16k()[..50_001];
        let params = json!({ "engine": if energy { "energy" } else { "earshot" } });
        let once = cut::<VADNode>(&params, samples, RATE, 1, &[samples.len()]);
        let other = cut::<VADNode>(&params, samples, RATE, 1, &sizes);
        prop_assert_eq!(numbers(&once, "probability").len(), 196);
        prop_assert_eq!(numbers(&other, "probability"), numbers(&once, "probability"));
        prop_assert_eq!(plain(&other, "segment"), plain(&once, "segment"));
        prop_assert_eq!(audio_of(&other, "output").unwrap(), samples);
    }
}
