//! One call of a node on a thread of Node.js's own pool, for work that is worth the way there and back.

use std::cell::RefCell;

use anabranch_node::{ErrorCode, NodeError, NodeExecutor};
use napi::bindgen_prelude::{Env, Task};

use crate::block;
use crate::call::{Frames, Verb, call};
use crate::frame_door::Kept;
use crate::input::Lent;
use crate::instances::{give_back, insert, take, take_out};
use crate::left::Left;
use crate::panics::guarded;

/// The numbers that a call of one node needs: further records are fetched later.
const NUMBERS: usize = block::SECTIONS + block::SECTION_LENGTH;

/// What a call on another thread gave.
struct Outcome {
    ticket: u32,
    numbers: Vec<f64>,
    left: Left,
    result: Result<(), NodeError>,
}

thread_local! {
    /// Of this thread's tasks that are over, until JavaScript collects them.
    static OUTCOMES: RefCell<Vec<Outcome>> = RefCell::default();
    static NEXT_TICKET: RefCell<u32> = const { RefCell::new(0) };
}

/// A call under way: the node, which is away from its table meanwhile, and the memory that its call keeps leased.
pub struct NodeTask {
    handle: f64,
    node: Option<Result<Box<dyn NodeExecutor>, String>>,
    verb: Verb,
    input: Option<Kept>,
    output: Option<Kept>,
    numbers: Vec<f64>,
    left: Left,
    result: Result<(), NodeError>,
}

impl NodeTask {
    /// A call of the node of `handle`, as the block says it, without followers.
    ///
    /// # Errors
    /// `ANB_NATIVE` for a handle that names no node, or one that is in a call.
    pub(crate) fn new(
        handle: f64,
        verb: Verb,
        input: Option<Kept>,
        output: Option<Kept>,
        numbers: &[f64],
    ) -> Result<Self, NodeError> {
        let mut numbers = numbers.get(..NUMBERS).unwrap_or_default().to_vec();
        if let Some(followers) = numbers.get_mut(block::FOLLOWERS) {
            *followers = 0.0;
        }
        let node = Some(Ok(take(handle)?));
        Ok(Self { handle, node, verb, input, output, numbers, left: Left::default(), result: Ok(()) })
    }

    /// The call itself. The thread has the node in its own table for it.
    fn run(&mut self, node: Box<dyn NodeExecutor>) -> Result<(), NodeError> {
        let handle = insert(node)?;
        let input = self.input.as_ref().map_or(Lent::Nothing, |input| Lent::Shared(input.bytes()));
        let output = self.output.as_mut().map(Kept::bytes_mut);
        let between = &mut [Vec::new()];
        if let Some(called) = self.numbers.get_mut(block::SECTIONS + block::HANDLE) {
            *called = handle;
        }
        let result = call(self.verb, Frames { input, output, between }, &mut self.numbers, &mut self.left);
        self.node = Some(take_out(handle));
        result
    }
}

impl Task for NodeTask {
    type Output = ();
    type JsValue = u32;

    fn compute(&mut self) -> napi::Result<()> {
        if let Some(Ok(node)) = self.node.take() {
            self.result = guarded("a task", || self.run(node)).flatten();
        }
        Ok(())
    }

    fn resolve(&mut self, _env: Env, _output: ()) -> napi::Result<u32> {
        give_back(self.handle, self.node.take().unwrap_or_else(|| Err("its task lost it".to_owned())));
        let ticket = NEXT_TICKET.with_borrow_mut(|next| {
            *next = next.wrapping_add(1);
            *next
        });
        let outcome = Outcome {
            ticket,
            numbers: std::mem::take(&mut self.numbers),
            left: std::mem::take(&mut self.left),
            result: std::mem::replace(&mut self.result, Ok(())),
        };
        OUTCOMES.with_borrow_mut(|outcomes| outcomes.push(outcome));
        Ok(ticket)
    }

    /// On the thread that made the task: its parts of slabs are dropped where they came from.
    fn finally(self, _env: Env) -> napi::Result<()> {
        Ok(())
    }
}

/// Puts what a task gave where a call's results are.
///
/// # Errors
/// What the node said; `ANB_NATIVE` for a ticket that was collected already.
pub(crate) fn collect(ticket: u32, numbers: &mut [f64], left: &mut Left) -> Result<(), NodeError> {
    let outcome = OUTCOMES.with_borrow_mut(|outcomes| {
        let at = outcomes.iter().position(|outcome| outcome.ticket == ticket)?;
        Some(outcomes.swap_remove(at))
    });
    let Outcome { numbers: given, left: rest, result, .. } = outcome
        .ok_or_else(|| NodeError::new(ErrorCode::Native, format!("there is no task {ticket} to be collected")))?;
    for (to, from) in numbers.iter_mut().zip(given) {
        *to = from;
    }
    *left = rest;
    result
}
