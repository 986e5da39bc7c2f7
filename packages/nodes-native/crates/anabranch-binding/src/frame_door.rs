//! The frame door: the one file that turns memory of JavaScript into slices. All `unsafe` of the binding is here.
//!
//! Memory comes from two places: slots of frame pools, whose slabs were registered before, and views that a call brings
//! along. Offsets and lengths are checked against this side's own table; none is ever read from shared memory.
#![allow(unsafe_code, reason = "the frame door; every block has its argument")]

use std::sync::Arc;
use std::sync::atomic::AtomicI32;

use anabranch_frame::{Handle, SLOTS_PER_SLAB, State, StateWord, WRITER, word_at};
use anabranch_node::{ErrorCode, NodeError};
use napi::bindgen_prelude::{Float64Array, Int32Array, Uint8Array, Uint8ArraySlice};

use crate::block;

/// One slab of a pool, kept alive as long as it is registered.
pub(crate) struct Slab {
    data: *mut u8,
    control: *const i32,
    slot_bytes: usize,
    slots: usize,
    _memory: (Uint8Array, Int32Array),
}

// SAFETY: what the pointers lead to is shared memory, kept by `_memory` as long as the slab is, and every access to it is
// argued for below. The handles of JavaScript in `_memory` are touched by their own thread alone: a call gives its part
// of the slab back there (`collect` in `task.rs`), so that the last one is never dropped elsewhere.
unsafe impl Send for Slab {}
// SAFETY: as above; a shared slab is only read from.
unsafe impl Sync for Slab {}

impl Slab {
    /// A slab of `slots` slots.
    ///
    /// # Errors
    /// `ANB_NATIVE` where the memory is too small for them.
    pub(crate) fn new(
        data: Uint8Array,
        control: Int32Array,
        slot_bytes: usize,
        slots: usize,
    ) -> Result<Self, NodeError> {
        let fits = slots > 0
            && slots <= SLOTS_PER_SLAB as usize
            && slot_bytes > 0
            && slot_bytes.is_multiple_of(64)
            && slot_bytes.checked_mul(slots).is_some_and(|bytes| bytes <= data.len())
            && word_at(slots) <= control.len();
        if !fits {
            let what = format!("a slab of {slots} slots of {slot_bytes} bytes does not fit into {} bytes", data.len());
            return Err(NodeError::new(ErrorCode::Native, what));
        }
        Ok(Self {
            data: data.as_ptr().cast_mut(),
            control: control.as_ptr(),
            slot_bytes,
            slots,
            _memory: (data, control),
        })
    }
}

/// What a call may do with a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Others may read it too.
    Read,
    /// Nobody else has it.
    Write,
}

/// A part of a slot that a lease was checked for.
pub(crate) struct Place<'s> {
    slab: &'s Arc<Slab>,
    offset: usize,
    bytes: usize,
}

/// The part of `bytes` bytes from `offset` of the slot that `handle` names; without `bytes`, all of it.
///
/// # Errors
/// `ANB_STALE_FRAME` where its lease has ended or does not allow the access; `ANB_INPUTS` beyond its end.
pub(crate) fn place(
    slabs: &[Option<Arc<Slab>>],
    handle: f64,
    part: Option<(usize, usize)>,
    access: Access,
) -> Result<Place<'_>, NodeError> {
    let (slab, place, generation) = find(slabs, handle).ok_or_else(|| {
        NodeError::new(ErrorCode::StaleFrame, format!("handle {handle} names no frame of this pool"))
            .fix("give the handle of the pool that the frame was made in")
    })?;
    // SAFETY: `control` points to at least `word_at(slots)` words (checked in `Slab::new`), which live as long as
    // `_memory`; `place < slots` (checked in `find`). An Int32Array is aligned for AtomicI32, and everybody, JavaScript by
    // Atomics included, changes the word atomically.
    let word = unsafe { AtomicI32::from_ptr(slab.control.add(word_at(place)).cast_mut()) };
    let state = State::of(StateWord::load(word));
    let right = match access {
        Access::Read => state.refs > 0 && state.refs < WRITER,
        Access::Write => state.refs == WRITER,
    };
    if state.generation != generation || !right {
        return Err(NodeError::new(ErrorCode::StaleFrame, "a frame was used after its lease had ended")
            .fix("use a frame only in the call that it was given to, or retain it"));
    }
    let (offset, bytes) = part.unwrap_or((0, slab.slot_bytes));
    if offset.checked_add(bytes).is_none_or(|end| end > slab.slot_bytes) {
        let what = format!("{bytes} bytes from {offset} are not in a slot of {}", slab.slot_bytes);
        return Err(NodeError::inputs("input", what));
    }
    Ok(Place { slab, offset: place * slab.slot_bytes + offset, bytes })
}

fn find(slabs: &[Option<Arc<Slab>>], handle: f64) -> Option<(&Arc<Slab>, usize, u32)> {
    let Handle { slot, generation } = Handle::from_number(handle)?;
    let slab = slabs.get((slot / SLOTS_PER_SLAB) as usize)?.as_ref()?;
    let place = (slot % SLOTS_PER_SLAB) as usize;
    (place < slab.slots).then_some((slab, place, generation))
}

