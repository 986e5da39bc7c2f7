//! `AudioResampleNode`: lengths, chunking, changes of format, and what is refused. What it does to frequencies is in
//! `audio_resample_quality.rs`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{
    AudioBuffer, ErrorCode, NodeContext, NodeExecutor, NodeFactory, NodeInputs, NodeOutputs, NodeType,
};
use anabranch_nodes::{AudioResampleNode, AudioResampleParams, ResampleQuality};
use proptest::prelude::*;
use serde_json::{Value, json};

const RATES: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// Something that is never the same twice: two tones whose periods have nothing in common, on each channel others.
fn sound(length: usize, channels: u16) -> Vec<f32> {
    (0..length * usize::from(channels))
        .map(|n| {
            #[allow(clippy::cast_precision_loss)]
            let n = n as f32;
            0.4 * (n * 0.0317).sin() + 0.3 * (n * 0.011_3 + 1.0).sin()
        })
        .collect()
}

fn resampled(params: &Value, samples: &[f32], rate: u32, channels: u16, chunk: usize) -> Vec<f32> {
    let mut node = Harness::of::<AudioResampleNode>(params).unwrap();
    audio_of(&node.stream(samples, rate, channels, chunk).unwrap(), "output").unwrap()
}

/// Rate and channels of each output.
fn formats(outputs: &[NodeOutputs<'_>]) -> Vec<(u32, u16)> {
    let buffers = outputs.iter().map(|output| output.audio_buffer("output").unwrap());
    buffers.map(|buffer| (buffer.sample_rate(), buffer.channels())).collect()
}

#[test]
fn a_second_of_48_khz_is_a_second_of_16_khz_for_any_chunking() {
    let samples = sound(48_000, 1);
    let whole = resampled(&json!({ "output_rate": 16_000 }), &samples, 48_000, 1, 48_000);
    assert_eq!(whole.len(), 16_000);
    for chunk in [1, 7, 160, 960, 4_800] {
        let cut = resampled(&json!({ "output_rate": 16_000 }), &samples, 48_000, 1, chunk);
        assert!(cut == whole, "frames of {chunk} samples give other samples");
    }
}

#[test]
fn every_pair_of_rates_gives_the_rounded_length() {
    for input_rate in RATES {
        for output_rate in RATES.into_iter().filter(|rate| *rate != input_rate) {
            for length in [1_usize, 2, 997, 2_500] {
                let (n, from, to) = (length as u64, u64::from(input_rate), u64::from(output_rate));
                // round(n · to / from), halves up.
                let expected = usize::try_from((2 * n * to + from) / (2 * from)).unwrap();
                let params = json!({ "input_rate": input_rate, "output_rate": output_rate, "quality": "low" });
                let output = resampled(&params, &sound(length, 1), input_rate, 1, 512);
                assert_eq!(output.len(), expected, "{length} samples, {input_rate} to {output_rate} Hz");
            }
        }
    }
}

#[test]
fn samples_have_the_time_that_they_had() {
    let sine = |rate: f64, length: u16| -> Vec<f32> {
        #[allow(clippy::cast_possible_truncation)]
        let at = |n: u16| (f64::from(n) * 440.0 / rate * std::f64::consts::TAU).sin() as f32;
        (0..length).map(at).collect()
    };
    for (from, to) in [(48_000_u32, 16_000_u32), (8_000, 11_025), (11_025, 96_000), (44_100, 48_000)] {
        for quality in ["low", "medium", "high"] {
            let params = json!({ "output_rate": to, "quality": quality });
            let output = resampled(&params, &sine(f64::from(from), 6_000), from, 1, 999);
            let expected = sine(f64::from(to), u16::try_from(output.len()).unwrap());
            let middle = output.len() / 3..output.len() / 2;
            for (got, expected) in output[middle.clone()].iter().zip(&expected[middle]) {
                assert!((got - expected).abs() < 1e-4, "{from} to {to} Hz, {quality}: {got} should be {expected}");
            }
        }
    }
}

#[test]
fn channels_do_not_mix() {
    let stereo = sound(3_000, 2);
    let output = resampled(&json!({ "output_rate": 16_000 }), &stereo, 44_100, 2, 441);
    for channel in 0..2 {
        let alone: Vec<f32> = stereo.iter().skip(channel).step_by(2).copied().collect();
        let expected = resampled(&json!({ "output_rate": 16_000 }), &alone, 44_100, 1, 441);
        let got: Vec<f32> = output.iter().skip(channel).step_by(2).copied().collect();
        assert!(got == expected, "channel {channel}");
    }
}

#[test]
fn equal_rates_pass_the_frame_on_without_a_copy() {
    let params = AudioResampleParams { input_rate: None, output_rate: 16_000, quality: ResampleQuality::High };
    let mut node = AudioResampleNode::create(params).unwrap();
    let samples = sound(160, 1);
    for discont in [false, true, false] {
        let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 16_000, 1).unwrap());
        let output = node.execute(inputs, &mut NodeContext::new().at(0.0, discont)).unwrap();
        assert_eq!(output.audio_buffer("output").unwrap().samples().as_ptr(), samples.as_ptr());
        assert!(!node.has_more());
    }
}

