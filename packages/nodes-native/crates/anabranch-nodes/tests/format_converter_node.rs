//! `FormatConverterNode`: every pair of types against values worked out by hand, layouts, and what is refused.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use anabranch_node::testing::{Harness, audio_of};
use anabranch_node::{
    ErrorCode, Layout, NodeContext, NodeError, NodeExecutor, NodeFactory, NodeInputs, NodeOutputs, NodeType, PcmBuffer,
    PcmSamples, Sample, Samples, Value,
};
use anabranch_nodes::{ChannelLayout, FormatConverterNode, FormatConverterParams, SampleType};
use proptest::prelude::*;
use serde_json::json;

const RATE: u32 = 16_000;

fn pcm_input<T: Sample>(samples: &[T], channels: u16, layout: Layout) -> NodeInputs<'_> {
    let buffer = PcmBuffer::new(T::wrap(Samples::Shared(samples)), RATE, channels, layout).unwrap();
    NodeInputs::new().with("input", Value::Pcm(buffer))
}

fn push(node: &mut Harness, inputs: NodeInputs<'_>, length: usize) -> Result<NodeOutputs<'static>, NodeError> {
    let mut outputs = node.push(inputs, length, 0.0)?;
    assert_eq!(outputs.len(), 1);
    Ok(outputs.remove(0))
}

/// The samples that come out as bytes, whichever key they come on.
fn bytes_of(output: &NodeOutputs<'_>) -> Vec<u8> {
    match (output.get("output"), output.get("pcm")) {
        (Some(Value::Audio(audio)), None) => audio.samples().iter().flat_map(|sample| sample.to_ne_bytes()).collect(),
        (None, Some(Value::Pcm(pcm))) => pcm.samples().as_bytes().to_vec(),
        other => panic!("{other:?}"),
    }
}

fn converted<T: Sample>(params: &serde_json::Value, samples: &[T], channels: u16, layout: Layout) -> Vec<u8> {
    let mut node = Harness::of::<FormatConverterNode>(params).unwrap();
    bytes_of(&push(&mut node, pcm_input(samples, channels, layout), samples.len()).unwrap())
}

/// Silence, half of full scale down, the ends, and what lies beyond the ends, written down for each type by hand.
fn check_pairs_from<T: Sample>(samples: &[T; 5], expected: &[(f64, i16, i32, u8); 5]) {
    let to = |name: &str| converted(&json!({ "to": name }), samples, 1, Layout::Interleaved);
    let f64s: Vec<u8> = expected.iter().flat_map(|row| row.0.to_ne_bytes()).collect();
    #[allow(clippy::cast_possible_truncation)]
    let f32s: Vec<u8> = expected.iter().flat_map(|row| (row.0 as f32).to_ne_bytes()).collect();
    assert_eq!(to("f64"), f64s);
    assert_eq!(to("f32"), f32s);
    assert_eq!(to("i16"), expected.iter().flat_map(|row| row.1.to_ne_bytes()).collect::<Vec<_>>());
    assert_eq!(to("i32"), expected.iter().flat_map(|row| row.2.to_ne_bytes()).collect::<Vec<_>>());
    assert_eq!(to("u8"), expected.iter().map(|row| row.3).collect::<Vec<_>>());
}

#[test]
fn every_pair_of_types_by_hand() {
    let (low16, low32) = (i16::MIN, i32::MIN);
    check_pairs_from::<u8>(
        &[128, 64, 0, 255, 129],
        &[
            (0.0, 0, 0, 128),
            (-0.5, -16_384, -1_073_741_824, 64),
            (-1.0, low16, low32, 0),
            (0.992_187_5, 32_512, 2_130_706_432, 255),
            (0.007_812_5, 256, 16_777_216, 129),
        ],
    );
    check_pairs_from::<i16>(
        &[0, -16_384, low16, 32_767, 384],
        &[
            (0.0, 0, 0, 128),
            (-0.5, -16_384, -1_073_741_824, 64),
            (-1.0, low16, low32, 0),
            // 127.996… of 128 steps rounds to 128, which u8 does not have: clipped.
            (0.999_969_482_421_875, 32_767, 2_147_418_112, 255),
            // 1.5 steps of u8: to the even 2.
            (0.011_718_75, 384, 25_165_824, 130),
        ],
    );
    check_pairs_from::<i32>(
        &[0, -1_073_741_824, low32, i32::MAX, 98_304],
        &[
            (0.0, 0, 0, 128),
            (-0.5, -16_384, -1_073_741_824, 64),
            (-1.0, low16, low32, 0),
            (2_147_483_647.0 / 2_147_483_648.0, 32_767, i32::MAX, 255),
            // 1.5 steps of i16: to the even 2.
            (98_304.0 / 2_147_483_648.0, 2, 98_304, 128),
        ],
    );
    let floats: [(f64, i16, i32, u8); 5] = [
        (0.0, 0, 0, 128),
        (-0.5, -16_384, -1_073_741_824, 64),
        (1.0, 32_767, i32::MAX, 255),
        (-1.5, low16, low32, 0),
        // −0.5 steps of u8 go to the even 0; −128 steps of i16.
        (-0.003_906_25, -128, -8_388_608, 128),
    ];
    check_pairs_from::<f32>(&[0.0, -0.5, 1.0, -1.5, -0.003_906_25], &floats);
    check_pairs_from::<f64>(&[0.0, -0.5, 1.0, -1.5, -0.003_906_25], &floats);
}

#[test]
fn what_is_no_number_is_silence_and_what_is_infinite_is_clipped() {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, -f64::MIN_POSITIVE];
    let to = |name: &str| converted(&json!({ "to": name }), &odd, 1, Layout::Interleaved);
    assert_eq!(to("u8"), [128, 255, 0, 128, 128]);
    let i16s = [0, i16::MAX, i16::MIN, 0, 0];
    assert_eq!(to("i16"), i16s.iter().flat_map(|sample| sample.to_ne_bytes()).collect::<Vec<_>>());
    let i32s = [0, i32::MAX, i32::MIN, 0, 0];
    assert_eq!(to("i32"), i32s.iter().flat_map(|sample| sample.to_ne_bytes()).collect::<Vec<_>>());
}

