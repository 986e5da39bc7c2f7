//! `ChunkerNode`: chunks of numbers that count up, so that what each must hold is seen at once.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{
    AudioBuffer, ErrorCode, NodeContext, NodeExecutor, NodeFactory, NodeInputs, NodeOutputs, NodeType,
};
use anabranch_nodes::{ChunkerNode, ChunkerParams};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 1, 2, 3 …
fn counting(count: usize) -> Vec<f32> {
    (1..=u16::try_from(count).unwrap()).map(f32::from).collect()
}

fn chunks(outputs: &[NodeOutputs<'_>]) -> Vec<Vec<f32>> {
    outputs.iter().map(|output| output.audio_buffer("output").unwrap().samples().to_vec()).collect()
}

fn cut(params: &Value, samples: &[f32], channels: u16, frame: usize) -> Vec<Vec<f32>> {
    chunks(&Harness::of::<ChunkerNode>(params).unwrap().stream(samples, 8_000, channels, frame).unwrap())
}

#[test]
fn cuts_by_hand() {
    let three = json!({ "samples": 3 });
    for frame in [1, 2, 3, 4, 8] {
        assert_eq!(cut(&three, &counting(8), 1, frame), [vec![1., 2., 3.], vec![4., 5., 6.], vec![7., 8.]], "{frame}");
        assert_eq!(cut(&three, &counting(6), 1, frame), [vec![1., 2., 3.], vec![4., 5., 6.]], "{frame}");
        assert_eq!(cut(&three, &counting(2), 1, frame), [vec![1., 2.]], "{frame}");
    }
    // Two channels: 3 samples of each.
    let stereo = cut(&three, &counting(8), 2, 1);
    assert_eq!(stereo, [vec![1., 2., 3., 4., 5., 6.], vec![7., 8.]]);
    let padded = json!({ "samples": 3, "pad_last": true });
    assert_eq!(cut(&padded, &counting(4), 1, 4), [vec![1., 2., 3.], vec![4., 0., 0.]]);
    assert_eq!(cut(&padded, &counting(3), 1, 2), [vec![1., 2., 3.]]);
}

#[test]
fn overlaps_by_hand() {
    let windows = json!({ "samples": 4, "overlap": 2 });
    for frame in [1, 3, 5, 7] {
        // 7 is new after 3 4 5 6, so that it goes out, with what overlaps; 6 is not.
        let seven = [vec![1., 2., 3., 4.], vec![3., 4., 5., 6.], vec![5., 6., 7.]];
        assert_eq!(cut(&windows, &counting(7), 1, frame), seven, "{frame}");
        assert_eq!(cut(&windows, &counting(6), 1, frame), seven[..2], "{frame}");
        assert_eq!(cut(&windows, &counting(2), 1, frame), [vec![1., 2.]], "{frame}");
    }
    let padded = json!({ "samples": 4, "overlap": 3, "pad_last": true });
    assert_eq!(cut(&padded, &counting(5), 1, 5), [vec![1., 2., 3., 4.], vec![2., 3., 4., 5.]]);
    assert_eq!(cut(&padded, &counting(2), 1, 5), [vec![1., 2., 0., 0.]]);
    // Two channels: 1 sample of each is repeated.
    let stereo = cut(&json!({ "samples": 2, "overlap": 1 }), &counting(6), 2, 2);
    assert_eq!(stereo, [vec![1., 2., 3., 4.], vec![3., 4., 5., 6.]]);
}

#[test]
fn ms_are_samples_at_the_rate_that_comes_in() {
    for (ms, rate, length) in [(20.0, 48_000, 960), (10.0, 22_050, 221), (30.0, 8_000, 240), (0.02, 44_100, 1)] {
        let mut node = Harness::of::<ChunkerNode>(&json!({ "ms": ms })).unwrap();
        let outputs = node.audio(&vec![0.0; length + 1], rate, 1).unwrap();
        assert_eq!(chunks(&outputs)[0].len(), length, "{ms} ms at {rate} Hz");
    }
}

#[test]
fn the_rest_goes_out_before_another_format_and_after_a_gap() {
    let mut node = Harness::of::<ChunkerNode>(&json!({ "samples": 3 })).unwrap();
    let format = |output: &NodeOutputs<'_>| {
        let buffer = output.audio_buffer("output").unwrap();
        (buffer.sample_rate(), buffer.channels())
    };
    assert_eq!(chunks(&node.audio(&counting(4), 8_000, 1).unwrap()), [[1., 2., 3.]]);
    let outputs = node.audio(&counting(4), 16_000, 1).unwrap();
    assert_eq!(chunks(&outputs), [vec![4.], vec![1., 2., 3.]]);
    assert_eq!((format(&outputs[0]), format(&outputs[1])), ((8_000, 1), (16_000, 1)));
    let outputs = node.audio(&counting(6), 16_000, 2).unwrap();
    assert_eq!(chunks(&outputs), [vec![4.], vec![1., 2., 3., 4., 5., 6.]]);
    assert_eq!((format(&outputs[0]), format(&outputs[1])), ((16_000, 1), (16_000, 2)));
    assert!(node.audio(&[7.0, 8.0], 16_000, 2).unwrap().is_empty());

    let samples = counting(2);
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 16_000, 2).unwrap());
    let outputs = node.node().execute(inputs, &mut NodeContext::new().at(0.0, true)).unwrap();
    assert_eq!(audio_of(&[outputs], "output").unwrap(), [7.0, 8.0]);
    assert_eq!(chunks(&node.flush().unwrap()), [[1.0, 2.0]]);
}

