//! What the exported functions do. Every door runs guarded, so that no panic reaches Node.js.

use std::cell::RefCell;

use anabranch_node::{ErrorCode, Formats, NodeContext, NodeError};
use napi::bindgen_prelude::{Float64Array, Int32Array, Uint8Array, Uint8ArraySlice};

use crate::block;
use crate::call::{Frames, Verb, call};
use crate::door_error::{DoorError, door_error};
use crate::frame_door::{Access, Place, Views, open, place};
use crate::frame_plan::FramePlan;
use crate::input::Lent;
use crate::instances::{insert, remove, with_node};
use crate::left::Left;
use crate::members::Members;
use crate::memory::{Pools, add_pool, add_slab, attach, forget_pool, with_memory};
use crate::numbers::index;
use crate::panics::guarded;
use crate::plugin::Plugin;

thread_local! {
    static LEFT: RefCell<Left> = RefCell::default();
    /// Memory for what passes from node to node in one call.
    static BETWEEN: RefCell<Vec<Vec<f32>>> = RefCell::new(vec![Vec::new(); block::MAX_MEMBERS]);
}

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
        with_memory(|numbers, _| Ok(FramePlan::of(&Members::of(handle, numbers)?, numbers, samples)?.bytes()))
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

/// One call, with the frames that the block names.
///
/// # Errors
/// What the node says; `ANB_AUDIO_FORMAT` for a rate or channel count that cannot be; `ANB_STALE_FRAME` for frames whose
/// lease has ended; `ANB_NATIVE` for a panic or a handle that names no node.
pub fn call_slots(handle: f64, verb: f64) -> Result<(), DoorError> {
    door("call", || {
        let verb = Verb::of(verb)?;
        with_memory(|numbers, pools| {
            let has_input = numbers[block::INPUT_KIND] > block::NOTHING;
            let output = output_slot(numbers, pools)?;
            let mut input = Lent::Nothing;
            if has_input {
                let part = (
                    index("offset", numbers[block::INPUT_OFFSET])?,
                    index("samples", numbers[block::INPUT_SAMPLES])?.saturating_mul(size_of::<f32>()),
                );
                let writable = numbers[block::WRITABLE] > 0.0;
                let access = if writable { Access::Write } else { Access::Read };
                let slabs = pools.slabs(numbers[block::POOL])?;
                let found = place(slabs, numbers[block::INPUT_HANDLE], Some(part), access)?;
                if output.as_ref().is_some_and(|output| output.touches(&found)) {
                    return Err(NodeError::inputs("input", "input and output are the same frame")
                        .fix("lend the input writable, or give another output frame"));
                }
                input = if writable { Lent::Writable(found.bytes_mut()) } else { Lent::Shared(found.bytes()) };
            }
            run(handle, verb, input, output.map(Place::bytes_mut), numbers)
        })
    })
}

/// One call with an input in no pool, as bytes; the output goes into the frame that the block names.
///
/// # Errors
/// As [`call_slots`].
pub fn call_input(handle: f64, verb: f64, input: Uint8ArraySlice<'_>) -> Result<(), DoorError> {
    door("call", || {
        let verb = Verb::of(verb)?;
        with_memory(|numbers, pools| {
            let output = output_slot(numbers, pools)?;
            if output.as_ref().is_some_and(|output| output.covers(&input)) {
                return Err(NodeError::inputs("input", "the input lies in the output frame")
                    .fix("name the frame that the input lies in"));
            }
            run(handle, verb, Lent::Shared(&input), output.map(Place::bytes_mut), numbers)
        })
    })
}

/// The output frame that the block names, if any.
fn output_slot<'m>(numbers: &[f64], pools: &'m Pools<'_>) -> Result<Option<Place<'m>>, NodeError> {
    let handle = numbers[block::OUTPUT_HANDLE];
    if handle < 0.0 {
        return Ok(None);
    }
    place(pools.slabs(numbers[block::POOL])?, handle, None, Access::Write).map(Some)
}

/// One call, with memory that is in no pool: the input's samples and room for the output, both as bytes. Either may be
/// empty. The same view twice means in place.
///
/// # Errors
/// As [`call_slots`]; `ANB_INPUTS` for views that touch.
pub fn call_views(
    handle: f64,
    verb: f64,
    mut input: Uint8ArraySlice<'_>,
    mut output: Uint8ArraySlice<'_>,
) -> Result<(), DoorError> {
    door("call", || {
        let verb = Verb::of(verb)?;
        with_memory(|numbers, _| {
            let has_input = numbers[block::INPUT_KIND] > block::NOTHING;
            let (input, output) = match open(&mut input, &mut output)? {
                Views::InPlace(bytes) => (Lent::Writable(bytes), None),
                Views::Apart(input, output) => (
                    if has_input { Lent::Shared(input) } else { Lent::Nothing },
                    (!output.is_empty()).then_some(output),
                ),
            };
            run(handle, verb, input, output, numbers)
        })
    })
}

fn run(
    handle: f64,
    verb: Verb,
    input: Lent<'_>,
    output: Option<&mut [u8]>,
    numbers: &mut [f64],
) -> Result<(), NodeError> {
    LEFT.with_borrow_mut(|left| {
        left.clear();
        BETWEEN.with_borrow_mut(|between| call(handle, verb, Frames { input, output, between }, numbers, left))
    })
}

/// Throws the error of the node that the last call failed at, where that was one that follows.
///
/// # Errors
/// That error; `ANB_NATIVE` where there is none.
pub fn failure() -> Result<(), DoorError> {
    door("failure", || {
        let none = || NodeError::new(ErrorCode::Native, "the last call did not fail");
        Err(LEFT.with_borrow_mut(Left::take_failure).unwrap_or_else(none))
    })
}

/// The bytes that a node of the last call left on `key`, in ordinary memory.
///
/// # Errors
/// `ANB_NATIVE` where there are none.
pub fn left_bytes(member: f64, key: &str) -> Result<Uint8Array, DoorError> {
    door("left", || {
        let member = index("member", member)?;
        LEFT.with_borrow_mut(|left| left.take_bytes(member, key)).map(Uint8Array::from)
    })
}

/// The plain data that a node of the last call left on `key`, as JSON.
///
/// # Errors
/// `ANB_NATIVE` where there is none.
pub fn left_plain(member: f64, key: &str) -> Result<String, DoorError> {
    door("plain", || {
        let member = index("member", member)?;
        LEFT.with_borrow_mut(|left| left.take_plain(member, key))
    })
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
    door("drop", || remove(handle))
}

fn door<T>(who: &str, work: impl FnOnce() -> Result<T, NodeError>) -> Result<T, DoorError> {
    guarded(who, work).flatten().map_err(|error| door_error(&error))
}
