//! `ChannelMixNode`: its rules worked out by hand, and what is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{AudioBuffer, ErrorCode, NodeContext, NodeExecutor, NodeFactory, NodeInputs, NodeType};
use anabranch_nodes::{ChannelMixNode, ChannelMixParams};
use proptest::prelude::*;
use serde_json::{Value, json};

fn mixed(params: &Value, samples: &[f32], channels: u16) -> Vec<f32> {
    let mut node = Harness::of::<ChannelMixNode>(params).unwrap();
    let outputs = node.audio(samples, 48_000, channels).unwrap();
    let output = outputs[0].audio_buffer("output").unwrap();
    assert_eq!((output.sample_rate(), u64::from(output.channels())), (48_000, params["channels"].as_u64().unwrap()));
    audio_of(&outputs, "output").unwrap()
}

#[test]
fn the_rules_without_a_matrix_by_hand() {
    assert_eq!(mixed(&json!({ "channels": 2 }), &[0.5, -0.25], 1), [0.5, 0.5, -0.25, -0.25]);
    assert_eq!(mixed(&json!({ "channels": 3 }), &[0.5], 1), [0.5, 0.5, 0.5]);
    assert_eq!(mixed(&json!({ "channels": 1 }), &[0.5, -0.25, 1.0, 1.0], 2), [0.125, 1.0]);
    assert_eq!(mixed(&json!({ "channels": 1 }), &[1.0, 2.0, 3.0, 0.0, 0.0, 6.0], 3), [2.0, 2.0]);
    // The sum of four of the largest numbers would be infinite in f32.
    assert_eq!(mixed(&json!({ "channels": 1 }), &[f32::MAX; 4], 4), [f32::MAX]);
}

#[test]
fn a_matrix_by_hand() {
    let swap = json!({ "channels": 2, "matrix": [[0, 1], [1, 0]] });
    assert_eq!(mixed(&swap, &[0.5, -0.25, 1.0, 2.0], 2), [-0.25, 0.5, 2.0, 1.0]);
    // Mid and side; from 3 to 2, from 2 to 3.
    let mid_side = json!({ "channels": 2, "matrix": [[0.5, 0.5], [0.5, -0.5]] });
    assert_eq!(mixed(&mid_side, &[1.0, 0.5], 2), [0.75, 0.25]);
    let centre = json!({ "channels": 2, "matrix": [[1, 0, 0.5], [0, 1, 0.5]] });
    assert_eq!(mixed(&centre, &[0.25, -0.25, 0.5, 1.0, 2.0, 4.0], 3), [0.5, 0.0, 3.0, 4.0]);
    let spread = json!({ "channels": 3, "matrix": [[1, 0], [0, 1], [-2, 3]] });
    assert_eq!(mixed(&spread, &[0.5, 0.25], 2), [0.5, 0.25, -0.25]);
    // A matrix goes before the rule for mono.
    assert_eq!(mixed(&json!({ "channels": 2, "matrix": [[1], [-1]] }), &[0.5], 1), [0.5, -0.5]);
    assert_eq!(mixed(&json!({ "channels": 1, "matrix": [[2, 0]] }), &[0.5, 9.0], 2), [1.0]);
}

#[test]
fn a_channel_of_factor_0_has_no_part() {
    let left = json!({ "channels": 1, "matrix": [[1, 0]] });
    assert_eq!(mixed(&left, &[0.5, f32::NAN, 0.25, f32::INFINITY], 2), [0.5, 0.25]);
    assert_eq!(mixed(&json!({ "channels": 1, "matrix": [[0, 0]] }), &[0.5, 0.5], 2), [0.0]);
}

#[test]
fn as_many_channels_are_passed_on_without_a_copy() {
    let samples = [0.5, -0.25];
    let mut node = ChannelMixNode::create(ChannelMixParams { channels: 2, matrix: None }).unwrap();
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 8_000, 2).unwrap());
    let output = node.execute(inputs, &mut NodeContext::new()).unwrap();
    assert_eq!(output.audio_buffer("output").unwrap().samples().as_ptr(), samples.as_ptr());
}

