//! What the exported functions do, but for calls (`call_doors`). Every door runs guarded, so that no panic reaches Node.js.

use anabranch_node::{ErrorCode, Formats, NodeContext, NodeError};
use napi::bindgen_prelude::{Float64Array, Int32Array, Uint8Array};

use crate::block;
use crate::door_error::{DoorError, door_error};
use crate::frame_plan::FramePlan;
use crate::instances::{insert, remove, with_node};
use crate::members::Members;
use crate::memory::{add_pool, add_slab, attach, forget_pool, with_memory};
use crate::numbers::index;
use crate::panics::guarded;
use crate::plugin::Plugin;
use crate::task::forget;

/// The plugin as JSON.
///
/// # Errors
/// `ANB_NATIVE` when a spec panics.
pub fn describe(plugin: &Plugin) -> Result<String, DoorError> {
    door("describe", || Ok(plugin.describe()))
}

/// The formats of a node type's outputs for these params, as JSON by key.
///
/// # Errors
/// Those of [`create`].
pub fn formats(plugin: &Plugin, node_type: &str, params_json: &str) -> Result<String, DoorError> {
    door(node_type, || {
        let formats: Formats = plugin.factory(node_type)?.formats(params_json)?;
        let by_key: serde_json::Map<_, _> =
            formats.into_iter().map(|(key, format)| (key.to_owned(), serde_json::json!(format))).collect();
        Ok(serde_json::Value::Object(by_key).to_string())
    })
}

/// Params of an older version of a node type as those of this one, as JSON.
///
/// # Errors
/// What the node type says of them; `ANB_NATIVE` for a number that is no version.
pub fn migrate(plugin: &Plugin, node_type: &str, params_json: &str, from: f64) -> Result<String, DoorError> {
    door(node_type, || {
        let from = u32::try_from(index("from", from)?)
            .map_err(|_| NodeError::new(ErrorCode::Native, format!("{from} is no version")))?;
        let params = plugin.factory(node_type)?.migrate(params_json, from)?;
        Ok(serde_json::Value::Object(params).to_string())
    })
}

/// Makes a node and lets it go unprepared: says whether [`create`] would take these params.
///
/// # Errors
/// Those of [`create`].
pub fn check(plugin: &Plugin, node_type: &str, params_json: &str) -> Result<(), DoorError> {
    door(node_type, || plugin.factory(node_type)?.create(params_json).map(drop))
}

/// Makes a node; gives its handle.
///
/// # Errors
/// `ANB_NODE_NOT_FOUND`, `ANB_PARAMS`, `ANB_NOT_AVAILABLE`.
pub fn create(plugin: &Plugin, node_type: &str, params_json: &str) -> Result<f64, DoorError> {
    door(node_type, || insert(plugin.factory(node_type)?.create(params_json)?))
}

/// Prepares a node; gives its own delay in µs.
///
/// # Errors
/// What the node says; `ANB_NATIVE` for a handle that names none.
pub fn prepare(handle: f64) -> Result<f64, DoorError> {
    door("prepare", || {
        with_node(handle, |node| {
            node.prepare(&mut NodeContext::new())?;
            Ok(node.delay_us())
        })
    })
}

/// The bytes that the output frame must have after an input of so many samples, for a call that reaches the followers
/// that the block names.
///
/// # Errors
/// `ANB_NATIVE` for numbers that name no node.
pub fn frame_bytes(handle: f64, input_samples: f64) -> Result<f64, DoorError> {
    door("frame_bytes", || {
        let samples = index("samples", input_samples)?;
        with_memory(|numbers, _, _| {
            numbers[block::SECTIONS + block::HANDLE] = handle;
            Ok(FramePlan::of(&Members::of(numbers)?, numbers, samples)?.bytes())
        })
    })
}

/// Keeps the numbers by which calls of this thread speak: see `block`.
///
/// # Errors
/// `ANB_NATIVE` for a block that is too short.
pub fn attach_block(block: Float64Array) -> Result<(), DoorError> {
    door("attach", || attach(block))
}

/// A number for a frame pool of this thread.
///
/// # Errors
/// None but a panic.
pub fn register_pool() -> Result<f64, DoorError> {
    door("pool", || Ok(add_pool()))
}

/// Makes a slab of a pool known to this thread, before the first handle in it.
///
/// # Errors
/// `ANB_NATIVE` for numbers that do not fit the memory.
pub fn register_slab(
    pool: f64,
    id: f64,
    slot_bytes: f64,
    slots: f64,
    data: Uint8Array,
    control: Int32Array,
) -> Result<(), DoorError> {
    door("slab", || add_slab(pool, id, slot_bytes, slots, data, control))
}

/// Lets the memory of a pool go.
///
/// # Errors
/// `ANB_NATIVE` for a number that names none.
pub fn drop_pool(pool: f64) -> Result<(), DoorError> {
    door("dropPool", || forget_pool(pool))
}

/// Hands a control message over.
///
/// # Errors
/// `ANB_PARAMS` when the message is not JSON; what the node says.
pub fn control(handle: f64, message_json: &str) -> Result<(), DoorError> {
    door("control", || {
        let message = anabranch_node::parse_params(message_json)?;
        with_node(handle, |node| node.on_control(&message, &mut NodeContext::new()))
    })
}

/// Has a node forget what it saw; `false` where it cannot.
///
/// # Errors
/// What the node says; `ANB_NATIVE` for a handle that names none.
pub fn reset(handle: f64) -> Result<bool, DoorError> {
    door("reset", || with_node(handle, |node| node.reset()))
}

/// Cleans a node up and forgets it.
///
/// # Errors
/// What the cleanup says; `ANB_NATIVE` for a handle that names no node, so also for the second drop.
pub fn drop_node(handle: f64) -> Result<(), DoorError> {
    door("drop", || {
        remove(handle)?;
        forget(handle);
        Ok(())
    })
}

pub(crate) fn door<T>(who: &str, work: impl FnOnce() -> Result<T, NodeError>) -> Result<T, DoorError> {
    guarded(who, work).flatten().map_err(|error| door_error(&error))
}
