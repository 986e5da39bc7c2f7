//! `AudioFileSink`: what it writes is read back by `AudioFileSource`, which is held against other encoders by its own
//! tests; bytes of a header are held against the description of the format.

#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "helpers of tests; samples are exact"
)]

mod audio_files;

use std::process::Command;

use anabranch_node::testing::Harness;
use anabranch_node::{ErrorCode, NodeFactory};
use anabranch_nodes::AudioFileSink;
use audio_files::{folder, params, play, write};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// Every kind of number of `bits` bits: the extremes, and steps that use all bits.
fn exact(bits: u32, count: u32) -> Vec<f32> {
    let scale = 2_f64.powi(i32::try_from(bits).unwrap() - 1);
    (0..count)
        .map(|at| {
            let number = -scale + (f64::from(at) * (2.0 * scale - 1.0) / f64::from(count - 1)).floor();
            #[allow(clippy::cast_possible_truncation, reason = "24 bits at most")]
            let sample = (number / scale) as f32;
            sample
        })
        .collect()
}

#[test]
fn what_is_written_is_read_back_exactly() {
    let folder = folder("sink-exact");
    for (name, bits, codec) in [
        ("a.wav", 16, "pcm_s16"),
        ("b.wav", 24, "pcm_s24"),
        ("c.wav", 32, "pcm_f32"),
        ("a.flac", 16, "flac"),
        ("b.FLAC", 24, "flac"),
    ] {
        for (channels, rate, chunk) in [(1, 16_000, 320), (2, 44_100, 882), (5, 96_000, 1), (8, 11_025, 5_000)] {
            let samples = exact(bits.min(24), 9_000 * u32::from(channels));
            let path = folder.join(name);
            write(&params(&path, &json!({ "bits": bits })), &samples, rate, channels, chunk).unwrap();
            let played = play(&path, &json!({})).unwrap();
            assert!(played.errors.is_empty(), "{name}: {:?}", played.errors);
            assert_eq!((played.rate, played.channels), (rate, channels), "{name}");
            assert_eq!(played.info["codec"], codec, "{name}");
            assert_eq!(played.info["truncated"], false, "{name}");
            assert_eq!(played.info["samples"], 9_000, "{name}");
            assert!(played.samples == samples, "{name}, {channels} channels in frames of {chunk}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn floats_keep_every_bit(bits in prop::collection::vec(any::<u32>(), 1..500)) {
        let samples: Vec<f32> = bits.iter().map(|bits| f32::from_bits(*bits)).collect();
        let path = folder("sink-floats").join("bits.wav");
        write(&params(&path, &json!({ "bits": 32 })), &samples, 48_000, 1, 64).unwrap();
        let played = play(&path, &json!({})).unwrap().samples;
        prop_assert_eq!(played.len(), samples.len());
        for (sample, got) in samples.iter().zip(played) {
            prop_assert!(sample.to_bits() == got.to_bits() || (sample.is_nan() && got.is_nan()));
        }
    }

    #[test]
    fn others_are_rounded_and_clipped_never_wrapped(samples in prop::collection::vec(-2.0..2.0_f32, 1..500), flac in any::<bool>()) {
        let path = folder("sink-clipped").join(if flac { "x.flac" } else { "x.wav" });
        write(&params(&path, &json!({})), &samples, 48_000, 1, 64).unwrap();
        let played = play(&path, &json!({})).unwrap().samples;
        prop_assert_eq!(played.len(), samples.len());
        for (sample, got) in samples.iter().zip(played) {
            let wanted = f64::from(*sample).clamp(-1.0, 32_767.0 / 32_768.0);
            prop_assert!((f64::from(got) - wanted).abs() <= 0.5 / 32_768.0, "{} gave {}", sample, got);
        }
    }
}

#[test]
fn the_header_is_that_of_the_format() {
    let path = folder("sink-header").join("x.wav");
    write(&params(&path, &json!({})), &[0.5, -0.5, 0.25, -1.0], 8_000, 2, 1).unwrap();
    let expected = [
        b"RIFF\x2C\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x40\x1F\0\0\0\x7D\0\0\x04\0\x10\0data\x08\0\0\0".as_slice(),
        &[0x00, 0x40, 0x00, 0xC0, 0x00, 0x20, 0x00, 0x80],
    ]
    .concat();
    assert_eq!(std::fs::read(&path).unwrap(), expected);
}

#[test]
fn the_header_follows_the_audio_so_that_a_killed_process_leaves_a_sound_file() {
    let path = folder("sink-killed").join("x.wav");
    let mut sink = Harness::of::<AudioFileSink>(&params(&path, &json!({}))).unwrap();
    for frame in 0..125_u16 {
        sink.audio(&[f32::from(frame) / 256.0; 160], 8_000, 1).unwrap();
    }
    // 2.5 s are given; nothing was flushed. What a process that dies now leaves is what is there.
    let played = play(&path, &json!({})).unwrap();
    assert!(played.length() >= 16_000, "{} samples", played.length());
    assert!(played.samples.iter().enumerate().all(|(at, sample)| *sample == (at / 160) as f32 / 256.0));
    sink.flush().unwrap();
    assert_eq!(play(&path, &json!({})).unwrap().length(), 20_000);
}

#[test]
fn a_killed_flac_plays_to_where_it_came() {
    let path = folder("sink-killed-flac").join("x.flac");
    let mut sink = Harness::of::<AudioFileSink>(&params(&path, &json!({}))).unwrap();
    let noise: Vec<f32> = (0..400_000_u64).map(|at| ((at * 7_919 * at) % 65_536) as f32 / 32_768.0 - 1.0).collect();
    for frame in noise.chunks(160) {
        sink.audio(frame, 8_000, 1).unwrap();
    }
    let left = std::fs::read(&path).unwrap();
    let dead = path.with_file_name("dead.flac");
    std::fs::write(&dead, left).unwrap();
    let played = play(&dead, &json!({})).unwrap();
    assert!(played.info["samples"].is_null());
    assert!(played.length() > 300_000, "{} samples", played.length());
    assert!(played.samples == noise[..played.length()]);
    sink.flush().unwrap();
}

#[test]
fn cleanup_finishes_what_was_not_flushed() {
    for name in ["x.wav", "x.flac"] {
        let path = folder("sink-cleanup").join(name);
        let mut sink = Harness::of::<AudioFileSink>(&params(&path, &json!({}))).unwrap();
        sink.audio(&[0.5; 100], 8_000, 1).unwrap();
        sink.node().cleanup().unwrap();
        sink.node().cleanup().unwrap();
        assert_eq!(play(&path, &json!({})).unwrap().samples, [0.5; 100], "{name}");
    }
}

#[test]
fn a_change_of_format_is_refused_and_what_follows_goes_on() {
    for name in ["x.wav", "x.flac"] {
        let path = folder("sink-change").join(name);
        let mut sink = Harness::of::<AudioFileSink>(&params(&path, &json!({}))).unwrap();
        sink.audio(&[0.5; 4], 8_000, 1).unwrap();
        for (rate, channels) in [(16_000, 1), (8_000, 2)] {
            let error = sink.audio(&[0.25; 4], rate, channels).unwrap_err();
            assert_eq!(error.code(), ErrorCode::AudioFormat);
            assert_eq!(error.details()["expected"], "8000 Hz, 1 channels");
            assert_eq!(error.details()["received"], format!("{rate} Hz, {channels} channels"));
            assert!(error.message().contains(path.to_str().unwrap()));
        }
        assert_eq!(sink.audio(&[], 8_000, 1).unwrap_err().code(), ErrorCode::Inputs);
        sink.audio(&[0.5; 4], 8_000, 1).unwrap();
        sink.flush().unwrap();
        assert_eq!(play(&path, &json!({})).unwrap().samples, [0.5; 8], "{name}");
    }
}

#[test]
fn a_file_is_left_as_it_was_until_the_first_frame() {
    let folder = folder("sink-untouched");
    let old = folder.join("old.wav");
    std::fs::write(&old, "older").unwrap();
    let new = folder.join("new.wav");
    for path in [&old, &new] {
        let mut sink = Harness::of::<AudioFileSink>(&params(path, &json!({}))).unwrap();
        sink.flush().unwrap();
        sink.node().cleanup().unwrap();
    }
    assert_eq!(std::fs::read(&old).unwrap(), b"older");
    assert!(!new.exists());
    write(&params(&old, &json!({})), &[0.5; 1], 8_000, 1, 1).unwrap();
    assert_eq!(std::fs::metadata(&old).unwrap().len(), 46);
}

#[test]
fn refuses_where_it_cannot_write() {
    let folder = folder("sink-paths");
    let fifo = folder.join("fifo.wav");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let there = folder.join("there.wav");
    std::fs::write(&there, "there").unwrap();
    let subfolder = folder.join("folder.wav");
    std::fs::create_dir(&subfolder).unwrap();
    for (path, more, says) in [
        (folder.join("missing/x.wav"), json!({}), "no such file or folder"),
        (subfolder, json!({}), "folder"),
        (fifo, json!({}), "named pipe"),
        (std::path::PathBuf::from("/dev/full"), json!({ "format": "wav" }), "device"),
        (there.clone(), json!({ "overwrite": false }), "exists"),
    ] {
        let error = Harness::of::<AudioFileSink>(&params(&path, &more)).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::NotAvailable, "{path:?}: {error}");
        assert!(error.message().contains(says) && error.message().contains(path.to_str().unwrap()), "{error}");
        assert!(error.to_json()["fix"].is_string(), "{error}");
    }
    assert_eq!(std::fs::read(&there).unwrap(), b"there");
}

#[test]
fn flac_cannot_hold_everything() {
    let path = folder("sink-flac-limits").join("x.flac");
    let mut sink = Harness::of::<AudioFileSink>(&params(&path, &json!({}))).unwrap();
    for (rate, channels) in [(48_000, 9), (768_000, 1)] {
        let error = sink.audio(&[0.0; 9], rate, channels).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AudioFormat, "{error}");
    }
    for rate in [1_000, 11_025, 65_537, 655_350] {
        write(&params(&path, &json!({})), &vec![0.5; 10_000], rate, 1, 100).unwrap();
        let played = play(&path, &json!({})).unwrap();
        assert_eq!((played.rate, played.length()), (rate, 10_000));
    }
}