#[test]
fn another_format_comes_after_the_tail_of_the_one_before() {
    let params = json!({ "output_rate": 16_000 });
    let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
    let (first, second, third, fourth) = (sound(1_234, 1), sound(777, 1), sound(500, 2), sound(100, 2));
    let mut outputs = node.audio(&first, 48_000, 1).unwrap();
    outputs.extend(node.audio(&second, 8_000, 1).unwrap());
    let before = resampled(&params, &first, 48_000, 1, 1_234);
    assert!(audio_of(&outputs, "output").unwrap().starts_with(&before), "the tail came first");
    outputs.extend(node.audio(&third, 8_000, 2).unwrap());
    // The output rate itself: what waits behind a tail is copied, and comes as it was.
    outputs.extend(node.audio(&fourth, 16_000, 2).unwrap());
    outputs.extend(node.flush().unwrap());
    let expected =
        [before, resampled(&params, &second, 8_000, 1, 777), resampled(&params, &third, 8_000, 2, 500), fourth];
    assert!(audio_of(&outputs, "output").unwrap() == expected.concat());
    let formats = formats(&outputs);
    assert!(formats.iter().all(|format| format.0 == 16_000));
    assert_eq!(formats.iter().map(|format| format.1).collect::<Vec<_>>().first(), Some(&1));
    assert_eq!(formats.last(), Some(&(16_000, 2)));
}

#[test]
fn after_a_gap_it_starts_anew_behind_the_tail() {
    let params = json!({ "output_rate": 16_000 });
    let (first, second) = (sound(1_000, 1), sound(2_000, 1));
    let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
    let mut outputs = node.audio(&first, 48_000, 1).unwrap();
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&second, 48_000, 1).unwrap());
    outputs.push(node.node().execute(inputs, &mut NodeContext::new().at(0.0, true)).unwrap().into_owned());
    outputs.extend(node.flush().unwrap());
    let apart = [resampled(&params, &first, 48_000, 1, 1_000), resampled(&params, &second, 48_000, 1, 2_000)];
    assert!(audio_of(&outputs, "output").unwrap() == apart.concat());
}

