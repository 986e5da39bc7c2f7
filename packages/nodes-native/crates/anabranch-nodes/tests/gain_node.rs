//! `GainNode` against a reference in f64, for any samples.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use anabranch_node::{AudioBuffer, ErrorCode, NodeContext, NodeExecutor, NodeFactory, NodeInputs, NodeType};
use anabranch_nodes::{GainNode, GainParams};
use proptest::prelude::*;

fn gain(db: f64) -> GainNode {
    GainNode::create(GainParams { db, in_place: false }).unwrap()
}

fn run(node: &mut GainNode, samples: &[f32]) -> Vec<f32> {
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(samples, 48_000, 1).unwrap());
    let mut outputs = node.execute(inputs, &mut NodeContext::new()).unwrap();
    outputs.take_audio_buffer("output").unwrap().samples().to_vec()
}

proptest! {
    #[test]
    fn matches_the_f64_reference(db in -120.0..=60.0_f64, samples in prop::collection::vec(-8.0..8.0_f32, 0..600)) {
        let output = run(&mut gain(db), &samples);
        prop_assert_eq!(output.len(), samples.len());
        let factor = 10_f64.powf(db / 20.0);
        for (sample, got) in samples.iter().zip(output) {
            let expected = f64::from(*sample) * factor;
            // The second term is for samples so small that f32 rounds them to its smallest steps.
            let allowed = expected.abs() * 1e-6 + f64::from(f32::MIN_POSITIVE);
            prop_assert!((f64::from(got) - expected).abs() <= allowed, "{} dB of {} gave {}", db, sample, got);
        }
    }

    #[test]
    fn zero_db_changes_no_bit(bits in prop::collection::vec(any::<u32>(), 0..200)) {
        let samples: Vec<f32> = bits.iter().map(|bits| f32::from_bits(*bits)).collect();
        for (sample, got) in samples.iter().zip(run(&mut gain(0.0), &samples)) {
            prop_assert!(sample.to_bits() == got.to_bits() || (sample.is_nan() && got.is_nan()));
        }
    }

    #[test]
    fn any_chunking_gives_the_same_samples(at in 0..=100_usize, db in -60.0..=20.0_f64) {
        let samples: Vec<f32> = (0..100_u8).map(|index| f32::from(index) / 100.0).collect();
        let mut node = gain(db);
        let mut chunked = run(&mut node, &samples[..at]);
        chunked.extend(run(&mut node, &samples[at..]));
        prop_assert_eq!(chunked, run(&mut node, &samples));
    }

    #[test]
    fn in_place_gives_the_bits_of_apart(db in -120.0..=60.0_f64, samples in prop::collection::vec(-8.0..8.0_f32, 1..100)) {
        let apart = run(&mut gain(db), &samples);
        let mut memory = samples;
        let address = memory.as_ptr();
        let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::exclusive(&mut memory, 48_000, 1).unwrap());
        let mut node = GainNode::create(GainParams { db, in_place: true }).unwrap();
        prop_assert!(node.in_place());
        let mut outputs = node.execute(inputs, &mut NodeContext::new()).unwrap();
        let output = outputs.take_audio_buffer("output").unwrap();
        prop_assert_eq!(output.samples().as_ptr(), address);
        prop_assert_eq!(output.samples(), apart);
    }
}

#[test]
fn not_a_number_and_infinity_pass_through() {
    let output = run(&mut gain(-6.0), &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    assert!(output[0].is_nan());
    assert!(output[1].is_infinite() && output[1].is_sign_positive());
    assert!(output[2].is_infinite() && output[2].is_sign_negative());
}

#[test]
fn an_empty_frame_stays_empty() {
    assert!(run(&mut gain(6.0), &[]).is_empty());
}

#[test]
fn refuses_params_that_are_not_its_own() {
    let factory = NodeFactory::of::<GainNode>();
    for (params, path) in [
        (r#"{"db":60.5}"#, "db"),
        (r#"{"db":-121}"#, "db"),
        (r#"{"db":null}"#, "db"),
        (r#"{"db":"6"}"#, "db"),
        (r#"{"dB":6}"#, "dB"),
        (r#"{"in_place":1}"#, "in_place"),
    ] {
        let error = factory.create(params).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        assert_eq!(error.details()["issues"][0]["path"], path, "{params}");
    }
    for db in [f64::NAN, f64::INFINITY] {
        assert_eq!(GainNode::create(GainParams { db, in_place: false }).unwrap_err().code(), ErrorCode::Params);
    }
}

#[test]
fn the_spec_describes_the_params() {
    let spec = NodeFactory::of::<GainNode>().spec();
    assert_eq!(spec.params["additionalProperties"], false);
    assert_eq!(spec.params["properties"]["db"]["default"], 0.0);
    assert_eq!(spec.params["properties"]["db"]["minimum"], -120.0);
    assert_eq!(spec.params["properties"]["db"]["maximum"], 60.0);
    assert_eq!(spec.params["properties"]["in_place"]["default"], false);
}
