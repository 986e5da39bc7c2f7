//! What a node type says about itself: docs, schema, inspection and defaults all come from here.

use serde::Serialize;

use crate::Format;

/// What kind of value a port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// An audio buffer: f32 interleaved.
    Audio,
    /// Samples of another type or layout, only where audio enters or leaves.
    Pcm,
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
    /// What is known of their format whatever the params are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
}

/// What a node type does: works on inputs, or makes values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// [`execute`](crate::NodeExecutor::execute), once per input set.
    #[default]
    Execute,
    /// [`produce`](crate::NodeExecutor::produce), without inputs.
    Source,
}

/// Params with which a node type is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    /// What they are for, in a few words.
    pub title: &'static str,
    /// The params.
    pub params: serde_json::Value,
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
#[allow(
    clippy::struct_excessive_bools,
    reason = "marks that are independent of each other, as the contract names them"
)]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NodeSpec {
    /// The node type: `GainNode`.
    #[serde(rename = "type")]
    pub node_type: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// JSON Schema of the params; filled in from the params type by [`NodeFactory`](crate::NodeFactory).
    pub params: serde_json::Value,
    /// The version of the form of its params.
    #[serde(skip_serializing_if = "is_first")]
    pub version: u32,
    /// Whether older params are translated; filled in by [`NodeFactory`](crate::NodeFactory).
    #[serde(skip_serializing_if = "is_false")]
    pub migrates: bool,
    /// Where values enter; the first is the primary one.
    pub inputs: Vec<Port>,
    /// Where values leave.
    pub outputs: Vec<Port>,
    /// How outputs get their time.
    pub time: Time,
    /// What a retry would meet.
    pub purity: Purity,
    /// Works on inputs, or makes values.
    pub form: Form,
    /// May give no output for an input set, beyond what `time` tells.
    pub filters: bool,
    /// Contains a learnt model, so that another chunking may give another output.
    pub model: bool,
    /// Worth leaving the thread: more than about 60 µs of work an input set.
    pub heavy: bool,
    /// Params with which it is shown; each of them makes a node.
    pub examples: Vec<Example>,
    /// For tests of the framework itself: not offered to pipelines.
    pub internal: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_first(version: &u32) -> bool {
    *version == 1
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl NodeSpec {
    /// A stateful node type without ports.
    #[must_use]
    pub fn new(node_type: &'static str, summary: &'static str) -> Self {
        Self {
            node_type,
            summary,
            params: serde_json::Value::Null,
            version: 1,
            migrates: false,
            inputs: Vec::new(),
            outputs: Vec::new(),
            time: Time::default(),
            purity: Purity::default(),
            form: Form::default(),
            filters: false,
            model: false,
            heavy: false,
            examples: Vec::new(),
            internal: false,
        }
    }

    /// Says which version its params have, from 1: counted up where files that were written for the old form would not do.
    /// [`MIGRATE`](crate::NodeType::MIGRATE) translates those.
    #[must_use]
    pub fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Adds an input key.
    #[must_use]
    pub fn input(self, key: &'static str, kind: Kind) -> Self {
        self.input_port(Port { key, kind, format: None })
    }

    /// Adds an input.
    #[must_use]
    pub fn input_port(mut self, port: Port) -> Self {
        self.inputs.push(port);
        self
    }

    /// Adds an output key.
    #[must_use]
    pub fn output(self, key: &'static str, kind: Kind) -> Self {
        self.output_port(Port { key, kind, format: None })
    }

    /// Adds an output.
    #[must_use]
    pub fn output_port(mut self, port: Port) -> Self {
        self.outputs.push(port);
        self
    }

    /// A source: it has no inputs, and makes its values in [`produce`](crate::NodeExecutor::produce).
    #[must_use]
    pub fn source(mut self) -> Self {
        self.form = Form::Source;
        self
    }

    /// It may give no output for an input set.
    #[must_use]
    pub fn filters(mut self) -> Self {
        self.filters = true;
        self
    }

    /// It contains a learnt model.
    #[must_use]
    pub fn model(mut self) -> Self {
        self.model = true;
        self
    }

    /// It is worth leaving the thread.
    #[must_use]
    pub fn heavy(mut self) -> Self {
        self.heavy = true;
        self
    }

    /// Adds params with which it is shown.
    #[must_use]
    pub fn example(mut self, title: &'static str, params: serde_json::Value) -> Self {
        self.examples.push(Example { title, params });
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