#[test]
fn every_i16_and_every_u8_comes_back_from_both_floats_and_from_i32() {
    let words: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let word_bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    for between in ["f32", "f64", "i32"] {
        let mut there = Harness::of::<FormatConverterNode>(&json!({ "to": between, "layout": "planar" })).unwrap();
        for (back, given, inputs) in [
            ("i16", &word_bytes, pcm_input(&words, 1, Layout::Interleaved)),
            ("u8", &bytes, pcm_input(&bytes, 1, Layout::Interleaved)),
        ] {
            let mut converted = push(&mut there, inputs, 65_536).unwrap();
            let inputs = NodeInputs::new().with("input", converted.take("pcm").unwrap());
            let mut back = Harness::of::<FormatConverterNode>(&json!({ "from": between, "to": back })).unwrap();
            assert_eq!(&bytes_of(&push(&mut back, inputs, 65_536).unwrap()), given, "{between}");
        }
    }
}

#[test]
fn channels_change_places_exactly() {
    // Three channels of two samples: a0 b0 c0 a1 b1 c1 and a0 a1 b0 b1 c0 c1.
    let (interleaved, planar) = ([1_i16, 2, 3, 4, 5, 6], [1_i16, 4, 2, 5, 3, 6]);
    let bytes = |samples: &[i16]| samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect::<Vec<_>>();
    let to_planar = json!({ "to": "i16", "layout": "planar" });
    assert_eq!(converted(&to_planar, &interleaved, 3, Layout::Interleaved), bytes(&planar));
    assert_eq!(converted(&to_planar, &planar, 3, Layout::Planar), bytes(&planar));
    let to_interleaved = json!({ "to": "i16" });
    assert_eq!(converted(&to_interleaved, &planar, 3, Layout::Planar), bytes(&interleaved));
    assert_eq!(converted(&to_interleaved, &interleaved, 3, Layout::Interleaved), bytes(&interleaved));
}

