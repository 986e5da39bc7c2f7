//! `BurstNode`: gives several records for a set and fails at one of them, so that tests can see what a host makes of it.

use anabranch_node::{Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Value};
use schemars::JsonSchema;
use serde::Deserialize;

/// The params of [`BurstNode`].
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BurstParams {
    /// How many records each set gives.
    pub records: u32,
    /// At which of them, from 0, it fails; at none where there is none.
    pub fails_at: Option<u32>,
}

impl Default for BurstParams {
    fn default() -> Self {
        Self { records: 1, fails_at: None }
    }
}

/// Gives the numbers from 0 for each input set. Internal: not offered to pipelines.
#[derive(Debug)]
pub struct BurstNode {
    params: BurstParams,
    next: u32,
}

impl BurstNode {
    fn record(&mut self) -> Result<NodeOutputs<'static>, NodeError> {
        let number = self.next;
        self.next += 1;
        if self.params.fails_at == Some(number) {
            self.next = self.params.records;
            return Err(NodeError::execution(format!("failed at record {number}")));
        }
        Ok(NodeOutputs::new().with("number", Value::Number(f64::from(number))))
    }
}

impl NodeType for BurstNode {
    type Params = BurstParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("BurstNode", "Gives several records for an input set, for tests of the framework.")
            .input("input", Kind::Audio)
            .output("number", Kind::Number)
            .internal()
    }

    fn create(params: BurstParams) -> Result<Self, NodeError> {
        Ok(Self { next: params.records, params })
    }
}

impl NodeExecutor for BurstNode {
    fn node_type(&self) -> &'static str {
        "BurstNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["number"]
    }

    fn output_samples(&self, _key: &str, _input_samples: usize) -> usize {
        0
    }

    fn execute<'f>(
        &mut self,
        _inputs: NodeInputs<'f>,
        _context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        self.next = 0;
        self.record()
    }

    fn more<'f>(&mut self, _context: &mut NodeContext<'f>) -> Result<Option<NodeOutputs<'f>>, NodeError> {
        if self.has_more() { self.record().map(Some) } else { Ok(None) }
    }

    fn has_more(&self) -> bool {
        self.next < self.params.records
    }
}
