//! The nodes that exist, by handle. One table per thread: a JavaScript thread is one environment of Node.js, and no
//! lock is taken per frame.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

use anabranch_node::{ErrorCode, NodeError, NodeExecutor};

use crate::handle::{GENERATIONS, Handle, MAX_SLOTS, OWNERS};
use crate::panics::{caught, guarded};

enum State {
    /// May be taken by the next node.
    Free,
    /// A node, waiting for a call.
    Idle(Box<dyn NodeExecutor>),
    /// A node that is in a call.
    Busy,
    /// A node that panicked, and where; kept until it is dropped.
    Broken(String),
}

struct Slot {
    generation: u32,
    state: State,
}

struct Instances {
    owner: u32,
    slots: Vec<Slot>,
    free: Vec<u32>,
}

// From 1, so that 0 is no handle: a forgotten variable names no node.
static NEXT_OWNER: AtomicU32 = AtomicU32::new(1);

thread_local! {
    static INSTANCES: RefCell<Instances> = RefCell::new(Instances {
        owner: NEXT_OWNER.fetch_add(1, Ordering::Relaxed) % OWNERS,
        slots: Vec::new(),
        free: Vec::new(),
    });
}

/// At the end of its thread, a table cleans up what is left.
impl Drop for Instances {
    fn drop(&mut self) {
        for slot in self.slots.drain(..) {
            if let State::Idle(node) = slot.state {
                // Nobody is left who could be told.
                let _ = clean_up(node);
            }
        }
    }
}

/// Keeps `node`; gives its handle.
pub(crate) fn insert(node: Box<dyn NodeExecutor>) -> Result<f64, NodeError> {
    INSTANCES.with_borrow_mut(|instances| {
        let slot = match instances.free.pop() {
            Some(slot) => slot,
            None => instances.grow()?,
        };
        let entry = &mut instances.slots[slot as usize];
        entry.state = State::Idle(node);
        Ok(Handle { slot, generation: entry.generation, owner: instances.owner }.to_number())
    })
}

/// Calls `work` with the node of `handle`. The table is not borrowed meanwhile. A panic takes the node out of service; to
/// be called where panics are guarded.
pub(crate) fn with_node<T>(
    handle: f64,
    work: impl FnOnce(&mut dyn NodeExecutor) -> Result<T, NodeError>,
) -> Result<T, NodeError> {
    let mut node = take(handle)?;
    let node_type = node.node_type();
    let result = caught(node_type, || work(node.as_mut()));
    let (node, result) = match result {
        Ok(result) => (Ok(node), result),
        Err(panic) => {
            // What a broken node does when it is dropped is not to be trusted either.
            let _ = guarded(node_type, move || drop(node));
            (Err(panic.message().to_owned()), Err(panic))
        }
    };
    give_back(handle, node);
    result
}

/// Takes the node of `handle` out for a call on another thread: it is in a call until `give_back`.
pub(crate) fn take(handle: f64) -> Result<Box<dyn NodeExecutor>, NodeError> {
    INSTANCES.with_borrow_mut(|instances| {
        let slot = instances.find(handle)?;
        match std::mem::replace(&mut slot.state, State::Busy) {
            State::Idle(node) => Ok(node),
            other => {
                let error = out_of_service(&other);
                slot.state = other;
                Err(error)
            }
        }
    })
}

/// Takes the node of `handle` out as it is, out of service or not; `None` where it is in a call, or is none.
pub(crate) fn take_as_it_is(handle: f64) -> Option<Result<Box<dyn NodeExecutor>, String>> {
    INSTANCES.with_borrow_mut(|instances| {
        let slot = instances.find(handle).ok()?;
        match std::mem::replace(&mut slot.state, State::Busy) {
            State::Idle(node) => Some(Ok(node)),
            State::Broken(panic) => Some(Err(panic)),
            State::Free | State::Busy => None,
        }
    })
}

/// Whether the node of `handle` is in no call.
pub(crate) fn at_hand(handle: f64) -> bool {
    INSTANCES.with_borrow_mut(|instances| instances.find(handle).is_ok_and(|slot| !matches!(slot.state, State::Busy)))
}

