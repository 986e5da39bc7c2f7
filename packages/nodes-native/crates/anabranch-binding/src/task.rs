//! Calls on threads of Node.js's own pool, for work that is worth the way there and back. The lines of a thread of
//! JavaScript are kept here, by the handle of their node.

use std::cell::RefCell;
use std::sync::Arc;

use anabranch_node::{ErrorCode, NodeError};
use napi::bindgen_prelude::{Env, Function, Task};

use crate::block;
use crate::call::Verb;
use crate::frame_door::Kept;
use crate::instances::{at_hand, give_back, take, take_as_it_is};
use crate::left::Left;
use crate::line::{Call, Line};
use crate::outbox::Outbox;

#[derive(Default)]
struct Lines {
    outbox: Option<Arc<Outbox>>,
    all: Vec<Arc<Line>>,
    last_ticket: u32,
}

thread_local! {
    static LINES: RefCell<Lines> = RefCell::default();
}

impl Lines {
    fn of(&self, handle: f64) -> Option<&Arc<Line>> {
        self.all.iter().find(|line| line.handle.to_bits() == handle.to_bits())
    }
}

fn line_of(handle: f64) -> Option<Arc<Line>> {
    LINES.with_borrow(|lines| lines.of(handle).cloned())
}

/// A thread of the pool at work on the calls of one node.
pub struct NodeTask(Arc<Line>);

impl Task for NodeTask {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        self.0.serve();
        Ok(())
    }

    fn resolve(&mut self, _env: Env, _output: ()) -> napi::Result<()> {
        Ok(())
    }
}

/// Keeps what wakes this thread of JavaScript when calls are over.
///
/// # Errors
/// `ANB_NATIVE` where Node.js refuses.
pub(crate) fn wake_by(wake: &Function<'_, (), ()>) -> Result<(), NodeError> {
    let outbox = Outbox::new(wake).map_err(|error| NodeError::new(ErrorCode::Native, error.to_string()))?;
    LINES.with_borrow_mut(|lines| lines.outbox = Some(Arc::new(outbox)));
    Ok(())
}

/// Puts a call in line; gives its ticket, which [`collect`] tells again.
///
/// # Errors
/// `ANB_NATIVE` for a handle that names no node, or one that is out of service.
pub(crate) fn enqueue(
    handle: f64,
    verb: Verb,
    kept: (Option<Kept>, Option<Kept>),
    numbers: &[f64],
) -> Result<u32, NodeError> {
    LINES.with_borrow_mut(|lines| {
        let line = if let Some(line) = lines.of(handle) {
            Arc::clone(line)
        } else {
            // It says so where the handle names no node.
            give_back(handle, Ok(take(handle)?));
            let outbox = lines.outbox.clone().ok_or_else(|| {
                NodeError::new(ErrorCode::Native, "nothing wakes this thread").fix("call wakeBy() first")
            })?;
            let line = Arc::new(Line::new(handle, outbox));
            lines.all.push(Arc::clone(&line));
            line
        };
        lines.last_ticket = lines.last_ticket.wrapping_add(1).max(1);
        line.add(Call::new(lines.last_ticket, verb, kept, numbers));
        Ok(lines.last_ticket)
    })
}

/// A task for the line of a node, where it needs a thread.
pub(crate) fn serve(handle: f64) -> Option<NodeTask> {
    let line = line_of(handle)?;
    lend(&line);
    line.ask().then(|| NodeTask(line))
}

/// Has the node where its line needs it.
fn lend(line: &Line) {
    if line.wants_node()
        && let Some(node) = take_as_it_is(line.handle)
    {
        line.lend(node);
    }
}

/// Has the node where this thread finds it, if its line does not need it.
fn reclaim(line: &Line) {
    if let Some(node) = line.give_back() {
        give_back(line.handle, node);
    }
}

/// The node has no more to give of the set that halted its line.
pub(crate) fn go_on(handle: f64) {
    if let Some(line) = line_of(handle) {
        line.go_on();
    }
}

/// Whether the node is at hand between two calls; if not, its line is held until this is asked again.
pub(crate) fn hold(handle: f64) -> bool {
    let Some(line) = line_of(handle) else { return at_hand(handle) };
    line.hold(true);
    reclaim(&line);
    let here = at_hand(handle);
    line.hold(!here);
    here
}

/// Takes the calls out of line that have not begun.
pub(crate) fn cancel(handle: f64) {
    if let Some(line) = line_of(handle) {
        line.cancel();
        reclaim(&line);
    }
}

/// The node is dropped.
pub(crate) fn forget(handle: f64) {
    LINES.with_borrow_mut(|lines| lines.all.retain(|line| line.handle.to_bits() != handle.to_bits()));
}

/// Puts what the oldest call gave that is over where a call's results are; gives its ticket, 0 where there is none.
pub(crate) fn collect(numbers: &mut [f64], left: &mut Left) -> u32 {
    let outbox = LINES.with_borrow(|lines| lines.outbox.clone());
    let Some((line, call)) = outbox.and_then(|outbox| outbox.take()) else { return 0 };
    reclaim(&line);
    let Call { ticket, numbers: given, left: rest, result, .. } = call;
    for (to, from) in numbers.iter_mut().zip(given) {
        *to = from;
    }
    *left = rest;
    if let Err(error) = result {
        numbers[block::DONE] = 0.0;
        left.failure(error, 0, &[]);
    }
    ticket
}
