//! The calls of one node on other threads: they wait in line, and are made in order, one at a time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anabranch_node::{ErrorCode, NodeError, NodeExecutor};

use crate::block;
use crate::call::{Frames, Verb, call};
use crate::frame_door::Kept;
use crate::input::Lent;
use crate::instances::{insert, take_out};
use crate::left::Left;
use crate::outbox::Outbox;
use crate::panics::guarded;

/// The numbers that a call of one node needs: further records are fetched later.
const NUMBERS: usize = block::SECTIONS + block::SECTION_LENGTH;
/// After this time a thread is given back to the pool, and asked for again: others wait for it too.
const TURN: Duration = Duration::from_millis(10);

/// A call, and what it gave. The memory that it keeps leased is dropped on the thread of JavaScript, where it came from.
pub(crate) struct Call {
    pub(crate) ticket: u32,
    verb: Verb,
    input: Option<Kept>,
    output: Option<Kept>,
    pub(crate) numbers: Vec<f64>,
    pub(crate) left: Left,
    pub(crate) result: Result<(), NodeError>,
}

impl Call {
    /// A call as the block says it, without followers.
    pub(crate) fn new(ticket: u32, verb: Verb, (input, output): (Option<Kept>, Option<Kept>), numbers: &[f64]) -> Self {
        let mut numbers = numbers.get(..NUMBERS).unwrap_or_default().to_vec();
        if let Some(followers) = numbers.get_mut(block::FOLLOWERS) {
            *followers = 0.0;
        }
        Self { ticket, verb, input, output, numbers, left: Left::default(), result: Ok(()) }
    }

    /// The call itself; gives the node back. The thread has the node in its own table for it.
    fn run(&mut self, node: Box<dyn NodeExecutor>) -> Node {
        let handle = match insert(node) {
            Ok(handle) => handle,
            Err(error) => {
                self.result = Err(error);
                return Err("its thread had no room for it".to_owned());
            }
        };
        let input = self.input.as_ref().map_or(Lent::Nothing, |input| Lent::Shared(input.bytes()));
        let output = self.output.as_mut().map(Kept::bytes_mut);
        let (verb, numbers, left) = (self.verb, &mut self.numbers, &mut self.left);
        let between = &mut [Vec::new()];
        self.result = guarded("a call", || {
            if let Some(called) = numbers.get_mut(block::SECTIONS + block::HANDLE) {
                *called = handle;
            }
            call(verb, Frames { input, output, between }, numbers, left)
        })
        .flatten();
        take_out(handle)
    }
}

/// A node, or why it is out of service.
pub(crate) type Node = Result<Box<dyn NodeExecutor>, String>;

#[derive(Default)]
struct State {
    /// The node, while none of its calls is at work; `None` too while it is in the table of its thread.
    node: Option<Node>,
    waiting: VecDeque<Call>,
    /// A thread of the pool works on the line, or is asked for.
    served: bool,
    /// The node has more to give of its last set: the others wait until it was asked for that.
    halted: bool,
    /// JavaScript wants the node between two calls.
    held: bool,
}

impl State {
    /// No call may begin now.
    fn stands(&self) -> bool {
        self.halted || self.held
    }
}

/// The line of one node.
pub(crate) struct Line {
    pub(crate) handle: f64,
    outbox: Arc<Outbox>,
    state: Mutex<State>,
}

impl Line {
    pub(crate) fn new(handle: f64, outbox: Arc<Outbox>) -> Self {
        Self { handle, outbox, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more call, behind the others.
    pub(crate) fn add(&self, call: Call) {
        self.state().waiting.push_back(call);
    }

    /// Whether a thread is to be asked for; it counts as asked for then. The node must be there.
    pub(crate) fn ask(&self) -> bool {
        let mut state = self.state();
        let needed = !state.served && !state.stands() && !state.waiting.is_empty();
        state.served |= needed;
        needed
    }

    /// Whether calls wait that may be made now.
    pub(crate) fn wants_node(&self) -> bool {
        let state = self.state();
        !state.stands() && !state.waiting.is_empty()
    }

    /// Lends the node for its calls.
    pub(crate) fn lend(&self, node: Node) {
        self.state().node = Some(node);
    }

    /// The node, where no call is at work and none may be made now.
    pub(crate) fn give_back(&self) -> Option<Node> {
        let mut state = self.state();
        if state.stands() || state.waiting.is_empty() { state.node.take() } else { None }
    }

    /// What the node had left of a set was given, or nobody wants it.
    pub(crate) fn go_on(&self) {
        self.state().halted = false;
    }

    /// Whether calls are to wait, whatever they wait for.
    pub(crate) fn hold(&self, held: bool) {
        self.state().held = held;
    }

    /// Takes out what has not begun; JavaScript is told that it failed.
    pub(crate) fn cancel(self: &Arc<Self>) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for mut call in waiting {
            call.result = Err(NodeError::new(ErrorCode::Native, "the call was interrupted before it began"));
            self.outbox.put(self, call, Duration::MAX, true);
        }
    }

    /// Makes the calls that wait, and those that come meanwhile. For a thread of the pool.
    pub(crate) fn serve(self: &Arc<Self>) {
        let start = Instant::now();
        let mut begun = start;
        while let Some((mut call, node)) = self.next(begun.duration_since(start) < TURN) {
            let node = match node {
                Ok(node) => call.run(node),
                Err(panic) => {
                    let what = format!("out of service since {panic}");
                    call.result = Err(NodeError::new(ErrorCode::Native, what)
                        .fix("make a new node: the state of one that panicked is unknown"));
                    Err(panic)
                }
            };
            let last = {
                let mut state = self.state();
                state.halted = call.result.is_ok() && node.as_ref().is_ok_and(|node| node.has_more());
                state.node = Some(node);
                state.stands() || state.waiting.is_empty()
            };
            let over = Instant::now();
            self.outbox.put(self, call, over.duration_since(begun), last);
            begun = over;
        }
    }

    /// The next call, with the node; `None` ends the turn of the thread.
    fn next(&self, goes_on: bool) -> Option<(Call, Node)> {
        let mut state = self.state();
        if goes_on
            && !state.stands()
            && state.node.is_some()
            && let Some(call) = state.waiting.pop_front()
        {
            return state.node.take().map(|node| (call, node));
        }
        state.served = false;
        None
    }
}