#[test]
fn the_frames_it_asks_for_are_large_enough() {
    for (from, to, length) in [(48_000_u32, 16_000, 960_usize), (16_000, 48_000, 320), (44_100, 48_000, 5_000)] {
        let params = format!(r#"{{"input_rate":{from},"output_rate":{to}}}"#);
        let mut node = NodeFactory::of::<AudioResampleNode>().create(&params).unwrap();
        let samples = sound(length, 2);
        for call in 0..12 {
            let last = call == 11;
            let mut memory = vec![f32::NAN; node.output_samples("output", if last { 0 } else { samples.len() })];
            let mut context = NodeContext::with_frame(&mut memory);
            let output = if last {
                node.flush(&mut context).unwrap()
            } else {
                let buffer = AudioBuffer::shared(&samples, from, 2).unwrap();
                node.execute(NodeInputs::from_audio_buffer("input", buffer), &mut context).unwrap()
            };
            if output.get("output").is_some() {
                let buffer = output.audio_buffer("output").unwrap();
                assert!(buffer.samples().iter().all(|sample| sample.is_finite()), "{params}: not all was written");
            }
            assert_eq!(context.unpooled(), 0, "{params}, call {call}");
        }
    }
}

#[test]
fn more_than_one_frame_of_the_contract_comes_in_several() {
    // 64 channels of 3000 · 12 samples are 2.3 million; a frame of the contract holds 1,048,576.
    let mut node = Harness::of::<AudioResampleNode>(&json!({ "output_rate": 96_000, "quality": "low" })).unwrap();
    let outputs = node.stream(&sound(3_000, 64), 8_000, 64, 3_000).unwrap();
    let lengths: Vec<usize> = outputs.iter().map(|o| o.audio_buffer("output").unwrap().samples().len()).collect();
    assert!(lengths.len() >= 3 && lengths.iter().all(|length| *length <= 1_048_576), "{lengths:?}");
    assert_eq!(lengths.iter().sum::<usize>(), 36_000 * 64);
}

#[test]
fn after_reset_it_is_as_new() {
    let params = json!({ "output_rate": 16_000 });
    let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
    node.audio(&sound(1_500, 1), 44_100, 1).unwrap();
    assert!(node.node().reset().unwrap());
    let output = audio_of(&node.stream(&sound(999, 1), 48_000, 1, 100).unwrap(), "output").unwrap();
    assert!(output == resampled(&params, &sound(999, 1), 48_000, 1, 999));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_chunking_gives_the_same_samples(
        from in 0..9_usize,
        to in 0..9_usize,
        channels in 1..3_u16,
        length in 1..3_000_usize,
        sizes in prop::collection::vec(1..800_usize, 1..5),
    ) {
        let params = json!({ "output_rate": RATES[to], "quality": "low" });
        let samples = sound(length, channels);
        let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
        let (mut outputs, mut rest) = (Vec::new(), &samples[..]);
        for size in sizes.iter().cycle() {
            let (frame, after) = rest.split_at(rest.len().min(size * usize::from(channels)));
            outputs.extend(node.audio(frame, RATES[from], channels).unwrap());
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        outputs.extend(node.flush().unwrap());
        let whole = resampled(&params, &samples, RATES[from], channels, length);
        prop_assert!(audio_of(&outputs, "output").unwrap() == whole);
    }
}

#[test]
fn refuses_inputs_with_a_code_and_goes_on() {
    let params = json!({ "input_rate": 48_000, "output_rate": 16_000 });
    let mut node = Harness::of::<AudioResampleNode>(&params).unwrap();
    let mut given = Vec::new();
    let mut outputs = Vec::new();
    for (samples, rate, said) in [
        (vec![0.0; 441], 44_100, "`input_rate` says 48000 Hz"),
        (vec![], 48_000, "without samples"),
        (vec![0.0, 0.5, f32::NAN, 0.0], 48_000, "the sample at 2 is NaN"),
        (vec![f32::NEG_INFINITY, 0.5], 48_000, "the sample at 0 is -inf"),
    ] {
        let error = node.audio(&samples, rate, 1).map(|_| ()).unwrap_err();
        assert_eq!((error.code(), &error.details()["key"]), (ErrorCode::Inputs, &json!("input")));
        assert!(error.message().contains(said), "{error} should say {said}");
        outputs.extend(node.audio(&sound(700, 1), 48_000, 1).unwrap());
        given.extend(sound(700, 1));
    }
    outputs.extend(node.flush().unwrap());
    // What was refused left nothing behind.
    assert!(audio_of(&outputs, "output").unwrap() == resampled(&params, &given, 48_000, 1, given.len()));

    let mut any = Harness::of::<AudioResampleNode>(&json!({ "output_rate": 48_000 })).unwrap();
    let error = any.audio(&[0.0; 10], 44_101, 1).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Inputs);
    assert!(error.message().contains("no common divisor"), "{error}");
}

#[test]
fn denormal_and_huge_samples_leave_later_ones_alone() {
    let mut samples = sound(6_000, 1);
    samples[10] = f32::from_bits(1);
    samples[20] = f32::MAX;
    let output = resampled(&json!({ "output_rate": 16_000 }), &samples, 48_000, 1, 480);
    let expected = resampled(&json!({ "output_rate": 16_000 }), &sound(6_000, 1), 48_000, 1, 480);
    assert!(output[1_000..] == expected[1_000..]);
}

#[test]
fn refuses_params_with_every_problem_at_once() {
    let factory = NodeFactory::of::<AudioResampleNode>();
    for (params, paths) in [
        (r"{}", &[""][..]),
        (r#"{"output_rate":0}"#, &["output_rate"]),
        (r#"{"output_rate":-1}"#, &["output_rate"]),
        (r#"{"output_rate":null}"#, &["output_rate"]),
        (r#"{"output_rate":1e20}"#, &["output_rate"]),
        (r#"{"output_rate":4294967301}"#, &["output_rate"]),
        (r#"{"output_rate":4000000000}"#, &["output_rate"]),
        (r#"{"output_rate":1.9}"#, &["output_rate"]),
        (r#"{"output_rate":"16000"}"#, &["output_rate"]),
        (r#"{"output_rate":16000,"quality":"best"}"#, &["quality"]),
        (r#"{"output_rate":16000,"rate":8000}"#, &["rate"]),
        (r#"{"input_rate":1,"output_rate":4000000000}"#, &["input_rate", "output_rate"]),
        (r#"{"input_rate":44101,"output_rate":48000}"#, &["output_rate"]),
    ] {
        let error = factory.create(params).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        let issues = error.details()["issues"].as_array().unwrap();
        let found: Vec<&str> = issues.iter().map(|issue| issue["path"].as_str().unwrap()).collect();
        assert_eq!(found, paths, "{params}");
    }
}

#[test]
fn the_output_rate_is_known_before_a_run() {
    let formats = NodeFactory::of::<AudioResampleNode>().formats(r#"{"output_rate":16000}"#).unwrap();
    assert_eq!((formats[0].0, formats[0].1.sample_rate, formats[0].1.channels), ("output", Some(16_000), None));
}
