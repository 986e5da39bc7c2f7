//! The one error of nodes.

use std::error::Error;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::ErrorCode;

/// One problem found in params; an error of code `ANB_PARAMS` lists all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Where: `db`, `bands[2].gain`; empty for the params as a whole.
    pub path: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    /// The code of the problem.
    pub code: &'static str,
    /// How bad it is; an error stops.
    pub severity: &'static str,
}

impl Issue {
    /// A problem at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            expected: None,
            received: None,
            code: ErrorCode::Params.as_str(),
            severity: "error",
        }
    }

    /// Adds what would be right and what was there.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>, received: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self.received = Some(received.into());
        self
    }
}

/// An error with a code of the contract. The runner adds the node id: it alone knows it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct NodeError(Box<Inner>);

/// Kept in a box, so that a `Result` on the hot path stays small.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
struct Inner {
    code: ErrorCode,
    message: String,
    retryable: bool,
    fix: Option<String>,
    details: Map<String, Value>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl NodeError {
    /// An error of `code`; retryable as the contract says.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            retryable: code.retryable(),
            fix: None,
            details: Map::new(),
            source: None,
        }))
    }

    /// The node failed at its work (`ANB_NODE_EXECUTION`).
    #[must_use]
    pub fn execution(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NodeExecution, message)
    }

    /// Params are wrong (`ANB_PARAMS`): every problem at once.
    #[must_use]
    pub fn params(issues: &[Issue]) -> Self {
        let lines: Vec<String> = issues
            .iter()
            .map(|issue| match issue.path.as_str() {
                "" => issue.message.clone(),
                path => format!("{path}: {}", issue.message),
            })
            .collect();
        let listed = serde_json::to_value(issues).unwrap_or_default();
        Self::new(ErrorCode::Params, lines.join("; ")).detail("issues", listed)
    }

    /// The input at `key` is missing or of the wrong kind (`ANB_INPUTS`).
    #[must_use]
    pub fn inputs(key: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Inputs, message).detail("key", key)
    }

    /// Says what to do about it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.0.fix = Some(fix.into());
        self
    }

    /// Overrides whether a retry may help.
    #[must_use]
    pub fn retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Adds a field of the error's class: `key`, `issues`, `limit`, `file`, `line`.
    #[must_use]
    pub fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.details.insert(name.to_owned(), value.into());
        self
    }

    /// Keeps the error that led to this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The message without the code.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether a retry may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// The fields of the error's class.
    #[must_use]
    pub fn details(&self) -> &Map<String, Value> {
        &self.0.details
    }

    /// The error as it crosses to another language: message, cause, retryable, fix and details. The code goes apart.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("message".into(), self.message().into());
        json.insert("retryable".into(), self.is_retryable().into());
        if let Some(fix) = &self.0.fix {
            json.insert("fix".into(), fix.as_str().into());
        }
        if let Some(source) = &self.0.source {
            json.insert("cause".into(), source.to_string().into());
        }
        json.insert("details".into(), Value::Object(self.0.details.clone()));
        Value::Object(json)
    }
}
