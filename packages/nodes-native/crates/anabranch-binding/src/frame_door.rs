//! The frame door: the one file that turns a view of JavaScript's memory into slices. All `unsafe` of the binding is here.
#![allow(unsafe_code, reason = "the frame door; every block has its argument")]

use anabranch_node::NodeError;
use napi::bindgen_prelude::Float32ArraySlice;

/// The samples of one call.
pub(crate) enum Frames<'f> {
    /// Input and output are the same memory, for writing.
    InPlace(&'f mut [f32]),
    /// Input and output do not touch.
    Apart {
        /// For reading.
        input: &'f [f32],
        /// For writing.
        output: &'f mut [f32],
    },
}

/// Opens the views of one call. The same view twice means in place; views that touch otherwise are refused.
///
/// The views live as long as `'f`, which callers bind to the call itself: napi's slices keep their arrays alive that long.
pub(crate) fn open<'f>(
    input: &'f mut Float32ArraySlice<'_>,
    output: &'f mut Float32ArraySlice<'_>,
) -> Result<Frames<'f>, NodeError> {
    let (from, to) = (input.as_ptr_range(), output.as_ptr_range());
    let touching = !input.is_empty() && !output.is_empty() && from.start < to.end && to.start < from.end;
    if !touching {
        // SAFETY: napi vouches for address, alignment and length of `output` (never null; length 0 if detached), and
        // `'f` ends before the call returns to JavaScript, so the memory stays. Every bit pattern is an f32. The
        // regions do not touch (checked above), so no other slice of this call reaches this memory. Other threads may
        // hold the same SharedArrayBuffer: whoever calls `process` owns the output frame and lends the input frame
        // unwritten for the length of the call, which is the rule of the contract for frames.
        let output = unsafe { output.as_mut() };
        return Ok(Frames::Apart { input, output });
    }
    if from != to {
        return Err(NodeError::inputs("input", "the output view covers a part of the input view")
            .fix("give the same view twice for in place, or views that do not touch"));
    }
    // SAFETY: as above; both views are the same memory, and only this one slice of it is made: `input` stays borrowed
    // for `'f` and is not read.
    Ok(Frames::InPlace(unsafe { output.as_mut() }))
}
