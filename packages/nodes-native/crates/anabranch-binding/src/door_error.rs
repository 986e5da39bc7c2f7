//! How an error crosses to TypeScript.

use anabranch_node::NodeError;

/// `code` is the error's code; the message is JSON of everything else (see `NodeError::to_json`), which the TypeScript
/// door turns into the error's class.
pub type DoorError = napi::Error<&'static str>;

/// The error as JavaScript will see it.
pub(crate) fn door_error(error: &NodeError) -> DoorError {
    DoorError::new(error.code().as_str(), error.to_json())
}
