//! `GainNode`: multiplies samples by a gain in dB.

use anabranch_node::{
    Issue, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Purity,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

const MIN_DB: f64 = -120.0;
const MAX_DB: f64 = 60.0;

/// The params of [`GainNode`].
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GainParams {
    /// Gain in dB; 0 leaves the samples as they are, bit for bit.
    #[schemars(range(min = MIN_DB, max = MAX_DB))]
    pub db: f64,
    /// Writes the output over the input where nobody else reads that frame: a graph sees to that. Outside graphs you have
    /// to, and it takes effect where the samples lie in shared memory.
    pub in_place: bool,
}

/// Multiplies samples by `10^(db / 20)`. Not-a-number and infinite samples pass through. It refuses an input only before
/// its first write, so that it may be retried in place too.
#[derive(Debug)]
pub struct GainNode {
    factor: f32,
    in_place: bool,
}

impl NodeType for GainNode {
    type Params = GainParams;

    fn spec() -> NodeSpec {
        NodeSpec::new("GainNode", "Multiplies samples by a gain in dB.")
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .purity(Purity::Pure)
            .example("6 dB less", json!({ "db": -6 }))
            .example("louder, written over its input", json!({ "db": 12, "in_place": true }))
    }

    fn create(params: GainParams) -> Result<Self, NodeError> {
        if !(MIN_DB..=MAX_DB).contains(&params.db) {
            let issue = Issue::new("db", format!("must be a number from {MIN_DB} to {MAX_DB} dB"))
                .expected(format!("{MIN_DB} to {MAX_DB}"), params.db.to_string());
            return Err(NodeError::params(&[issue]));
        }
        // f32 has 24 bits: the rounding of the factor and of the product stay below 1.2e-7 of the sample.
        #[allow(clippy::cast_possible_truncation)]
        let factor = 10_f64.powf(params.db / 20.0) as f32;
        Ok(Self { factor, in_place: params.in_place })
    }
}

impl NodeExecutor for GainNode {
    fn node_type(&self) -> &'static str {
        "GainNode"
    }

    fn input_keys(&self) -> &'static [&'static str] {
        &["input"]
    }

    fn output_keys(&self) -> &'static [&'static str] {
        &["output"]
    }

    fn in_place(&self) -> bool {
        self.in_place
    }

    fn execute<'f>(
        &mut self,
        mut inputs: NodeInputs<'f>,
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let factor = self.factor;
        let louder = inputs.take_audio_buffer("input")?.map(context, |sample| sample * factor)?;
        Ok(NodeOutputs::from_audio_buffer("output", louder))
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        Ok(true)
    }
}