#[test]
fn audio_comes_in_on_the_same_key_and_goes_out_on_its_own() {
    let samples = [0.5, -0.5, 0.25, -2.0];
    let mut to_words = Harness::of::<FormatConverterNode>(&json!({ "to": "i16" })).unwrap();
    let outputs = to_words.audio(&samples, RATE, 2).unwrap();
    let Some(Value::Pcm(pcm)) = outputs[0].get("pcm") else { panic!("{outputs:?}") };
    assert_eq!((pcm.sample_rate(), pcm.channels(), pcm.length(), pcm.layout()), (RATE, 2, 2, Layout::Interleaved));
    assert!(matches!(pcm.samples(), PcmSamples::I16(words) if words.as_slice() == [16_384, -16_384, 8_192, -32_768]));
    assert!(outputs[0].get("output").is_none());

    let mut to_audio = Harness::of::<FormatConverterNode>(&json!({})).unwrap();
    let words = [16_384_i16, -32_768];
    let output = push(&mut to_audio, pcm_input(&words, 2, Layout::Planar), 2).unwrap();
    let audio = output.audio_buffer("output").unwrap();
    assert_eq!((audio.sample_rate(), audio.channels()), (RATE, 2));
    assert_eq!(audio_of(&[output], "output").unwrap(), [0.5, -1.0]);
}

#[test]
fn what_is_right_already_is_passed_on_without_a_copy() {
    let create = |to, layout| {
        FormatConverterNode::create(FormatConverterParams { to, layout, ..FormatConverterParams::default() }).unwrap()
    };
    let samples = [0.5_f32, f32::NAN];
    let address = samples.as_ptr().addr();
    let mut context = NodeContext::new();
    let mut audio = create(SampleType::F32, ChannelLayout::Interleaved);
    for layout in [Layout::Interleaved, Layout::Planar] {
        let output = audio.execute(pcm_input(&samples, 1, layout), &mut context).unwrap();
        assert_eq!(output.audio_buffer("output").unwrap().samples().as_ptr().addr(), address);
    }
    let mut planar = create(SampleType::F32, ChannelLayout::Planar);
    let output = planar.execute(pcm_input(&samples, 2, Layout::Planar), &mut context).unwrap();
    let Some(Value::Pcm(pcm)) = output.get("pcm") else { panic!("{output:?}") };
    assert_eq!(pcm.samples().as_bytes().as_ptr().addr(), address);
    assert_eq!(context.unpooled(), 0);
}

#[test]
fn the_frames_it_asks_for_are_large_enough() {
    for (to, name) in [(SampleType::U8, "u8"), (SampleType::I32, "i32"), (SampleType::F64, "f64")] {
        let mut node =
            FormatConverterNode::create(FormatConverterParams { to, ..FormatConverterParams::default() }).unwrap();
        assert_eq!(node.output_samples("output", 7), 0);
        // Memory of f64, so that the frame lies as well as those of a host do.
        let mut memory = [0.0_f64; 7];
        let frame: &mut [f32] = &mut bytemuck::cast_slice_mut(&mut memory)[..node.output_samples("pcm", 7)];
        let mut context = NodeContext::with_frame(frame);
        let output = node.execute(pcm_input(&[1_i16; 7], 1, Layout::Interleaved), &mut context).unwrap();
        let Some(Value::Pcm(pcm)) = output.get("pcm") else { panic!("{output:?}") };
        assert_eq!((pcm.length(), pcm.samples().dtype()), (7, name));
        assert_eq!(context.unpooled(), 0, "{name}");
    }
}