#[test]
fn a_frame_that_is_a_chunk_is_passed_on_without_a_copy() {
    let params = ChunkerParams { samples: Some(2), ..ChunkerParams::default() };
    let mut node = ChunkerNode::create(params).unwrap();
    let samples = [0.5, 0.25];
    for _ in 0..2 {
        let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 8_000, 1).unwrap());
        let output = node.execute(inputs, &mut NodeContext::new()).unwrap();
        assert_eq!(output.audio_buffer("output").unwrap().samples().as_ptr(), samples.as_ptr());
        assert!(!node.has_more());
    }
}

#[test]
fn the_frames_it_asks_for_are_large_enough() {
    let mut node = NodeFactory::of::<ChunkerNode>().create(r#"{"samples":3,"pad_last":true}"#).unwrap();
    let samples = counting(4);
    for call in 0..5 {
        let mut memory = vec![0.0; node.output_samples("output", if call == 4 { 0 } else { 4 })];
        let mut context = NodeContext::with_frame(&mut memory);
        let output = if call == 4 {
            node.flush(&mut context).unwrap()
        } else {
            let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 8_000, 1).unwrap());
            node.execute(inputs, &mut context).unwrap()
        };
        assert_eq!(output.audio_buffer("output").unwrap().length(), 3);
        assert_eq!(context.unpooled(), 0, "{call}");
        drop(output);
        while node.has_more() {
            let mut memory = vec![0.0; node.output_samples("output", 0)];
            let mut context = NodeContext::with_frame(&mut memory);
            assert!(node.more(&mut context).unwrap().is_some());
            assert_eq!(context.unpooled(), 0, "{call}");
        }
    }
}

#[test]
fn after_reset_it_is_as_new() {
    let mut node = Harness::of::<ChunkerNode>(&json!({ "samples": 3 })).unwrap();
    node.audio(&counting(5), 8_000, 1).unwrap();
    assert!(node.node().reset().unwrap());
    assert_eq!(chunks(&node.stream(&counting(3), 16_000, 1, 2).unwrap()), [[1., 2., 3.]]);
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_chunks(
        length in 1..40_usize,
        overlap in 0..40_usize,
        pad_last: bool,
        channels in 1..4_u16,
        count in 1..200_usize,
        frame in 1..50_usize,
    ) {
        let params = json!({ "samples": length, "overlap": overlap % length, "pad_last": pad_last });
        let samples = counting(count * usize::from(channels));
        prop_assert_eq!(cut(&params, &samples, channels, frame), cut(&params, &samples, channels, count));
    }

    #[test]
    fn without_overlap_all_that_came_in_goes_out(length in 1..40_usize, count in 1..200_usize, frame in 1..50_usize) {
        let cuts = cut(&json!({ "samples": length }), &counting(count), 1, frame);
        prop_assert_eq!(cuts.concat(), counting(count));
        prop_assert!(cuts[..cuts.len() - 1].iter().all(|chunk| chunk.len() == length));
    }
}

#[test]
fn refuses_inputs_with_a_code_and_goes_on() {
    let mut node = Harness::of::<ChunkerNode>(&json!({ "ms": 0.1, "overlap": 2 })).unwrap();
    let mut refused = |rate: u32, samples: &[f32], said: &str| {
        let error = node.audio(samples, rate, 1).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Inputs);
        assert!(error.message().contains(said), "{error} should say {said}");
        assert!(node.audio(&[0.0], 48_000, 1).is_ok());
    };
    refused(48_000, &[], "without samples");
    refused(1_000, &[0.0], "less than a sample");
    refused(16_000, &[0.0], "no longer than the overlap");
    // What was refused left nothing behind.
    assert_eq!(chunks(&node.flush().unwrap()), [[0.0, 0.0, 0.0]]);
}

#[test]
fn refuses_params_with_every_problem_at_once() {
    let factory = NodeFactory::of::<ChunkerNode>();
    for (params, paths) in [
        (r"{}", &[""][..]),
        (r#"{"samples":512,"ms":20}"#, &["ms"]),
        (r#"{"samples":0}"#, &["samples"]),
        (r#"{"samples":1048577}"#, &["samples"]),
        (r#"{"samples":-1}"#, &["samples"]),
        (r#"{"samples":1.5}"#, &["samples"]),
        (r#"{"samples":4294967301}"#, &["samples"]),
        (r#"{"samples":"512"}"#, &["samples"]),
        (r#"{"ms":0}"#, &["ms"]),
        (r#"{"ms":60001}"#, &["ms"]),
        (r#"{"samples":10,"overlap":10}"#, &["overlap"]),
        (r#"{"ms":10,"overlap":-1}"#, &["overlap"]),
        (r#"{"ms":10,"pad_last":1}"#, &["pad_last"]),
        (r#"{"ms":10,"pad":true}"#, &["pad"]),
        (r#"{"samples":2000000,"ms":0,"overlap":3000000}"#, &["ms", "samples", "ms", "overlap"]),
    ] {
        let error = factory.create(params).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        let issues = error.details()["issues"].as_array().unwrap();
        let found: Vec<&str> = issues.iter().map(|issue| issue["path"].as_str().unwrap()).collect();
        assert_eq!(found, paths, "{params}");
    }
    let broken = ChunkerParams { ms: Some(f64::NAN), ..ChunkerParams::default() };
    assert_eq!(ChunkerNode::create(broken).unwrap_err().code(), ErrorCode::Params);
}
