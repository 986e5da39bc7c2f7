//! The node types of one addon.

use anabranch_node::{ErrorCode, Form, Kind, NodeError, NodeFactory, NodeSpec};
use serde_json::json;

use crate::block::MAX_OUTPUTS;

/// The version of the doors. The TypeScript side refuses an addon that speaks another.
const DOORS_VERSION: u32 = 5;

/// A name and its node types: what one addon offers. Written by [`plugin!`](crate::plugin).
#[derive(Debug)]
pub struct Plugin {
    /// The name of the npm package.
    pub name: &'static str,
    /// The node types.
    pub nodes: &'static [NodeFactory],
}

impl Plugin {
    /// The plugin as JSON: `{ name, doors, nodes }`.
    pub(crate) fn describe(&self) -> String {
        let nodes: Vec<NodeSpec> = self.nodes.iter().map(NodeFactory::spec).collect();
        json!({ "name": self.name, "doors": DOORS_VERSION, "nodes": nodes }).to_string()
    }

    /// The factory of a node type.
    pub(crate) fn factory(&self, node_type: &str) -> Result<&NodeFactory, NodeError> {
        let factory = self.nodes.iter().find(|factory| factory.spec().node_type == node_type).ok_or_else(|| {
            let known: Vec<&str> = self.nodes.iter().map(|factory| factory.spec().node_type).collect();
            NodeError::new(ErrorCode::NodeNotFound, format!("{} has no native node '{node_type}'", self.name))
                .detail("nearest", known)
        })?;
        let spec = factory.spec();
        let samples = |port: &anabranch_node::Port| matches!(port.kind, Kind::Audio | Kind::Pcm);
        let fits = match spec.form {
            Form::Source => spec.inputs.is_empty(),
            Form::Execute => matches!(spec.inputs.as_slice(), [port] if samples(port)),
        };
        if fits && spec.outputs.len() <= MAX_OUTPUTS {
            return Ok(factory);
        }
        Err(NodeError::new(
            ErrorCode::NotAvailable,
            format!("{node_type} has other inputs than one of kind audio or pcm, or is a source with inputs"),
        )
        .fix("native nodes of other shapes are not built yet"))
    }
}
