//! The doors of calls on other threads.

use napi::bindgen_prelude::{AsyncTask, Function};

use crate::call::Verb;
use crate::call_doors::{input_slot, output_slot};
use crate::door_error::DoorError;
use crate::doors::door;
use crate::frame_door::{Access, Place};
use crate::memory::with_memory;
use crate::task::{self, NodeTask};

/// `wake` is called when calls on other threads are over; then [`collect_call`] tells of them.
///
/// # Errors
/// `ANB_NATIVE` where Node.js refuses.
pub fn wake_by(wake: &Function<'_, (), ()>) -> Result<(), DoorError> {
    door("wakeBy", || task::wake_by(wake))
}

/// One call of a node alone, with the frames that the block names, behind those of it that are in line for a thread of the
/// pool of Node.js. Gives a ticket, which [`collect_call`] tells when it is over.
///
/// # Errors
/// `ANB_STALE_FRAME` for frames whose lease has ended; `ANB_NATIVE` for a handle that names no node.
pub fn enqueue_call(handle: f64, verb: f64) -> Result<u32, DoorError> {
    door("enqueue", || {
        let verb = Verb::of(verb)?;
        with_memory(|numbers, pools, _| {
            let output = output_slot(numbers, pools)?;
            let input = input_slot(numbers, pools, Access::Read, output.as_ref())?;
            task::enqueue(handle, verb, (input.map(Place::keep), output.map(Place::keep)), numbers)
        })
    })
}

/// A thread for the calls in line, where they need one: it resolves when the thread has done with them for now.
///
/// # Errors
/// None but a panic.
pub fn serve_line(handle: f64) -> Result<Option<AsyncTask<NodeTask>>, DoorError> {
    door("serve", || Ok(task::serve(handle).map(AsyncTask::new)))
}

/// A node that had more to give of a set has none of it any more, or nobody wants it: the sets behind it go on.
///
/// # Errors
/// None but a panic.
pub fn go_on(handle: f64) -> Result<(), DoorError> {
    door("goOn", || {
        task::go_on(handle);
        Ok(())
    })
}

/// Whether no call of a node is at work, so that it is at hand. Where one is, those in line wait until this was asked
/// again, when that one was collected.
///
/// # Errors
/// None but a panic.
pub fn hold_line(handle: f64) -> Result<bool, DoorError> {
    door("hold", || Ok(task::hold(handle)))
}

/// Takes the calls out of line that have not begun: they are over, and have failed.
///
/// # Errors
/// None but a panic.
pub fn cancel_line(handle: f64) -> Result<(), DoorError> {
    door("cancel", || {
        task::cancel(handle);
        Ok(())
    })
}

/// Puts what a call on another thread gave where a call's results are, and gives its ticket; 0 where none is over. Where it
/// failed, `DONE` is 0 and [`failure`] throws why.
///
/// # Errors
/// None but a panic.
pub fn collect_call() -> Result<u32, DoorError> {
    door("collect", || with_memory(|numbers, _, scratch| Ok(task::collect(numbers, &mut scratch.left))))
}
