//! What the last call of this thread left behind outside frames, until JavaScript has fetched it.

use anabranch_node::{ErrorCode, NodeError};

/// One value.
enum Value {
    Bytes(Vec<u8>),
    Plain(String),
}

/// No output has this key: under it lies what a node that failed was given.
const GIVEN: &str = "";

/// The values, by the place of their node in the call and output key.
#[derive(Default)]
pub(crate) struct Left {
    values: Vec<(usize, &'static str, Value)>,
    failure: Option<NodeError>,
}

impl Left {
    /// Samples in ordinary memory.
    pub(crate) fn bytes(&mut self, member: usize, key: &'static str, bytes: Vec<u8>) {
        self.values.push((member, key, Value::Bytes(bytes)));
    }

    /// Plain data as JSON.
    pub(crate) fn plain(&mut self, member: usize, key: &'static str, json: String) {
        self.values.push((member, key, Value::Plain(json)));
    }

    /// Why the last node of the call failed; `given` is its input, where that lies in no frame.
    pub(crate) fn failure(&mut self, error: NodeError, member: usize, given: &[u8]) {
        self.failure = Some(error);
        if !given.is_empty() {
            self.bytes(member, GIVEN, given.to_vec());
        }
    }

    /// A new call begins.
    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.failure = None;
    }

    pub(crate) fn take_failure(&mut self) -> Option<NodeError> {
        self.failure.take()
    }

    pub(crate) fn take_bytes(&mut self, member: usize, key: &str) -> Result<Vec<u8>, NodeError> {
        match self.take(member, key)? {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Plain(_) => Err(nothing(key)),
        }
    }

    pub(crate) fn take_plain(&mut self, member: usize, key: &str) -> Result<String, NodeError> {
        match self.take(member, key)? {
            Value::Plain(json) => Ok(json),
            Value::Bytes(_) => Err(nothing(key)),
        }
    }

    fn take(&mut self, member: usize, key: &str) -> Result<Value, NodeError> {
        let here = |(of, left, _): &(usize, &str, Value)| *of == member && *left == key;
        let at = self.values.iter().position(here).ok_or_else(|| nothing(key))?;
        Ok(self.values.swap_remove(at).2)
    }
}

fn nothing(key: &str) -> NodeError {
    NodeError::new(ErrorCode::Native, format!("the last call left no such value on '{key}'"))
}