#[test]
fn the_frames_it_asks_for_are_large_enough() {
    for (params, channels) in [
        (json!({ "channels": 6 }), 1),
        (json!({ "channels": 1 }), 6),
        (json!({ "channels": 3, "matrix": [[1, 0], [0, 1], [1, 1]] }), 2),
    ] {
        let mut node = NodeFactory::of::<ChannelMixNode>().create(&params.to_string()).unwrap();
        let samples = vec![0.5; 10 * usize::from(channels)];
        let mut memory = vec![f32::NAN; node.output_samples("output", samples.len())];
        let mut context = NodeContext::with_frame(&mut memory);
        let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 8_000, channels).unwrap());
        let output = node.execute(inputs, &mut context).unwrap();
        assert!(output.audio_buffer("output").unwrap().samples().iter().all(|sample| sample.is_finite()));
        assert_eq!(context.unpooled(), 0, "{params}");
    }
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_samples(at in 1..50_usize, samples in prop::collection::vec(-1.0..1.0_f32, 102)) {
        let mut node = Harness::of::<ChannelMixNode>(&json!({ "channels": 2, "matrix": [[0.3, 0.7], [-0.1, 0.9]] })).unwrap();
        let whole = audio_of(&node.stream(&samples, 8_000, 2, 51).unwrap(), "output").unwrap();
        prop_assert_eq!(audio_of(&node.stream(&samples, 8_000, 2, at).unwrap(), "output").unwrap(), whole);
    }

    #[test]
    fn matches_a_product_of_matrices(
        rows in prop::collection::vec(prop::collection::vec(-2.0..2.0_f64, 4), 1..8),
        samples in prop::collection::vec(-1.0..1.0_f32, 4),
    ) {
        let output = mixed(&json!({ "channels": rows.len(), "matrix": rows }), &samples, 4);
        for (row, got) in rows.iter().zip(output) {
            let expected: f64 = row.iter().zip(&samples).map(|(factor, sample)| factor * f64::from(*sample)).sum();
            prop_assert!((f64::from(got) - expected).abs() <= 1e-6, "{got} should be {expected}");
        }
    }
}

#[test]
fn refuses_channels_that_no_rule_is_for_and_goes_on() {
    let mut plain = Harness::of::<ChannelMixNode>(&json!({ "channels": 2 })).unwrap();
    let error = plain.audio(&[0.0; 6], 8_000, 3).map(|_| ()).unwrap_err();
    assert_eq!((error.code(), &error.details()["key"]), (ErrorCode::Inputs, &json!("input")));
    assert_eq!(error.to_json()["fix"], "set `matrix`: 2 rows, each of 3 factors");
    assert!(plain.audio(&[0.0; 6], 8_000, 2).is_ok());

    let mut matrix = Harness::of::<ChannelMixNode>(&json!({ "channels": 1, "matrix": [[1, 1]] })).unwrap();
    for channels in [1, 3] {
        let error = matrix.audio(&[0.0; 6], 8_000, channels).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Inputs);
        assert!(error.message().contains("2 factors a row"), "{error}");
    }
    assert_eq!(matrix.audio(&[], 8_000, 2).map(|_| ()).unwrap_err().code(), ErrorCode::Inputs);
    assert!(matrix.audio(&[0.0; 6], 8_000, 2).is_ok());
}

#[test]
fn refuses_params_with_every_problem_at_once() {
    let factory = NodeFactory::of::<ChannelMixNode>();
    for (params, paths) in [
        (r"{}", &[""][..]),
        (r#"{"channels":0}"#, &["channels"]),
        (r#"{"channels":65}"#, &["channels"]),
        (r#"{"channels":-1}"#, &["channels"]),
        (r#"{"channels":1.5}"#, &["channels"]),
        (r#"{"channels":4294967298}"#, &["channels"]),
        (r#"{"channels":"2"}"#, &["channels"]),
        (r#"{"channels":2,"matrix":[]}"#, &["matrix"]),
        (r#"{"channels":2,"matrix":[[1,0],[0]]}"#, &["matrix[1]"]),
        (r#"{"channels":1,"matrix":[[1,"x"]]}"#, &["matrix[0][1]"]),
        (r#"{"channels":1,"gain":1}"#, &["gain"]),
        (r#"{"channels":3,"matrix":[[1001,0],[]]}"#, &["matrix", "matrix[0][0]", "matrix[1]"]),
    ] {
        let error = factory.create(params).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        let issues = error.details()["issues"].as_array().unwrap();
        let found: Vec<&str> = issues.iter().map(|issue| issue["path"].as_str().unwrap()).collect();
        assert_eq!(found, paths, "{params}");
    }
    let broken = ChannelMixParams { channels: 1, matrix: Some(vec![vec![f64::NAN]]) };
    assert_eq!(ChannelMixNode::create(broken).unwrap_err().code(), ErrorCode::Params);
}

#[test]
fn the_number_of_channels_is_known_before_a_run() {
    let formats = NodeFactory::of::<ChannelMixNode>().formats(r#"{"channels":2}"#).unwrap();
    assert_eq!((formats[0].0, formats[0].1.channels, formats[0].1.sample_rate), ("output", Some(2), None));
}
