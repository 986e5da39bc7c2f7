//! The Rust SDK of Anabranch: what the author of a native node sees.
//!
//! A node is a type that implements [`NodeExecutor`] (what one made node does) and [`NodeType`] (how it is described
//! and made). Nothing here knows Node.js, so nodes are tested with `cargo test` alone:
//!
//! ```
//! use anabranch_node::{AudioBuffer, Kind, NodeContext, NodeError, NodeExecutor, NodeInputs, NodeOutputs, NodeSpec, NodeType};
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct InvertParams {}
//!
//! struct InvertNode;
//!
//! impl NodeType for InvertNode {
//!     type Params = InvertParams;
//!     fn spec() -> NodeSpec {
//!         NodeSpec::new("InvertNode", "Turns the sign of every sample.").input("input", Kind::Audio).output("output", Kind::Audio)
//!     }
//!     fn create(_params: InvertParams) -> Result<Self, NodeError> {
//!         Ok(Self)
//!     }
//! }
//!
//! impl NodeExecutor for InvertNode {
//!     fn node_type(&self) -> &'static str { "InvertNode" }
//!     fn input_keys(&self) -> &'static [&'static str] { &["input"] }
//!     fn output_keys(&self) -> &'static [&'static str] { &["output"] }
//!     fn execute<'f>(
//!         &mut self,
//!         mut inputs: NodeInputs<'f>,
//!         context: &mut NodeContext<'f>,
//!     ) -> Result<NodeOutputs<'f>, NodeError> {
//!         let inverted = inputs.take_audio_buffer("input")?.map(context, |sample| -sample)?;
//!         Ok(NodeOutputs::from_audio_buffer("output", inverted))
//!     }
//! }
//!
//! let samples = [0.5, -0.25];
//! let inputs = NodeInputs::from_audio_buffer("input", AudioBuffer::shared(&samples, 16_000, 1)?);
//! let mut outputs = InvertNode.execute(inputs, &mut NodeContext::new())?;
//! assert_eq!(outputs.take_audio_buffer("output")?.samples(), [-0.5, 0.25]);
//! # Ok::<(), NodeError>(())
//! ```
//!
//! [`testing`] runs a node as a host would: frames in, everything it gives out, its tail at the end.

mod audio_buffer;
mod context;
mod error;
mod error_code;
mod executor;
mod factory;
mod format;
mod params;
mod pcm_buffer;
mod samples;
mod spec;
pub mod testing;
mod values;

pub use audio_buffer::{AudioBuffer, MAX_CHANNELS, MAX_SAMPLE_RATE, MIN_SAMPLE_RATE};
pub use context::NodeContext;
pub use error::{Issue, NodeError};
pub use error_code::ErrorCode;
pub use executor::{NodeExecutor, Runtime};
pub use factory::{Migrate, NodeFactory, NodeType};
pub use format::{Format, Formats};
pub use params::parse_params;
pub use pcm_buffer::{Layout, PcmBuffer, PcmSamples, Sample};
pub use samples::Samples;
pub use spec::{Example, Form, Kind, NodeSpec, Port, Purity, Time};
pub use values::{NodeInputs, NodeOutputs, Value};
