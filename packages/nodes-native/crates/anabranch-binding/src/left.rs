//! What the last call of this thread left behind outside frames, until JavaScript has fetched it.

use anabranch_node::{ErrorCode, NodeError};

/// One value.
enum Value {
    Bytes(Vec<u8>),
    Plain(String),
}

/// The values, by output key.
#[derive(Default)]
pub(crate) struct Left(Vec<(&'static str, Value)>);

impl Left {
    /// Samples in ordinary memory.
    pub(crate) fn bytes(&mut self, key: &'static str, bytes: Vec<u8>) {
        self.0.push((key, Value::Bytes(bytes)));
    }

    /// Plain data as JSON.
    pub(crate) fn plain(&mut self, key: &'static str, json: String) {
        self.0.push((key, Value::Plain(json)));
    }

    /// A new call begins.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn take_bytes(&mut self, key: &str) -> Result<Vec<u8>, NodeError> {
        match self.take(key)? {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Plain(_) => Err(nothing(key)),
        }
    }

    pub(crate) fn take_plain(&mut self, key: &str) -> Result<String, NodeError> {
        match self.take(key)? {
            Value::Plain(json) => Ok(json),
            Value::Bytes(_) => Err(nothing(key)),
        }
    }

    fn take(&mut self, key: &str) -> Result<Value, NodeError> {
        let at = self.0.iter().position(|(left, _)| *left == key).ok_or_else(|| nothing(key))?;
        Ok(self.0.swap_remove(at).1)
    }
}

fn nothing(key: &str) -> NodeError {
    NodeError::new(ErrorCode::Native, format!("the last call left no such value on '{key}'"))
}
