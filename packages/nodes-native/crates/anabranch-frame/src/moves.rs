//! The moves of a slot, each one compare-exchange of its word.
//!
//! ```text
//! free      acquire    ► writer
//! writer    publish n  ► n readers;  release ► free, generation + 1
//! n readers retain k   ► n + k;      release ► n − 1, at 0 free and generation + 1;  unique, of 1 ► writer
//! ```
//!
//! Checking the generation and then reading would race with a release; a lease taken by the exchange does not. The
//! exchange acquires and releases, so that what the writer wrote is seen by readers, and what readers did is over before
//! the next writer begins.

use crate::error::LeaseError;
use crate::word::{READERS_MAX, State, StateWord, WRITER};

/// What a release left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// Others still hold the frame.
    Shared,
    /// It was the last lease: the slot is free. Who owns free slots must be told.
    Free,
}

/// Free → writer. Gives the generation; `None` where the slot is not free, or somebody else was faster.
pub fn acquire(word: &impl StateWord) -> Option<u32> {
    let found = word.load();
    let state = State::of(found);
    if state.refs != 0 {
        return None;
    }
    word.exchange(found, state.with_refs(WRITER).word()).ok().map(|_| state.generation)
}

/// Writer → `readers`; 0 of them free the slot.
///
/// # Errors
///
/// [`LeaseError`], with nothing changed.
pub fn publish(word: &impl StateWord, generation: u32, readers: u32) -> Result<Released, LeaseError> {
    if readers > READERS_MAX {
        return Err(LeaseError::Readers);
    }
    let from = State { generation, refs: WRITER };
    let (to, left) = match readers {
        0 => (from.freed(), Released::Free),
        _ => (from.with_refs(readers), Released::Shared),
    };
    word.exchange(from.word(), to.word()).map_or_else(|found| Err(refused(found, generation)), |_| Ok(left))
}

/// n → n + `more` readers, for n > 0.
///
/// # Errors
///
/// [`LeaseError`], with nothing changed.
pub fn retain(word: &impl StateWord, generation: u32, more: u32) -> Result<(), LeaseError> {
    if more == 0 || more > READERS_MAX {
        return Err(LeaseError::Readers);
    }
    let mut found = word.load();
    loop {
        let state = leased(found, generation)?;
        if state.refs == WRITER {
            return Err(LeaseError::Refused);
        }
        if state.refs + more > READERS_MAX {
            return Err(LeaseError::Readers);
        }
        match word.exchange(found, state.with_refs(state.refs + more).word()) {
            Ok(_) => return Ok(()),
            Err(now) => found = now,
        }
    }
}

/// Ends one lease: a reader's, or the writer's.
///
/// # Errors
///
/// [`LeaseError::Stale`] where there is none, with nothing changed.
pub fn release(word: &impl StateWord, generation: u32) -> Result<Released, LeaseError> {
    let mut found = word.load();
    loop {
        let state = leased(found, generation)?;
        let (to, left) = match state.refs {
            1 | WRITER => (state.freed(), Released::Free),
            many => (state.with_refs(many - 1), Released::Shared),
        };
        match word.exchange(found, to.word()) {
            Ok(_) => return Ok(left),
            Err(now) => found = now,
        }
    }
}

/// The only reader → writer. Whether there was only one; if not, copy.
///
/// # Errors
///
/// [`LeaseError`], with nothing changed.
pub fn try_unique(word: &impl StateWord, generation: u32) -> Result<bool, LeaseError> {
    let from = State { generation, refs: 1 };
    match word.exchange(from.word(), from.with_refs(WRITER).word()) {
        Ok(_) => Ok(true),
        Err(found) if leased(found, generation)?.refs == WRITER => Err(LeaseError::Refused),
        Err(_) => Ok(false),
    }
}

/// The state, if the slot is leased and of this generation.
fn leased(word: i32, generation: u32) -> Result<State, LeaseError> {
    let state = State::of(word);
    if state.generation == generation && state.refs != 0 { Ok(state) } else { Err(LeaseError::Stale) }
}

fn refused(found: i32, generation: u32) -> LeaseError {
    leased(found, generation).map_or_else(|stale| stale, |_| LeaseError::Refused)
}
