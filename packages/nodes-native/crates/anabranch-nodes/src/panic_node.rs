//! `PanicNode`: breaks on purpose, so that tests can see what a host makes of a broken node.

use anabranch_node::{Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType};
use schemars::JsonSchema;
use serde::Deserialize;

/// The params of [`PanicNode`].
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PanicParams {
    /// How many input sets pass before it panics.
    pub after: u32,
}

/// Passes `after` input sets on, then indexes past the end of its own table. Internal: not offered to pipelines.
#[derive(Debug)]
pub struct PanicNode {
    left: Vec<()>,
}

impl NodeType for PanicNode {
    type Params = PanicParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("PanicNode", "Panics after some input sets, for tests of the framework.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .internal()
    }

    fn create(params: PanicParams) -> Result<Self, NodeError> {
        Ok(Self { left: vec![(); params.after as usize] })
    }
}

impl NodeExecutor for PanicNode {
    fn node_type(&self) -> &'static str {
        "PanicNode"
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
        let same = inputs.take_audio_buffer("input")?;
        // Panics when nothing is left: this is the bug that the node stands for.
        self.left.remove(0);
        Ok(NodeOutputs::from_audio_buffer("output", same))
    }
}
