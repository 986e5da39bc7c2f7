//! The contract's own file says the same as this crate.

#![allow(clippy::unwrap_used, reason = "a helper of tests")]

use anabranch_frame::{FREE_WORDS, GENERATIONS, LINE_BYTES, MAX_SLOTS, READERS_MAX, SLOTS_PER_SLAB, State, WRITER};
use serde_json::Value;

#[test]
fn numbers_are_those_of_frames_json() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../plugin-sdk/contract/frames.json");
    let frames: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let power = |name: &str| 1_u64 << frames[name].as_u64().unwrap();
    assert_eq!(power("slot_bits"), u64::from(MAX_SLOTS));
    assert_eq!(power("generation_bits"), u64::from(GENERATIONS));
    assert_eq!(frames["writer"], WRITER);
    assert_eq!(frames["slots_per_slab"], SLOTS_PER_SLAB);
    assert_eq!(frames["free_words"], FREE_WORDS);
    assert_eq!(frames["line_bytes"], LINE_BYTES);
    assert_eq!(frames["readers_max"], READERS_MAX);
    let one_generation = State { generation: 1, refs: 0 }.word();
    assert_eq!(power("refs_bits"), u64::try_from(one_generation).unwrap());
}
