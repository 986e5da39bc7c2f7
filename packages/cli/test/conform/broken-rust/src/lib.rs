//! Good nodes, and five that break one rule each, as somebody would by mistake.

mod older_gain;

use std::{thread, time::Duration};

use anabranch_node::{
    AudioBuffer, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Purity, Time,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::older_gain::OlderGainNode;

/// None of them has params.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

/// A node from audio to audio with this state, whose methods `$work` and `$tail` are given.
macro_rules! node {
    ($name:ident, $summary:literal, $spec:expr, $work:expr, $tail:expr) => {
        #[doc = $summary]
        #[derive(Default)]
        pub struct $name {
            rest: Vec<f32>,
            rate: u32,
        }

        impl NodeType for $name {
            type Params = NoParams;

            fn spec() -> NodeSpec {
                let spec = NodeSpec::new(stringify!($name), $summary);
                let change: fn(NodeSpec) -> NodeSpec = $spec;
                change(spec.input("input", Kind::Audio).output("output", Kind::Audio))
            }

            fn create(_params: NoParams) -> Result<Self, NodeError> {
                Ok(Self::default())
            }
        }

        impl NodeExecutor for $name {
            fn node_type(&self) -> &'static str {
                stringify!($name)
            }

            fn input_keys(&self) -> &'static [&'static str] {
                &["input"]
            }

            fn output_keys(&self) -> &'static [&'static str] {
                &["output"]
            }

            fn execute<'f>(
                &mut self,
                mut inputs: NodeInputs<'f>,
                _context: &mut NodeContext<'f>,
            ) -> Result<NodeOutputs<'f>, NodeError> {
                let buffer = inputs.take_audio_buffer("input")?;
                let work: for<'a> fn(&mut Self, AudioBuffer<'a>) -> Result<NodeOutputs<'a>, NodeError> = $work;
                work(self, buffer)
            }

            fn flush<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
                let tail: fn(&mut Self) -> Result<NodeOutputs<'static>, NodeError> = $tail;
                tail(self)
            }
        }
    };
}

/// `count` samples of what is left, or nothing.
fn taken(rest: &mut Vec<f32>, rate: u32, count: usize) -> Result<NodeOutputs<'static>, NodeError> {
    if count == 0 {
        return Ok(NodeOutputs::new());
    }
    let block: Vec<f32> = rest.drain(..count).collect();
    Ok(NodeOutputs::from_audio_buffer("output", AudioBuffer::owned(block, rate, 1)?))
}

/// Adds to what is left, and gives whole blocks of it.
fn blocks(rest: &mut Vec<f32>, rate: &mut u32, buffer: &AudioBuffer<'_>) -> Result<NodeOutputs<'static>, NodeError> {
    let other = *rate != 0 && *rate != buffer.sample_rate();
    if buffer.length() == 0 || buffer.channels() != 1 || other {
        return Err(NodeError::inputs("input", "it takes one channel, of one rate"));
    }
    *rate = buffer.sample_rate();
    rest.extend_from_slice(buffer.samples());
    let whole = rest.len() - rest.len() % 160;
    taken(rest, *rate, whole)
}

fn passed(buffer: AudioBuffer<'_>) -> Result<NodeOutputs<'_>, NodeError> {
    Ok(NodeOutputs::from_audio_buffer("output", buffer))
}

node!(
    RustGoodNode,
    "Passes samples on, in blocks.",
    |spec| spec.time(Time::Samples),
    |node, buffer| blocks(&mut node.rest, &mut node.rate, &buffer),
    |node| {
        let count = node.rest.len();
        taken(&mut node.rest, node.rate, count)
    }
);

node!(
    RustLosesTailNode,
    "Has no flush.",
    |spec| spec.time(Time::Samples),
    |node, buffer| blocks(&mut node.rest, &mut node.rate, &buffer),
    |_| Ok(NodeOutputs::new())
);

node!(
    RustByChunkNode,
    "Normalises each frame by itself.",
    |spec| spec.purity(Purity::Pure),
    |_, buffer| {
        let peak = buffer.samples().iter().fold(1e-9_f32, |most, sample| most.max(sample.abs()));
        let samples = buffer.samples().iter().map(|sample| sample / peak).collect();
        let normal = AudioBuffer::owned(samples, buffer.sample_rate(), buffer.channels())?;
        Ok(NodeOutputs::from_audio_buffer("output", normal))
    },
    |_| Ok(NodeOutputs::new())
);

node!(
    RustSwallowsNode,
    "Hides what goes wrong.",
    |spec| spec.purity(Purity::Pure),
    |_, buffer| {
        if buffer.length() == 0 {
            return Ok(NodeOutputs::new());
        }
        passed(buffer)
    },
    |_| Ok(NodeOutputs::new())
);

node!(
    RustWrongKeyNode,
    "Gives a key that it does not declare.",
    |spec| spec,
    |_, buffer| Ok(NodeOutputs::from_audio_buffer("outptu", buffer)),
    |_| Ok(NodeOutputs::new())
);

node!(
    RustDeafNode,
    "Works for longer than an interruption may take.",
    |spec| spec.heavy(),
    |_, buffer| {
        thread::sleep(Duration::from_millis(150));
        passed(buffer)
    },
    |_| Ok(NodeOutputs::new())
);

anabranch_binding::plugin! {
    name: "broken",
    nodes: [
        RustGoodNode,
        OlderGainNode,
        RustLosesTailNode,
        RustByChunkNode,
        RustSwallowsNode,
        RustWrongKeyNode,
        RustDeafNode,
    ],
}