#[test]
fn refuses_wrong_params_all_at_once() {
    let factory = NodeFactory::of::<AudioFileSink>();
    let paths = |params: Json| -> Vec<String> {
        let error = factory.create(&params.to_string()).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        let issues = error.details()["issues"].as_array().unwrap().clone();
        issues.iter().map(|issue| issue["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(json!({})), [""]);
    assert_eq!(paths(json!({ "path": "" })), ["path", "format"]);
    assert_eq!(paths(json!({ "path": "x.mp3", "bits": 7 })), ["format", "bits"]);
    assert_eq!(paths(json!({ "path": "x.flac", "bits": 32 })), ["bits"]);
    assert_eq!(paths(json!({ "path": "x.wav", "format": "mp3" })), ["format"]);
    assert_eq!(paths(json!({ "path": "x.wav", "bits": "16" })), ["bits"]);
    assert_eq!(paths(json!({ "path": "x.wav", "dither": true })), ["dither"]);
}

#[test]
fn every_example_makes_a_node() {
    let factory = NodeFactory::of::<AudioFileSink>();
    let spec = factory.spec();
    assert_eq!(spec.examples.len(), 3);
    for example in &spec.examples {
        factory.create(&example.params.to_string()).map(|_| ()).unwrap();
    }
    assert_eq!(spec.params["properties"]["bits"]["default"], 16);
    assert_eq!(spec.params["properties"]["bits"]["enum"], json!([16, 24, 32]));
    assert_eq!(spec.params["properties"]["overwrite"]["default"], true);
}
