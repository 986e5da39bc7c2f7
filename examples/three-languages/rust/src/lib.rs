//! An addon with one node.

use anabranch_node::{Issue, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType};
use schemars::JsonSchema;
use serde::Deserialize;

/// The params of `DcBlockerNode`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DcBlockerParams {
    /// How slowly it forgets.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub pole: f64,
}

impl Default for DcBlockerParams {
    fn default() -> Self {
        Self { pole: 0.995 }
    }
}

/// The last input and output of a channel.
#[derive(Clone, Copy, Default)]
struct Last {
    x: f64,
    y: f64,
}

/// Takes out what does not swing.
pub struct DcBlockerNode {
    pole: f64,
    last: Vec<Last>,
}

impl NodeType for DcBlockerNode {
    type Params = DcBlockerParams;

    fn spec() -> NodeSpec {
        let summary = "Takes out what does not swing: y[n] = x[n] - x[n-1] + pole · y[n-1], for each channel.";
        NodeSpec::new("DcBlockerNode", summary).input("input", Kind::Audio).output("output", Kind::Audio)
    }

    fn create(params: DcBlockerParams) -> Result<Self, NodeError> {
        if !(0.0..1.0).contains(&params.pole) {
            return Err(NodeError::params(&[Issue::new("pole", "must be a number from 0 to below 1")]));
        }
        Ok(Self { pole: params.pole, last: Vec::new() })
    }
}

impl NodeExecutor for DcBlockerNode {
    fn node_type(&self) -> &'static str {
        "DcBlockerNode"
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
        let input = inputs.take_audio_buffer("input")?;
        let channels = usize::from(input.channels());
        if self.last.len() != channels {
            self.last = vec![Last::default(); channels];
        }
        let mut output = context.audio(input.samples().len(), input.sample_rate(), input.channels())?;
        if let Some(samples) = output.samples_mut() {
            for (at, (to, from)) in samples.iter_mut().zip(input.samples()).enumerate() {
                let last = &mut self.last[at % channels];
                let x = f64::from(*from);
                last.y = x - last.x + self.pole * last.y;
                last.x = x;
                *to = last.y as f32;
            }
        }
        Ok(NodeOutputs::from_audio_buffer("output", output))
    }

    fn reset(&mut self) -> Result<bool, NodeError> {
        self.last.clear();
        Ok(true)
    }
}

anabranch_binding::plugin! {
    name: "dc-blocker",
    nodes: [DcBlockerNode],
}

#[cfg(test)]
mod tests {
    use anabranch_node::testing::Harness;
    use serde_json::json;

    #[test]
    fn keeps_its_state_between_frames() {
        let mut node = Harness::of::<super::DcBlockerNode>(&json!({ "pole": 0.5 })).unwrap();
        let mut given = Vec::new();
        for frame in [[1.0, 1.0], [1.0, 0.0]] {
            let mut outputs = node.audio(&frame, 16_000, 1).unwrap();
            given.extend_from_slice(outputs[0].take_audio_buffer("output").unwrap().samples());
        }
        // By hand: 1, 0 + ½, 0 + ¼, −1 + ⅛.
        assert_eq!(given, [1.0, 0.5, 0.25, -0.875]);
    }
}
