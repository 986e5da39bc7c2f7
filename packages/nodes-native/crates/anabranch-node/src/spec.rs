//! What a node type says about itself: docs, schema, inspection and defaults all come from here.

use serde::Serialize;

/// What kind of value a port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// An audio buffer.
    Audio,
    /// A string.
    Text,
    /// A number.
    Number,
    /// Any plain data.
    Json,
}

/// One key and its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Port {
    /// The key.
    pub key: &'static str,
    /// The kind of its values.
    pub kind: Kind,
}

/// What a retry or a second concurrent call would meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purity {
    /// The same inputs always give the same outputs; retried.
    Pure,
    /// Calls depend on earlier ones: one at a time, never retried.
    #[default]
    Stateful,
    /// Something outside changes; not retried.
    Effectful,
}

/// How an output gets its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Time {
    /// It has its input's time.
    #[default]
    Keep,
    /// It covers the inputs since the last output.
    Span,
    /// Counted from the samples emitted.
    Samples,
}

/// The description of a node type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeSpec {
    /// The node type: `GainNode`.
    #[serde(rename = "type")]
    pub node_type: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// JSON Schema of the params; filled in from the params type by [`NodeFactory`](crate::NodeFactory).
    pub params: serde_json::Value,
    /// Where values enter; the first is the primary one.
    pub inputs: Vec<Port>,
    /// Where values leave.
    pub outputs: Vec<Port>,
    /// How outputs get their time.
    pub time: Time,
    /// What a retry would meet.
    pub purity: Purity,
    /// For tests of the framework itself: not offered to pipelines.
    pub internal: bool,
}

impl NodeSpec {
    /// A stateful node type without ports.
    #[must_use]
    pub fn new(node_type: &'static str, summary: &'static str) -> Self {
        Self {
            node_type,
            summary,
            params: serde_json::Value::Null,
            inputs: Vec::new(),
            outputs: Vec::new(),
            time: Time::default(),
            purity: Purity::default(),
            internal: false,
        }
    }

    /// Adds an input key.
    #[must_use]
    pub fn input(mut self, key: &'static str, kind: Kind) -> Self {
        self.inputs.push(Port { key, kind });
        self
    }

    /// Adds an output key.
    #[must_use]
    pub fn output(mut self, key: &'static str, kind: Kind) -> Self {
        self.outputs.push(Port { key, kind });
        self
    }

    /// Says how outputs get their time.
    #[must_use]
    pub fn time(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    /// Says what a retry would meet.
    #[must_use]
    pub fn purity(mut self, purity: Purity) -> Self {
        self.purity = purity;
        self
    }

    /// Marks the type as one for tests of the framework.
    #[must_use]
    pub fn internal(mut self) -> Self {
        self.internal = true;
        self
    }
}
