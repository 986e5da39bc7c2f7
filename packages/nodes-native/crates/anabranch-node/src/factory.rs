//! How a node type is described and made.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{ErrorCode, Formats, NodeError, NodeExecutor, NodeSpec, parse_params};

/// Makes of params of an older version, the second argument, those of the version that the spec says.
pub type Migrate = fn(Map<String, Value>, u32) -> Result<Map<String, Value>, NodeError>;

/// A node type: its params, its description, and how one is made.
pub trait NodeType: NodeExecutor + Sized + 'static {
    /// The params, with `#[serde(deny_unknown_fields)]`. Their JSON Schema goes into the spec.
    type Params: DeserializeOwned + JsonSchema;

    /// Translates params that were written for an older [`version`](NodeSpec::version). Without it those are refused.
    const MIGRATE: Option<Migrate> = None;

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
    migrate: Option<Migrate>,
}

impl NodeFactory {
    /// The factory of `N`.
    #[must_use]
    pub const fn of<N: NodeType>() -> Self {
        Self { spec: spec_of::<N>, create: create_boxed::<N>, formats: formats_of::<N>, migrate: N::MIGRATE }
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

    /// Params of the version `from`, as JSON, as those of the version that the spec says. They are not checked: that is
    /// for [`create`](Self::create).
    ///
    /// # Errors
    /// `ANB_PARAMS` when they are no JSON object, what the node type says of them, and `ANB_PLUGIN` where it has no
    /// [`MIGRATE`](NodeType::MIGRATE).
    pub fn migrate(&self, params_json: &str, from: u32) -> Result<Map<String, Value>, NodeError> {
        let migrate = self
            .migrate
            .ok_or_else(|| NodeError::new(ErrorCode::Plugin, format!("{} has no MIGRATE", self.spec().node_type)))?;
        migrate(parse_params(params_json)?, from)
    }
}

fn spec_of<N: NodeType>() -> NodeSpec {
    NodeSpec { params: schemars::schema_for!(N::Params).to_value(), migrates: N::MIGRATE.is_some(), ..N::spec() }
}

fn create_boxed<N: NodeType>(params_json: &str) -> Result<Box<dyn NodeExecutor>, NodeError> {
    Ok(Box::new(N::create(parse_params(params_json)?)?))
}

fn formats_of<N: NodeType>(params_json: &str) -> Result<Formats, NodeError> {
    Ok(N::formats(&parse_params(params_json)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NodeContext, NodeInputs, NodeOutputs};

    #[derive(serde::Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct NoParams {}

    struct Silent<const VERSION: u32>;

    impl<const VERSION: u32> NodeType for Silent<VERSION> {
        type Params = NoParams;
        const MIGRATE: Option<Migrate> = match VERSION {
            1 => None,
            _ => Some(|mut params, from| {
                params.insert("from".to_owned(), from.into());
                Ok(params)
            }),
        };
        fn spec() -> NodeSpec {
            NodeSpec::new("Silent", "Says nothing.").version(VERSION)
        }
        fn create(_params: NoParams) -> Result<Self, NodeError> {
            Ok(Self)
        }
    }

    impl<const VERSION: u32> NodeExecutor for Silent<VERSION> {
        fn node_type(&self) -> &'static str {
            "Silent"
        }
        fn input_keys(&self) -> &'static [&'static str] {
            &[]
        }
        fn output_keys(&self) -> &'static [&'static str] {
            &[]
        }
        fn execute<'f>(&mut self, _: NodeInputs<'f>, _: &mut NodeContext<'f>) -> Result<NodeOutputs<'f>, NodeError> {
            Ok(NodeOutputs::new())
        }
    }

    #[test]
    fn older_params_are_translated_and_what_is_told_of_the_first_version_is_nothing() {
        let second = NodeFactory::of::<Silent<2>>();
        assert_eq!(Value::Object(second.migrate(r#"{"a":1}"#, 1).unwrap()), serde_json::json!({ "a": 1, "from": 1 }));
        assert_eq!(second.migrate("[]", 1).unwrap_err().code(), ErrorCode::Params);
        let told = serde_json::to_value(second.spec()).unwrap();
        assert_eq!((&told["version"], &told["migrates"]), (&2.into(), &true.into()));

        let first = NodeFactory::of::<Silent<1>>();
        assert_eq!(first.migrate("{}", 1).unwrap_err().code(), ErrorCode::Plugin);
        let told = serde_json::to_value(first.spec()).unwrap();
        assert!(told.get("version").is_none() && told.get("migrates").is_none());
    }
}
