//! `AudioFileSource` on files of other programs (`test/fixtures/audio`): sample-exact where nothing is lost, of the right
//! length and near to what was encoded where something is.

#![allow(clippy::unwrap_used, clippy::cast_precision_loss, reason = "helpers of tests")]

mod audio_files;

use anabranch_node::{ErrorCode, Format, NodeFactory};
use anabranch_nodes::AudioFileSource;
use audio_files::{fixture, fixtures, folder, params, play, sha256};
use serde_json::{Value as Json, json};

/// In dB against what was encoded (`tones` of the fixtures: 441 Hz at 0.5 on the left, 1000 Hz at 0.25 on the right),
/// without 2048 samples at either end.
fn snr(samples: &[f32]) -> f64 {
    let (mut signal, mut noise) = (0.0, 0.0);
    let frames = samples.len() / 2;
    for (at, frame) in samples.chunks(2).enumerate().take(frames - 2048).skip(2048) {
        let angle = std::f64::consts::TAU * at as f64 / 44_100.0;
        let wanted = [0.5 * (441.0 * angle).sin(), 0.25 * (1_000.0 * angle).sin()];
        for (wanted, got) in wanted.iter().zip(frame) {
            signal += wanted * wanted;
            noise += (wanted - f64::from(*got)).powi(2);
        }
    }
    10.0 * (signal / noise).log10()
}

#[test]
fn plays_the_samples_of_every_fixture() {
    let list = fixtures();
    assert!(list.len() >= 18, "the fixtures are all there");
    for entry in list {
        let name = entry["file"].as_str().unwrap();
        let played = play(&fixture(name), &json!({})).unwrap();
        assert!(played.errors.is_empty(), "{name}: {:?}", played.errors);
        assert_eq!(json!(played.rate), entry["rate"], "{name}");
        assert_eq!(json!(played.channels), entry["channels"], "{name}");
        assert_eq!(json!(played.length()), entry["frames"], "{name}");
        if entry["lossless"] == true {
            assert_eq!(json!(sha256(&played.samples)), entry["f32_sha256"], "{name}");
            assert_eq!(played.info["samples"], entry["frames"], "{name}");
            assert_eq!(played.info["truncated"], false, "{name}");
        } else {
            // Other decoders of the same file; a shift by one sample would cost more than a tenth of a dB.
            let others = entry["decoded"]["ffmpeg"]["snr_db"].as_f64().unwrap();
            let ours = snr(&played.samples);
            assert!((ours - others).abs() < 0.1, "{name}: {ours} dB, ffmpeg {others} dB");
        }
    }
}

#[test]
fn tells_what_it_plays() {
    for (name, container, codec) in [
        ("wav-s24-extensible.wav", "wav", "pcm_s24"),
        ("wav-f64.wav", "wav", "pcm_f64"),
        ("flac-s24.flac", "flac", "flac"),
        ("mp3-vbr.mp3", "mp3", "mp3"),
        ("vorbis.ogg", "ogg", "vorbis"),
        ("aac.m4a", "mp4", "aac"),
        ("alac-s16.m4a", "mp4", "alac"),
    ] {
        let info = play(&fixture(name), &json!({})).unwrap().info;
        assert_eq!((&info["container"], &info["codec"]), (&json!(container), &json!(codec)), "{name}");
        assert_eq!((&info["sample_rate"], &info["channels"]), (&json!(44_100), &json!(2)), "{name}");
        if name != "vorbis.ogg" {
            let ms = info["samples"].as_f64().unwrap() * 1_000.0 / 44_100.0;
            assert_eq!(info["duration_ms"].as_f64(), Some(ms), "{name}");
        }
    }
}

#[test]
fn frames_are_of_equal_length_but_the_last() {
    for (params, length) in [
        (json!({}), 882),
        (json!({ "frame_ms": 10 }), 441),
        (json!({ "frame_ms": 1.5 }), 66),
        (json!({ "frame_samples": 512 }), 512),
        (json!({ "frame_samples": 11_025 }), 11_025),
        (json!({ "frame_samples": 1_000_000 / 2 }), 11_025),
    ] {
        for name in ["flac-s16.flac", "alac-s16.m4a"] {
            let played = play(&fixture(name), &params).unwrap();
            let (last, others) = played.frames.split_last().unwrap();
            assert!(others.iter().all(|frame| *frame == 2 * length), "{name} {params}");
            assert_eq!(others.len() * 2 * length + last, 2 * 11_025, "{name} {params}");
            assert!(*last > 0 && *last <= 2 * length);
        }
    }
}

#[test]
fn any_frame_length_gives_the_same_samples() {
    for entry in fixtures() {
        let path = fixture(entry["file"].as_str().unwrap());
        let whole = sha256(&play(&path, &json!({ "frame_samples": 30_000 })).unwrap().samples);
        for frame in [1, 7, 160, 4_096] {
            let played = play(&path, &json!({ "frame_samples": frame })).unwrap();
            assert_eq!(sha256(&played.samples), whole, "{path:?} in frames of {frame}");
        }
    }
}

#[test]
fn a_part_is_cut_out_to_the_sample() {
    for entry in fixtures() {
        let name = entry["file"].as_str().unwrap();
        let path = fixture(name);
        let whole = play(&path, &json!({})).unwrap();
        let channels = usize::from(whole.channels);
        // 5 ms are 220.5 samples, rounded away from zero; 20.01 ms are 882.441.
        let part = play(&path, &json!({ "start_ms": 5, "end_ms": 20.01, "frame_samples": 100 })).unwrap();
        assert_eq!(part.samples, whole.samples[221 * channels..882 * channels], "{name}");
        if !part.info["samples"].is_null() {
            assert_eq!(part.info["samples"], 661, "{name}");
        }
        let from = play(&path, &json!({ "start_ms": 10 })).unwrap();
        assert_eq!(from.samples, whole.samples[441 * channels..], "{name}");
        let to = play(&path, &json!({ "end_ms": 1e9 })).unwrap();
        assert_eq!(to.samples, whole.samples, "{name}");
    }
}

