//! `AudioFileSource` on WAV files as they should not be (the cases of `test/hostile-wavs.ts`, as edits of bytes), and on
//! paths that are no files: a coded error that names the path and says what to do, or the samples that are there.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "helpers of tests")]

mod audio_files;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anabranch_node::{ErrorCode, NodeError};
use audio_files::{fixture, folder, play};
use serde_json::json;

/// Frame n is 1000 (n − 10).
fn numbers() -> impl Iterator<Item = i16> {
    (-10..10).map(|n: i16| 1_000 * n)
}

fn chunk(id: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = [id.as_slice(), &(body.len() as u32).to_le_bytes(), body].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

fn sized(id: [u8; 4], size: u32, body: &[u8]) -> Vec<u8> {
    let mut chunk = chunk(id, body);
    chunk[4..8].copy_from_slice(&size.to_le_bytes());
    chunk
}

fn samples() -> Vec<u8> {
    numbers().flat_map(i16::to_le_bytes).collect()
}

fn data() -> Vec<u8> {
    chunk(*b"data", &samples())
}

struct Fmt {
    tag: u16,
    channels: u16,
    rate: u32,
    block: u16,
    bits: u16,
}

const GOOD: Fmt = Fmt { tag: 1, channels: 1, rate: 16_000, block: 2, bits: 16 };

fn fmt_body(fmt: &Fmt) -> Vec<u8> {
    [
        fmt.tag.to_le_bytes().as_slice(),
        &fmt.channels.to_le_bytes(),
        &fmt.rate.to_le_bytes(),
        &fmt.rate.wrapping_mul(fmt.block.into()).to_le_bytes(),
        &fmt.block.to_le_bytes(),
        &fmt.bits.to_le_bytes(),
    ]
    .concat()
}

fn fmt(fmt: &Fmt) -> Vec<u8> {
    chunk(*b"fmt ", &fmt_body(fmt))
}

fn extensible(guid_end: u8) -> Vec<u8> {
    let guid = [1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, guid_end];
    let body = fmt_body(&Fmt { tag: 0xFFFE, ..GOOD });
    chunk(
        *b"fmt ",
        &[body.as_slice(), &22_u16.to_le_bytes(), &16_u16.to_le_bytes(), &4_u32.to_le_bytes(), &guid].concat(),
    )
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF".as_slice(), &(body.len() as u32 + 4).to_le_bytes(), b"WAVE", &body].concat()
}

fn with(mut bytes: Vec<u8>, at: usize, new: &[u8]) -> Vec<u8> {
    bytes[at..at + new.len()].copy_from_slice(new);
    bytes
}

fn assert_helps(error: &NodeError, code: ErrorCode, path: &Path, case: &str) {
    assert_eq!(error.code(), code, "{case}: {error}");
    assert!(error.message().contains(path.to_str().unwrap()), "{case}: {error}");
    assert!(error.to_json()["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{case}: {error}");
    assert!(!error.is_retryable(), "{case}");
}

#[test]
fn plays_what_is_there() {
    let folder = folder("hostile-played");
    let whole = riff(&[fmt(&GOOD), data()]);
    let all_ones = sized(*b"data", u32::MAX, &samples());
    let list = chunk(*b"LIST", b"INFOISFT\x04\0\0\0test");
    let rf64_body =
        [chunk(*b"ds64", &[0_u64, 40, 20].map(u64::to_le_bytes).concat()), fmt(&GOOD), all_ones.clone(), list.clone()]
            .concat();
    let rf64 = [b"RF64".as_slice(), &[0xFF; 4], b"WAVE", &rf64_body].concat();
    for (case, bytes, frames, truncated) in [
        ("data size 0xFFFFFFFF", with(riff(&[fmt(&GOOD), all_ones]), 4, &[0xFF; 4]), 20, false),
        ("data size 0", riff(&[fmt(&GOOD), sized(*b"data", 0, &samples())]), 20, false),
        (
            "data size 0, and nothing but chunks behind it",
            riff(&[fmt(&GOOD), chunk(*b"data", &[]), list.clone()]),
            0,
            false,
        ),
        ("data size beyond the end", riff(&[fmt(&GOOD), sized(*b"data", 1_040, &samples())]), 20, true),
        ("RIFF size 0", with(whole.clone(), 4, &[0; 4]), 20, false),
        ("truncated in a sample", whole[..whole.len() - 1].to_vec(), 19, true),
        ("an odd data size", riff(&[fmt(&GOOD), sized(*b"data", 39, &samples())]), 19, true),
        ("a chunk behind the data", riff(&[fmt(&GOOD), data(), list]), 20, false),
        ("an odd chunk with its pad", riff(&[chunk(*b"junk", b"1234567"), fmt(&GOOD), data()]), 20, false),
        ("extensible with the GUID of PCM", riff(&[extensible(0x71), data()]), 20, false),
        ("RF64", rf64, 20, false),
    ] {
        let path = folder.join(format!("{case}.wav"));
        std::fs::write(&path, bytes).unwrap();
        let played = play(&path, &json!({})).unwrap();
        assert!(played.errors.is_empty(), "{case}: {:?}", played.errors);
        let expected: Vec<f32> = numbers().take(frames).map(|number| f32::from(number) / 32_768.0).collect();
        assert_eq!(played.samples, expected, "{case}");
        assert_eq!((&played.info["truncated"], &played.info["samples"]), (&json!(truncated), &json!(frames)), "{case}");
    }
}

#[test]
fn refuses_what_nobody_can_know() {
    let folder = folder("hostile-refused");
    let unpadded = [b"junk".as_slice(), &7_u32.to_le_bytes(), b"1234567"].concat();
    let jpeg = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xD9";
    let whole = riff(&[fmt(&GOOD), data()]);
    let mut thousands = vec![fmt(&GOOD)];
    thousands.extend(vec![chunk(*b"junk", &[]); 5_000]);
    thousands.push(data());
    for (case, bytes, says) in [
        ("blockAlign 0", riff(&[fmt(&Fmt { block: 0, ..GOOD }), data()]), "block size is 0"),
        ("blockAlign 3", riff(&[fmt(&Fmt { block: 3, ..GOOD }), data()]), "block size is 3"),
        ("bits 0", riff(&[fmt(&Fmt { bits: 0, ..GOOD }), data()]), "0 bits"),
        ("bits 7", riff(&[fmt(&Fmt { bits: 7, ..GOOD }), data()]), "7 bits"),
        ("floats of 16 bits", riff(&[fmt(&Fmt { tag: 3, ..GOOD }), data()]), "16 bits"),
        ("channels 0", riff(&[fmt(&Fmt { channels: 0, ..GOOD }), data()]), "0 channels"),
        ("channels 65535", riff(&[fmt(&Fmt { channels: 65_535, block: 65_534, ..GOOD }), data()]), "65535 channels"),
        ("channels 65", riff(&[fmt(&Fmt { channels: 65, block: 130, ..GOOD }), data()]), "65 channels"),
        ("rate 0", riff(&[fmt(&Fmt { rate: 0, ..GOOD }), data()]), "0 Hz"),
        ("rate 4294967295", riff(&[fmt(&Fmt { rate: u32::MAX, ..GOOD }), data()]), "4294967295 Hz"),
        ("truncated in the fmt chunk", whole[..30].to_vec(), "fmt chunk has 10 bytes"),
        ("truncated after RIFF", whole[..6].to_vec(), "no audio file"),
        ("empty file", Vec::new(), "empty"),
        ("no data chunk", riff(&[fmt(&GOOD)]), "no data chunk"),
        ("fmt after data", riff(&[data(), fmt(&GOOD)]), "before its fmt"),
        ("fmt missing", riff(&[data()]), "no fmt chunk"),
        ("nothing but RIFF", riff(&[]), "no fmt chunk"),
        ("fmt twice", riff(&[fmt(&GOOD), fmt(&Fmt { channels: 2, block: 4, ..GOOD }), data()]), "two fmt chunks"),
        ("odd chunk without pad before fmt", riff(&[unpadded.clone(), fmt(&GOOD), data()]), "no pad byte"),
        ("odd chunk without pad before data", riff(&[fmt(&GOOD), unpadded, data()]), "no pad byte"),
        ("extensible with a wrong GUID", riff(&[extensible(0x72), data()]), "sub-format"),
        ("extensible that is too short", riff(&[fmt(&Fmt { tag: 0xFFFE, ..GOOD }), data()]), "sub-format"),
        ("thousands of chunks", riff(&thousands), "more than 4096 chunks"),
        ("big-endian RIFX", with(whole.clone(), 0, b"RIFX"), "no audio file"),
        ("a JPEG named .wav", jpeg.to_vec(), "no audio file"),
    ] {
        let path = folder.join(format!("{case}.wav"));
        std::fs::write(&path, bytes).unwrap();
        let error = play(&path, &json!({})).unwrap_err();
        assert_helps(&error, ErrorCode::AudioFormat, &path, case);
        assert!(error.message().contains(says), "{case}: {error}");
    }
    let path = folder.join("mu-law.wav");
    std::fs::write(&path, riff(&[fmt(&Fmt { tag: 7, block: 1, bits: 8, ..GOOD }), data()])).unwrap();
    assert_helps(&play(&path, &json!({})).unwrap_err(), ErrorCode::NotAvailable, &path, "mu-law");
}

#[test]
fn refuses_what_is_no_file() {
    let folder = folder("hostile-paths");
    let fifo = folder.join("fifo.wav");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let locked = folder.join("locked.wav");
    std::fs::copy(fixture("wav-s16.wav"), &locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let mut cases = vec![
        (folder.join("missing.wav"), "no such file"),
        (folder.clone(), "folder"),
        (fifo, "named pipe"),
        (Path::new("/dev/zero").to_path_buf(), "device"),
        (locked.join("below-a-file.wav"), "cannot be opened"),
    ];
    // To the superuser no file is locked.
    if std::fs::File::open(&locked).is_err() {
        cases.push((locked, "may not open"));
    }
    for (path, says) in cases {
        let error = play(&path, &json!({})).unwrap_err();
        assert_helps(&error, ErrorCode::NotAvailable, &path, says);
        assert!(error.message().contains(says), "{says}: {error}");
    }
}

#[test]
fn a_packed_file_that_is_cut_off_plays_up_to_there_and_says_so() {
    let folder = folder("hostile-cut");
    for (name, cut) in [("flac-s16.flac", 1_500), ("mp3-cbr.mp3", 3_000), ("mp3-vbr.mp3", 2_000)] {
        let whole = play(&fixture(name), &json!({})).unwrap();
        let bytes = std::fs::read(fixture(name)).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, &bytes[..bytes.len() - cut]).unwrap();
        let cut = play(&path, &json!({})).unwrap();
        assert!(cut.length() > whole.length() / 4 && cut.length() < whole.length(), "{name}: {}", cut.length());
        assert_eq!(cut.samples, whole.samples[..cut.samples.len()], "{name}");
        assert_eq!(cut.errors.len(), 1, "{name}: {:?}", cut.errors);
        assert_helps(&cut.errors[0], ErrorCode::AudioFormat, &path, name);
    }
    // An MP4 file says where each packet is; where that lies beyond the end, nothing is played.
    for name in ["alac-s16.m4a", "aac-faststart.m4a"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, &bytes[..bytes.len() - 1_500]).unwrap();
        let error =
            play(&path, &json!({})).and_then(|cut| cut.errors.into_iter().next().map_or(Ok(()), Err)).unwrap_err();
        assert_helps(&error, error.code(), &path, name);
        assert!([ErrorCode::AudioFormat, ErrorCode::NotAvailable].contains(&error.code()), "{error}");
    }
}

#[test]
fn a_broken_packet_is_one_error_and_silence_in_its_place() {
    let folder = folder("hostile-packet");
    let path = folder.join("broken.m4a");
    let mut bytes = std::fs::read(fixture("alac-s16.m4a")).unwrap();
    let whole = play(&fixture("alac-s16.m4a"), &json!({})).unwrap();
    // The second of three packets: its first byte names an element that ALAC does not have.
    let at = second_packet(&bytes);
    bytes[at] = 0xC0;
    std::fs::write(&path, bytes).unwrap();
    let played = play(&path, &json!({})).unwrap();
    assert_eq!(played.errors.len(), 1, "{:?}", played.errors);
    assert_helps(&played.errors[0], ErrorCode::AudioFormat, &path, "a broken packet");
    assert_eq!(played.length(), whole.length());
    let packet = 2 * 4_096;
    assert_eq!(played.samples[..packet], whole.samples[..packet]);
    assert!(played.samples[packet..2 * packet].iter().all(|sample| *sample == 0.0));
    assert_eq!(played.samples[2 * packet..], whole.samples[2 * packet..]);
}

/// Where the second packet of a file with one chunk begins: behind the first, whose size is the first of `stsz`.
fn second_packet(bytes: &[u8]) -> usize {
    let find = |id: &[u8]| bytes.windows(4).position(|found| found == id).unwrap();
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    number(find(b"stco") + 12) + number(find(b"stsz") + 16)
}