proptest! {
    #[test]
    fn to_planes_and_back_changes_no_bit(channels in 1..=64_u16, bits in prop::collection::vec(any::<u32>(), 1..200)) {
        let whole = bits.len().next_multiple_of(usize::from(channels));
        let samples: Vec<f32> = (0..whole).map(|n| f32::from_bits(bits[n % bits.len()])).filter(|s| !s.is_nan())
            .chain(std::iter::repeat(0.0)).take(whole).collect();
        let mut there = Harness::of::<FormatConverterNode>(&json!({ "layout": "planar" })).unwrap();
        let mut back = Harness::of::<FormatConverterNode>(&json!({})).unwrap();
        let mut planar = there.audio(&samples, RATE, channels).unwrap().remove(0);
        let inputs = NodeInputs::new().with("input", planar.take("pcm").unwrap());
        let output = push(&mut back, inputs, whole).unwrap();
        let given: Vec<u8> = samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect();
        prop_assert_eq!(bytes_of(&output), given);
    }

    #[test]
    fn any_chunking_gives_the_same_samples(at in 1..100_usize, samples in prop::collection::vec(-1.5..1.5_f32, 101)) {
        let run = |frames: &[&[f32]]| -> Vec<u8> {
            let mut node = Harness::of::<FormatConverterNode>(&json!({ "to": "i16" })).unwrap();
            frames.iter().flat_map(|frame| bytes_of(&node.audio(frame, RATE, 1).unwrap()[0])).collect()
        };
        prop_assert_eq!(run(&[&samples[..at], &samples[at..]]), run(&[&samples]));
    }
}

#[test]
fn refuses_inputs_with_a_code_and_goes_on() {
    let mut node = Harness::of::<FormatConverterNode>(&json!({ "from": "i16", "channels": 2, "to": "f64" })).unwrap();
    for (inputs, said) in [
        (pcm_input(&[1_i32; 2], 2, Layout::Planar), "`from` says i16"),
        (pcm_input(&[1_i16; 2], 1, Layout::Planar), "`channels` says 2"),
        (pcm_input::<i16>(&[], 2, Layout::Planar), "without samples"),
        (NodeInputs::new().with("input", Value::Plain(json!("hello"))), "is plain data"),
        (NodeInputs::new().with("input", Value::Number(1.0)), "is a number"),
        (NodeInputs::new(), "is nothing"),
    ] {
        let error = push(&mut node, inputs, 2).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Inputs);
        assert!(error.message().contains(said), "{error} should say {said}");
        assert_eq!(error.details()["key"], "input");
        assert!(push(&mut node, pcm_input(&[1_i16; 2], 2, Layout::Planar), 2).is_ok());
    }
}

#[test]
fn refuses_params_that_are_not_its_own() {
    let factory = NodeFactory::of::<FormatConverterNode>();
    for (params, path) in [
        (r#"{"channels":0}"#, "channels"),
        (r#"{"channels":65}"#, "channels"),
        (r#"{"channels":4294967298}"#, "channels"),
        (r#"{"channels":1.9}"#, "channels"),
        (r#"{"channels":"2"}"#, "channels"),
        (r#"{"to":"i24"}"#, "to"),
        (r#"{"to":16}"#, "to"),
        (r#"{"from":"I16"}"#, "from"),
        (r#"{"layout":"packed"}"#, "layout"),
        (r#"{"type":"i16"}"#, "type"),
    ] {
        let error = factory.create(params).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        assert_eq!(error.details()["issues"][0]["path"], path, "{params}");
    }
}

#[test]
fn formats_follow_from_the_params() {
    let formats = |params: &str| NodeFactory::of::<FormatConverterNode>().formats(params).unwrap();
    let [(key, format)] = formats("{}")[..] else { panic!() };
    assert_eq!((key, format.dtype, format.channels), ("output", Some("f32"), None));
    let [(key, format)] = formats(r#"{"layout":"planar","channels":2}"#)[..] else { panic!() };
    assert_eq!((key, format.dtype, format.channels), ("pcm", Some("f32"), Some(2)));
    let [(key, format)] = formats(r#"{"to":"u8"}"#)[..] else { panic!() };
    assert_eq!((key, format.dtype), ("pcm", Some("u8")));
}
