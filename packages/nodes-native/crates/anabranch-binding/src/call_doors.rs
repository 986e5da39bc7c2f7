//! The doors of calls: with frames of a pool, with other memory; and what a call left.

use anabranch_node::{ErrorCode, NodeError};
use napi::bindgen_prelude::{JsObjectValue, Object, Uint8Array, Uint8ArraySlice};
use napi::sys::{napi_callback_info, napi_env, napi_value};

use crate::block;
use crate::call::{Frames, Verb, call};
use crate::door_error::DoorError;
use crate::doors::door;
use crate::frame_door::{Access, Place, Views, open, place};
use crate::input::Lent;
use crate::left::Left;
use crate::memory::{Pools, Scratch, with_left, with_memory};
use crate::numbers::index;
use crate::panics::guarded;

/// Where the block has the handle of the node that is called.
const CALLED: usize = block::SECTIONS + block::HANDLE;

/// Puts the door of calls on frames where the other doors are. It is the one that every frame goes through, and so a bare
/// function of Node.js: no argument is converted, and none is there. What would be one is in the block.
///
/// # Errors
/// None but those of Node.js itself.
pub fn export_call(exports: &mut Object<'_>) -> napi::Result<()> {
    exports.create_named_method("call", call_slots)
}

/// One call of the node that the block names, with the frames that it names. Where it fails, `DONE` is 0 and [`failure`]
/// throws why: what the node says; `ANB_AUDIO_FORMAT` for a rate or channel count that cannot be; `ANB_STALE_FRAME` for
/// frames whose lease has ended; `ANB_NATIVE` for a panic or a handle that names no node.
extern "C" fn call_slots(_env: napi_env, _info: napi_callback_info) -> napi_value {
    let outcome = guarded("call", || {
        with_memory(|numbers, pools, scratch| {
            numbers[block::DONE] = 0.0;
            let verb = Verb::of(numbers[block::VERB])?;
            let output = output_slot(numbers, pools)?;
            let writable = numbers[block::WRITABLE] > 0.0;
            let access = if writable { Access::Write } else { Access::Read };
            let input = match input_slot(numbers, pools, access, output.as_ref())? {
                None => Lent::Nothing,
                Some(found) if writable => Lent::Writable(found.bytes_mut()),
                Some(found) => Lent::Shared(found.bytes()),
            };
            run(verb, (input, output.map(Place::bytes_mut)), numbers, scratch)
        })
    });
    if let Err(error) = outcome.flatten() {
        // Nobody is left to be told of a panic in here.
        let _ = guarded("call", || with_left(|left| left.failure(error, 0, &[])));
    }
    std::ptr::null_mut()
}

/// One call with an input in no pool, as bytes; the output goes into the frame that the block names.
///
/// # Errors
/// What the node says; `ANB_AUDIO_FORMAT` for a rate or channel count that cannot be; `ANB_STALE_FRAME` for frames whose
/// lease has ended; `ANB_NATIVE` for a panic or a handle that names no node.
pub fn call_input(handle: f64, verb: f64, input: Uint8ArraySlice<'_>) -> Result<(), DoorError> {
    door("call", || {
        let verb = Verb::of(verb)?;
        with_memory(|numbers, pools, scratch| {
            let output = output_slot(numbers, pools)?;
            if output.as_ref().is_some_and(|output| output.covers(&input)) {
                return Err(NodeError::inputs("input", "the input lies in the output frame")
                    .fix("name the frame that the input lies in"));
            }
            numbers[CALLED] = handle;
            run(verb, (Lent::Shared(&input), output.map(Place::bytes_mut)), numbers, scratch)
        })
    })
}

/// The part of the input frame that the block names, if any.
pub(crate) fn input_slot<'m>(
    numbers: &[f64],
    pools: &'m Pools<'_>,
    access: Access,
    output: Option<&Place<'_>>,
) -> Result<Option<Place<'m>>, NodeError> {
    if numbers[block::INPUT_KIND] <= block::NOTHING {
        return Ok(None);
    }
    let part = (
        index("offset", numbers[block::INPUT_OFFSET])?,
        index("samples", numbers[block::INPUT_SAMPLES])?.saturating_mul(size_of::<f32>()),
    );
    let found = place(pools.slabs(numbers[block::POOL])?, numbers[block::INPUT_HANDLE], Some(part), access)?;
    if output.is_some_and(|output| output.touches(&found)) {
        return Err(NodeError::inputs("input", "input and output are the same frame")
            .fix("lend the input writable, or give another output frame"));
    }
    Ok(Some(found))
}

/// The output frame that the block names, if any.
pub(crate) fn output_slot<'m>(numbers: &[f64], pools: &'m Pools<'_>) -> Result<Option<Place<'m>>, NodeError> {
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
/// As [`call_input`]; `ANB_INPUTS` for views that touch.
pub fn call_views(
    handle: f64,
    verb: f64,
    mut input: Uint8ArraySlice<'_>,
    mut output: Uint8ArraySlice<'_>,
) -> Result<(), DoorError> {
    door("call", || {
        let verb = Verb::of(verb)?;
        with_memory(|numbers, _, scratch| {
            let has_input = numbers[block::INPUT_KIND] > block::NOTHING;
            let (input, output) = match open(&mut input, &mut output)? {
                Views::InPlace(bytes) => (Lent::Writable(bytes), None),
                Views::Apart(input, output) => (
                    if has_input { Lent::Shared(input) } else { Lent::Nothing },
                    (!output.is_empty()).then_some(output),
                ),
            };
            numbers[CALLED] = handle;
            run(verb, (input, output), numbers, scratch)
        })
    })
}

fn run(
    verb: Verb,
    (input, output): (Lent<'_>, Option<&mut [u8]>),
    numbers: &mut [f64],
    Scratch { left, between }: &mut Scratch,
) -> Result<(), NodeError> {
    left.clear();
    call(verb, Frames { input, output, between }, numbers, left)
}

/// Throws what the last call failed with: at a node that follows, at a further record, or altogether.
///
/// # Errors
/// That error; `ANB_NATIVE` where there is none.
pub fn failure() -> Result<(), DoorError> {
    door("failure", || {
        let none = || NodeError::new(ErrorCode::Native, "the last call did not fail");
        Err(with_left(Left::take_failure).unwrap_or_else(none))
    })
}

/// The bytes that a node of the last call left on `key`, in ordinary memory.
///
/// # Errors
/// `ANB_NATIVE` where there are none.
pub fn left_bytes(member: f64, key: &str) -> Result<Uint8Array, DoorError> {
    door("left", || {
        let member = index("member", member)?;
        with_left(|left| left.take_bytes(member, key)).map(Uint8Array::from)
    })
}

/// The plain data that a node of the last call left on `key`, as JSON.
///
/// # Errors
/// `ANB_NATIVE` where there is none.
pub fn left_plain(member: f64, key: &str) -> Result<String, DoorError> {
    door("plain", || {
        let member = index("member", member)?;
        with_left(|left| left.take_plain(member, key))
    })
}