#[test]
fn a_start_behind_the_end_is_refused() {
    let error = play(&fixture("wav-s16.wav"), &json!({ "start_ms": 30 })).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Params);
    assert_eq!(error.details()["issues"][0]["path"], "start_ms");
}

#[test]
fn plays_from_the_start_again_after_a_reset() {
    for name in ["wav-s16.wav", "mp3-cbr.mp3"] {
        let params = params(&fixture(name), &json!({}));
        let mut source = anabranch_node::testing::Harness::of::<AudioFileSource>(&params).unwrap();
        let first = source.produce().unwrap().unwrap();
        source.produce().unwrap().unwrap();
        assert!(source.node().reset().unwrap());
        let again = source.produce().unwrap().unwrap();
        let samples =
            |outputs: &anabranch_node::NodeOutputs<'_>| outputs.audio_buffer("output").unwrap().samples().to_vec();
        assert_eq!(samples(&first), samples(&again), "{name}");
        assert!(again.get("info").is_some(), "{name}");
    }
}

#[test]
fn samples_lie_in_frames_of_the_host() {
    let params = params(&fixture("wav-s16.wav"), &json!({}));
    let mut node = NodeFactory::of::<AudioFileSource>().create(&params.to_string()).unwrap();
    node.prepare(&mut anabranch_node::NodeContext::new()).unwrap();
    assert_eq!((node.output_samples("output", 0), node.output_samples("info", 0)), (1_764, 0));
    let mut memory = vec![0.0; node.output_samples("output", 0)];
    let address = memory.as_ptr();
    let mut context = anabranch_node::NodeContext::with_frame(&mut memory);
    let outputs = node.produce(&mut context).unwrap().unwrap();
    assert_eq!(outputs.audio_buffer("output").unwrap().samples().as_ptr(), address);
    assert_eq!(context.unpooled(), 0);
}

#[test]
fn formats_are_those_of_the_file_where_it_can_be_read() {
    let factory = NodeFactory::of::<AudioFileSource>();
    for name in ["wav-s16.wav", "flac-s24.flac", "mp3-cbr.mp3", "vorbis.ogg", "aac.m4a"] {
        let formats = factory.formats(&params(&fixture(name), &json!({})).to_string()).unwrap();
        assert_eq!(formats, [("output", Format::new().rate(44_100).channels(2))], "{name}");
    }
    assert!(factory.formats(&json!({ "path": "no such file" }).to_string()).unwrap().is_empty());
}

#[test]
fn refuses_wrong_params_all_at_once() {
    let factory = NodeFactory::of::<AudioFileSource>();
    let paths = |params: Json| -> Vec<String> {
        let error = factory.create(&params.to_string()).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        let issues = error.details()["issues"].as_array().unwrap().clone();
        issues.iter().map(|issue| issue["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(paths(json!({})), [""]);
    assert_eq!(paths(json!({ "path": "" })), ["path"]);
    assert_eq!(paths(json!({ "path": "a\u{0}b" })), ["path"]);
    assert_eq!(paths(json!({ "path": "a.wav", "speed": 2 })), ["speed"]);
    assert_eq!(paths(json!({ "path": "a.wav", "frame_samples": -1 })), ["frame_samples"]);
    assert_eq!(paths(json!({ "path": "a.wav", "frame_samples": 1.5 })), ["frame_samples"]);
    assert_eq!(
        paths(json!({ "path": "", "frame_ms": 0.5, "frame_samples": 0, "start_ms": -1, "end_ms": -2 })),
        ["path", "frame_ms", "frame_samples", "frame_samples", "start_ms", "end_ms"]
    );
    assert_eq!(paths(json!({ "path": "a.wav", "start_ms": 10, "end_ms": 10 })), ["end_ms"]);
    assert_eq!(paths(json!({ "path": "a.wav", "frame_ms": 60_001 })), ["frame_ms"]);
}

#[test]
fn a_frame_that_no_host_carries_is_refused() {
    // 60 s of two channels at 44.1 kHz are 21 MB; a frame has at most 4 MiB.
    let error = play(&fixture("wav-s16.wav"), &json!({ "frame_ms": 60_000 })).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Limit);
    assert_eq!(error.details()["limit"], "audio_frame_bytes");
}

#[test]
fn every_example_makes_a_node() {
    let factory = NodeFactory::of::<AudioFileSource>();
    let spec = factory.spec();
    assert_eq!(spec.examples.len(), 2);
    for example in &spec.examples {
        factory.create(&example.params.to_string()).map(|_| ()).unwrap();
    }
    let described = &spec.params["properties"]["start_ms"];
    assert_eq!((&described["default"], &described["minimum"]), (&json!(0.0), &json!(0.0)));
    assert!(described["description"].as_str().unwrap().contains("in ms"));
}

#[test]
fn an_empty_file_of_samples_gives_its_info_and_ends() {
    let folder = folder("empty-samples");
    let path = folder.join("empty.wav");
    let mut bytes = std::fs::read(fixture("wav-s16.wav")).unwrap();
    bytes.truncate(44);
    bytes[40..44].copy_from_slice(&[0; 4]);
    std::fs::write(&path, bytes).unwrap();
    let played = play(&path, &json!({})).unwrap();
    assert!(played.frames.is_empty());
    assert_eq!(played.info["samples"], 0);
}
