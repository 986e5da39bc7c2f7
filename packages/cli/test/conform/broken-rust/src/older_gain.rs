//! Version 3 of its params has `gain` in dB; version 2 had `db`, version 1 a `factor`.

use anabranch_node::{
    Issue, Kind, Migrate, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType, Purity,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Those of version 3.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OlderGainParams {
    /// Gain in dB.
    #[serde(default)]
    pub gain: f32,
}

/// Multiplies samples.
pub struct OlderGainNode {
    factor: f32,
}

fn migrate(mut params: Map<String, Value>, from: u32) -> Result<Map<String, Value>, NodeError> {
    if from == 2 {
        if let Some(db) = params.remove("db") {
            params.insert("gain".to_owned(), db);
        }
        return Ok(params);
    }
    match params.remove("factor").and_then(|factor| factor.as_f64()) {
        Some(factor) if factor > 0.0 => params.insert("gain".to_owned(), json!(20.0 * factor.log10())),
        _ => return Err(NodeError::params(&[Issue::new("factor", "a factor of 0 is no gain")])),
    };
    Ok(params)
}

impl NodeType for OlderGainNode {
    type Params = OlderGainParams;
    const MIGRATE: Option<Migrate> = Some(migrate);

    fn spec() -> NodeSpec {
        NodeSpec::new("OlderGainNode", "Multiplies samples by a gain in dB.")
            .version(3)
            .input("input", Kind::Audio)
            .output("output", Kind::Audio)
            .purity(Purity::Pure)
    }

    fn create(params: OlderGainParams) -> Result<Self, NodeError> {
        Ok(Self { factor: 10_f32.powf(params.gain / 20.0) })
    }
}

impl NodeExecutor for OlderGainNode {
    fn node_type(&self) -> &'static str {
        "OlderGainNode"
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
        context: &mut NodeContext<'f>,
    ) -> Result<NodeOutputs<'f>, NodeError> {
        let factor = self.factor;
        let louder = inputs.take_audio_buffer("input")?.map(context, |sample| sample * factor)?;
        Ok(NodeOutputs::from_audio_buffer("output", louder))
    }
}
