//! The contract's own files say the same as this crate.

#![allow(clippy::unwrap_used, reason = "a helper of tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use anabranch_node::{ErrorCode, MAX_CHANNELS, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE};
use serde_json::Value;

fn contract(file: &str) -> BTreeMap<String, Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../plugin-sdk/contract").join(file);
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

#[test]
fn codes_and_retryable_are_those_of_errors_json() {
    let here: BTreeMap<String, bool> = ErrorCode::ALL.iter().map(|code| (code.to_string(), code.retryable())).collect();
    let there: BTreeMap<String, bool> =
        contract("errors.json").into_iter().map(|(code, row)| (code, row["retryable"].as_bool().unwrap())).collect();
    assert_eq!(here, there);
}

#[test]
fn audio_limits_are_those_of_limits_json() {
    let limits = contract("limits.json");
    assert_eq!(limits["sample_rate_min"], MIN_SAMPLE_RATE);
    assert_eq!(limits["sample_rate_max"], MAX_SAMPLE_RATE);
    assert_eq!(limits["channels_max"], MAX_CHANNELS);
}
