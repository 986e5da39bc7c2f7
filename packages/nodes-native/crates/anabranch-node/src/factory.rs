//! How a node type is described and made.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{Formats, NodeError, NodeExecutor, NodeSpec, parse_params};

/// A node type: its params, its description, and how one is made.
pub trait NodeType: NodeExecutor + Sized + 'static {
    /// The params, with `#[serde(deny_unknown_fields)]`. Their JSON Schema goes into the spec.
    type Params: DeserializeOwned + JsonSchema;

    /// What the type says about itself; leave `params` to the factory.
    fn spec() -> NodeSpec;

    /// The formats of its outputs, by key, as far as they follow from the params: checked across edges before a run.
    fn formats(_params: &Self::Params) -> Formats {
        Vec::new()
    }

    /// Makes one node. Check here what the schema cannot say, and again what it says in words of its own.
    ///
    /// # Errors
    /// `ANB_PARAMS` listing every problem at once.
    fn create(params: Self::Params) -> Result<Self, NodeError>;
}

/// A [`NodeType`] as a value, so that a plugin can list several.
#[derive(Debug, Clone, Copy)]
pub struct NodeFactory {
    spec: fn() -> NodeSpec,
    create: fn(&str) -> Result<Box<dyn NodeExecutor>, NodeError>,
    formats: fn(&str) -> Result<Formats, NodeError>,
}

impl NodeFactory {
    /// The factory of `N`.
    #[must_use]
    pub const fn of<N: NodeType>() -> Self {
        Self { spec: spec_of::<N>, create: create_boxed::<N>, formats: formats_of::<N> }
    }

    /// The description, with the JSON Schema of the params.
    #[must_use]
    pub fn spec(&self) -> NodeSpec {
        (self.spec)()
    }

    /// Makes a node from params as JSON.
    ///
    /// # Errors
    /// `ANB_PARAMS` when the params are not those of the node type.
    pub fn create(&self, params_json: &str) -> Result<Box<dyn NodeExecutor>, NodeError> {
        (self.create)(params_json)
    }

    /// The formats of the outputs for params as JSON.
    ///
    /// # Errors
    /// `ANB_PARAMS` when the params are not those of the node type.
    pub fn formats(&self, params_json: &str) -> Result<Formats, NodeError> {
        (self.formats)(params_json)
    }
}

fn spec_of<N: NodeType>() -> NodeSpec {
    NodeSpec { params: schemars::schema_for!(N::Params).to_value(), ..N::spec() }
}

fn create_boxed<N: NodeType>(params_json: &str) -> Result<Box<dyn NodeExecutor>, NodeError> {
    Ok(Box::new(N::create(parse_params(params_json)?)?))
}

fn formats_of<N: NodeType>(params_json: &str) -> Result<Formats, NodeError> {
    Ok(N::formats(&parse_params(params_json)?))
}