/// The call on another thread is over; without its node, that panicked, for the reason given.
pub(crate) fn give_back(handle: f64, node: Result<Box<dyn NodeExecutor>, String>) {
    INSTANCES.with_borrow_mut(|instances| {
        if let Ok(slot) = instances.find(handle) {
            slot.state = node.map_or_else(State::Broken, State::Idle);
        }
    });
}

/// Takes a node that this thread had for one call out again; the reason where it panicked.
pub(crate) fn take_out(handle: f64) -> Result<Box<dyn NodeExecutor>, String> {
    match INSTANCES.with_borrow_mut(|instances| instances.vacate(handle)) {
        Ok(State::Idle(node)) => Ok(node),
        Ok(State::Broken(panic)) => Err(panic),
        Ok(State::Free | State::Busy) => Err("its thread lost it".to_owned()),
        Err(error) => Err(error.message().to_owned()),
    }
}

/// Asks the node of `handle` something, where it waits for a call.
pub(crate) fn peek<T>(handle: f64, ask: impl FnOnce(&dyn NodeExecutor) -> T) -> Option<T> {
    INSTANCES.with_borrow_mut(|instances| match instances.find(handle) {
        Ok(Slot { state: State::Idle(node), .. }) => Some(ask(node.as_ref())),
        _ => None,
    })
}

/// Cleans the node of `handle` up and forgets it. A broken node is only forgotten.
pub(crate) fn remove(handle: f64) -> Result<(), NodeError> {
    let state = INSTANCES.with_borrow_mut(|instances| {
        let slot = instances.find(handle)?;
        if matches!(slot.state, State::Busy) {
            return Err(out_of_service(&slot.state));
        }
        instances.vacate(handle)
    })?;
    match state {
        State::Idle(node) => clean_up(node),
        _ => Ok(()),
    }
}

impl Instances {
    fn grow(&mut self) -> Result<u32, NodeError> {
        let slot = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        if slot >= MAX_SLOTS {
            return Err(NodeError::new(ErrorCode::Native, format!("{MAX_SLOTS} native nodes exist on this thread"))
                .fix("call cleanup() on nodes that are no longer used"));
        }
        self.slots.push(Slot { generation: 0, state: State::Free });
        Ok(slot)
    }

    /// Makes the slot of a node free for the next one.
    fn vacate(&mut self, handle: f64) -> Result<State, NodeError> {
        let slot = self.find(handle)?;
        slot.generation = (slot.generation + 1) % GENERATIONS;
        let state = std::mem::replace(&mut slot.state, State::Free);
        if let Some(handle) = Handle::from_number(handle) {
            self.free.push(handle.slot);
        }
        Ok(state)
    }

    #[inline]
    fn find(&mut self, handle: f64) -> Result<&mut Slot, NodeError> {
        let owner = self.owner;
        Handle::from_number(handle)
            .filter(|wanted| wanted.owner == owner)
            .and_then(|wanted| {
                let slot = self.slots.get_mut(wanted.slot as usize)?;
                (slot.generation == wanted.generation && !matches!(slot.state, State::Free)).then_some(slot)
            })
            .ok_or_else(|| unknown(handle))
    }
}

#[cold]
fn unknown(handle: f64) -> NodeError {
    NodeError::new(ErrorCode::Native, format!("handle {handle} names no native node of this thread"))
        .fix("use a node on the thread that made it, and not after its cleanup")
}

#[cold]
fn out_of_service(state: &State) -> NodeError {
    match state {
        State::Broken(panic) => NodeError::new(ErrorCode::Native, format!("out of service since {panic}"))
            .fix("make a new node: the state of one that panicked is unknown"),
        _ => NodeError::new(ErrorCode::Native, "the node is in a call already"),
    }
}

fn clean_up(mut node: Box<dyn NodeExecutor>) -> Result<(), NodeError> {
    let node_type = node.node_type();
    guarded(node_type, move || node.cleanup())?
}
