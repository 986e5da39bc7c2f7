//! `AudioFileSource` on fixtures with bytes changed at random: whatever a file says, it ends with samples or coded errors.
//! A seed gives the same files everywhere. `ANABRANCH_FUZZ_RUNS` and `ANABRANCH_FUZZ_SEED` make a longer run.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "helpers of tests")]

mod audio_files;

use std::time::Instant;

use anabranch_node::ErrorCode;
use audio_files::{fixture, fixtures, folder, play};
use serde_json::json;

/// Xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 33) as usize) % end.max(1)
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    // Most of what matters is at the start, or, in MP4 files, at the end.
    let place = |random: &mut Random, length: usize| match random.below(4) {
        0 => random.below(length),
        1 => length.saturating_sub(1 + random.below(700)),
        _ => random.below(length.min(400)),
    };
    for _ in 0..=random.below(6) {
        let length = bytes.len();
        let at = place(random, length);
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + random.below(64)).min(length);
                bytes.drain(at.min(end)..end);
            }
            2 => {
                let end = (at + random.below(64)).min(length);
                let copy = bytes[at.min(end)..end].to_vec();
                bytes.splice(at..at, copy);
            }
            3 | 4 => {
                let word = [0_u32, u32::MAX, 0x7FFF_FFFF, 1, 0x0100_0000, 0xFFFF][random.below(6)];
                let word = if random.below(2) == 0 { word.to_le_bytes() } else { word.to_be_bytes() };
                for (to, from) in bytes.iter_mut().skip(at).zip(word) {
                    *to = from;
                }
            }
            5 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.next() as u8;
                }
            }
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// In an Ogg file, writes the checksum of every whole page anew, so that what was changed reaches the decoder (RFC 3533, section 6).
fn sum_ogg_pages(bytes: &mut [u8]) {
    let mut at = 0;
    while bytes.len() > at + 27 && bytes[at..].starts_with(b"OggS") {
        let segments = usize::from(bytes[at + 26]);
        let Some(lacing) = bytes.get(at + 27..at + 27 + segments) else { return };
        let end = at + 27 + segments + lacing.iter().map(|length| usize::from(*length)).sum::<usize>();
        let Some(page) = bytes.get_mut(at..end) else { return };
        page[22..26].fill(0);
        let sum = page.iter().fold(0_u32, |sum, byte| {
            (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| (sum << 1) ^ ((sum >> 31) * 0x04C1_1DB7))
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        at = end;
    }
}

#[test]
fn the_checksum_of_pages_is_that_of_the_encoder() {
    let bytes = std::fs::read(fixture("vorbis.ogg")).unwrap();
    let mut summed = bytes.clone();
    sum_ogg_pages(&mut summed);
    assert_eq!(summed, bytes);
}

#[test]
fn a_header_that_asks_for_terabytes_is_refused() {
    let path = folder("fuzz-books").join("books.ogg");
    let mut bytes = std::fs::read(fixture("vorbis.ogg")).unwrap();
    // Behind the name: the number of books, three bytes of sync, then two of dimensions.
    let at = bytes.windows(7).position(|found| found == b"\x05vorbis").unwrap() + 7 + 1 + 3;
    for (dimensions, entries) in [([0xFF; 2], [0xFF, 0xFF, 0x0F]), ([1, 0], [0xFF; 3])] {
        bytes[at..at + 2].copy_from_slice(&dimensions);
        bytes[at + 2..at + 5].copy_from_slice(&entries);
        sum_ogg_pages(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let error = play(&path, &json!({})).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AudioFormat, "{error}");
    }
}

#[test]
fn no_file_is_more_than_a_coded_error() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let runs = number("ANABRANCH_FUZZ_RUNS").unwrap_or(300);
    let seed = number("ANABRANCH_FUZZ_SEED").unwrap_or(1);
    let folder = folder("fuzz");
    let files: Vec<(String, Vec<u8>)> = fixtures()
        .iter()
        .map(|entry| entry["file"].as_str().unwrap().to_owned())
        .map(|name| (name.clone(), std::fs::read(fixture(&name)).unwrap()))
        .collect();
    // Panics inside are caught and become errors; what they print here would only hide the rest.
    std::panic::set_hook(Box::new(|_| {}));
    let (mut played_whole, mut with_errors, mut refused, mut caught) = (0, 0, 0, 0);
    let mut slowest = (0.0, String::new());
    for run in 0..runs {
        let mut random = Random((seed << 32 | run).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (name, bytes) = &files[random.below(files.len())];
        let mut bytes = bytes.clone();
        mutate(&mut bytes, &mut random);
        let path = folder.join(format!("{run}-{name}"));
        sum_ogg_pages(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let start = Instant::now();
        let more = if random.below(4) == 0 { json!({ "start_ms": 100, "end_ms": 200 }) } else { json!({}) };
        let errors = match play(&path, &more) {
            Ok(played) => {
                assert!(played.length() < 40_000_000, "run {run}, {name}: {} samples", played.length());
                if played.errors.is_empty() {
                    played_whole += 1;
                } else {
                    with_errors += 1;
                }
                played.errors
            }
            Err(error) => {
                refused += 1;
                vec![error]
            }
        };
        for error in errors {
            let expected = [ErrorCode::AudioFormat, ErrorCode::NotAvailable, ErrorCode::Params, ErrorCode::Limit];
            assert!(expected.contains(&error.code()), "run {run}, {name}: {error}");
            if error.message().contains("gave up") {
                caught += 1;
                eprintln!("run {run}, {name}: {error}");
            }
        }
        let took = start.elapsed().as_secs_f64();
        if took > slowest.0 {
            slowest = (took, format!("run {run}, {name}"));
        }
        std::fs::remove_file(&path).unwrap();
    }
    let _ = std::panic::take_hook();
    eprintln!(
        "{runs} files of seed {seed}: {played_whole} played, {with_errors} with errors, {refused} refused, \
         {caught} panics caught; slowest {:.3} s ({})",
        slowest.0, slowest.1
    );
    assert_eq!(played_whole + with_errors + refused, runs);
}
