//! What tests of listening nodes share: streams cut in any way, what came out by key, and deterministic signals.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod recordings;

use anabranch_node::testing::Harness;
use anabranch_node::{AudioBuffer, ErrorCode, NodeContext, NodeFactory, NodeInputs, NodeOutputs, NodeType, Value};
use serde_json::Value as Json;

/// `samples` through a new node, cut into pieces of `sizes` samples a channel over and over, then the tail.
pub(crate) fn cut<N: NodeType>(
    params: &Json,
    samples: &[f32],
    rate: u32,
    channels: u16,
    sizes: &[usize],
) -> Vec<NodeOutputs<'static>> {
    let mut harness = Harness::of::<N>(params).unwrap();
    let mut outputs = Vec::new();
    let mut rest = samples;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (now, later) = rest.split_at((size * usize::from(channels)).min(rest.len()));
        outputs.extend(harness.audio(now, rate, channels).unwrap());
        rest = later;
    }
    outputs.extend(harness.flush().unwrap());
    outputs
}

/// The plain values on `key`, in order.
pub(crate) fn plain(outputs: &[NodeOutputs<'_>], key: &str) -> Vec<Json> {
    let values = outputs.iter().filter_map(|output| output.get(key));
    values
        .map(|value| match value {
            Value::Plain(json) => json.clone(),
            other => panic!("'{key}' is {other:?}"),
        })
        .collect()
}

/// The numbers on `key`, in order.
pub(crate) fn numbers(outputs: &[NodeOutputs<'_>], key: &str) -> Vec<f64> {
    let values = outputs.iter().filter_map(|output| output.get(key));
    values
        .map(|value| match value {
            Value::Number(number) => *number,
            other => panic!("'{key}' is {other:?}"),
        })
        .collect()
}

/// A field of a record as a number.
pub(crate) fn number(record: &Json, field: &str) -> f64 {
    record[field].as_f64().unwrap_or_else(|| panic!("{field} of {record}"))
}

/// Fields of records as numbers.
pub(crate) fn fields<const N: usize>(records: &[Json], names: [&str; N]) -> Vec<[f64; N]> {
    records.iter().map(|record| names.map(|name| number(record, name))).collect()
}

/// One set that comes after a gap, at `pts_us`.
pub(crate) fn after_gap(harness: &mut Harness, samples: &[f32], rate: u32, pts_us: f64) -> Vec<NodeOutputs<'static>> {
    let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(samples, rate, 1).unwrap());
    let mut outputs =
        vec![harness.node().execute(inputs, &mut NodeContext::new().at(pts_us, true)).unwrap().into_owned()];
    while harness.node().has_more() {
        let next = harness.node().more(&mut NodeContext::new().at(pts_us, true)).unwrap();
        outputs.extend(next.map(NodeOutputs::into_owned));
    }
    outputs
}

/// `amplitude · sin(2π · hz · n / rate)`.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "short signals")]
pub(crate) fn sine(hz: f64, amplitude: f64, rate: u32, length: usize) -> Vec<f32> {
    let step = std::f64::consts::TAU * hz / f64::from(rate);
    (0..length).map(|n| (amplitude * (step * n as f64).sin()) as f32).collect()
}

/// Marsaglia's xorshift32 (13, 17, 5); twelve of its numbers make one of unit variance, exactly the same everywhere.
pub(crate) struct White(u32);

impl White {
    pub(crate) fn new() -> Self {
        Self(0x9E37_79B9)
    }

    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0)
    }

    pub(crate) fn value(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() / 4_294_967_296.0 - 6.0
    }

    #[allow(clippy::cast_possible_truncation, reason = "to f32 on purpose")]
    pub(crate) fn samples(&mut self, amplitude: f64, length: usize) -> Vec<f32> {
        (0..length).map(|_| (self.value() * amplitude) as f32).collect()
    }
}

/// Params that are refused, each with the paths of every problem.
pub(crate) fn refuses<N: NodeType>(cases: &[(&str, &[&str])]) {
    let factory = NodeFactory::of::<N>();
    for (params, paths) in cases {
        let error = factory.create(params).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Params, "{params}");
        let issues = error.details()["issues"].as_array().unwrap().clone();
        let found: Vec<&str> = issues.iter().map(|issue| issue["path"].as_str().unwrap()).collect();
        assert_eq!(&found, paths, "{params}: {error}");
    }
}

/// What every spec owes: a description of each param, and examples that make nodes.
pub(crate) fn spec_is_whole<N: NodeType>() -> Json {
    let factory = NodeFactory::of::<N>();
    let spec = factory.spec();
    assert_eq!(spec.params["additionalProperties"], false);
    for (name, property) in spec.params["properties"].as_object().unwrap() {
        assert!(property["description"].is_string(), "{name} has no description");
        assert!(!property["default"].is_null(), "{name} has no default");
    }
    assert!(!spec.examples.is_empty());
    for example in &spec.examples {
        factory.create(&example.params.to_string()).map(|_| ()).unwrap();
    }
    spec.params
}