impl<'s> Place<'s> {
    /// Whether the two share memory.
    pub(crate) fn touches(&self, other: &Place<'_>) -> bool {
        Arc::ptr_eq(self.slab, other.slab)
            && self.offset < other.offset + other.bytes
            && other.offset < self.offset + self.bytes
    }

    /// Whether the bytes of a view lie in it, in part or all.
    pub(crate) fn covers(&self, view: &[u8]) -> bool {
        let (start, from) = (self.slab.data.addr() + self.offset, view.as_ptr().addr());
        !view.is_empty() && from < start + self.bytes && start < from + view.len()
    }

    /// The bytes, for reading.
    pub(crate) fn bytes(self) -> &'s [u8] {
        // SAFETY: offset and length are inside the slab (checked in `place`), which lives as long as `'s`. The slot's
        // word says that it has readers and no writer (checked there, with Acquire), and the caller's lease, which ends
        // after the call, keeps it so: nobody writes meanwhile. Every bit pattern is a u8.
        unsafe { std::slice::from_raw_parts(self.slab.data.add(self.offset), self.bytes) }
    }

    /// The bytes, for writing.
    pub(crate) fn bytes_mut(self) -> &'s mut [u8] {
        // SAFETY: as above; the word says that this slot has one writer, which is the caller, so no other thread reads
        // or writes it, and the caller makes one slice of a slot in a call (`touches`).
        unsafe { std::slice::from_raw_parts_mut(self.slab.data.add(self.offset), self.bytes) }
    }
}

/// A part of a slot for a task on another thread. The lease is that of the call that waits for it.
pub(crate) struct Kept {
    slab: Arc<Slab>,
    offset: usize,
    bytes: usize,
}

impl Place<'_> {
    /// The same part, for a task.
    pub(crate) fn keep(self) -> Kept {
        Kept { slab: Arc::clone(self.slab), offset: self.offset, bytes: self.bytes }
    }
}

impl Kept {
    /// The bytes, for reading.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: as in `Place::bytes`. The call that waits for the task keeps the lease until it is over, however long
        // that takes: a node that was interrupted keeps what it was lent until its code has ended.
        unsafe { std::slice::from_raw_parts(self.slab.data.add(self.offset), self.bytes) }
    }

    /// The bytes, for writing.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `Place::bytes_mut`, and above for the lease; `&mut self` lets one slice exist at a time.
        unsafe { std::slice::from_raw_parts_mut(self.slab.data.add(self.offset), self.bytes) }
    }
}

/// The bytes that views of one call cover.
pub(crate) enum Views<'f> {
    /// Input and output are the same memory, for writing.
    InPlace(&'f mut [u8]),
    /// Input and output do not touch.
    Apart(&'f [u8], &'f mut [u8]),
}

/// Opens the views of one call. The same view twice means in place; views that touch otherwise are refused.
///
/// # Errors
/// `ANB_INPUTS` for views that overlap in part.
pub(crate) fn open<'f>(
    input: &'f mut Uint8ArraySlice<'_>,
    output: &'f mut Uint8ArraySlice<'_>,
) -> Result<Views<'f>, NodeError> {
    let (from, to) = (input.as_ptr_range(), output.as_ptr_range());
    let touching = !input.is_empty() && !output.is_empty() && from.start < to.end && to.start < from.end;
    if !touching {
        // SAFETY: napi vouches for address and length of `output` (never null; length 0 if detached), and `'f` ends
        // before the call returns to JavaScript, so the memory stays. Every bit pattern is a u8. The regions do not touch
        // (checked above), so no other slice of this call reaches this memory. Other threads may hold the same
        // SharedArrayBuffer: whoever calls owns the output and lends the input unwritten for the length of the call,
        // which is the rule of the contract for frames.
        let output = unsafe { output.as_mut() };
        return Ok(Views::Apart(input, output));
    }
    if from != to {
        return Err(NodeError::inputs("input", "the output view covers a part of the input view")
            .fix("give the same view twice for in place, or views that do not touch"));
    }
    // SAFETY: as above; both views are the same memory, and only this one slice of it is made: `input` stays borrowed
    // for `'f` and is not read.
    Ok(Views::InPlace(unsafe { output.as_mut() }))
}

/// The numbers of a thread's block, for the length of a call.
///
/// # Errors
/// `ANB_NATIVE` for a block that is too short.
pub(crate) fn numbers(view: &mut Float64Array) -> Result<&mut [f64], NodeError> {
    if view.len() < block::LENGTH {
        return Err(NodeError::new(ErrorCode::Native, format!("the call block has {} numbers", view.len())));
    }
    // SAFETY: napi vouches for address, alignment and length, and keeps the array alive as long as `view`. JavaScript of
    // this thread does not run during a call, and no other thread has the block. Every bit pattern is an f64.
    Ok(unsafe { view.as_mut() })
}
