//! Every move in every state, by the table that the TypeScript test has too.

#![allow(clippy::unwrap_used, reason = "a helper of tests")]

use std::sync::atomic::{AtomicI32, Ordering};

use anabranch_frame::{
    GENERATIONS, Handle, Lease, LeaseError, MAX_SLOTS, READERS_MAX, Released, State, WRITER, acquire, publish, release,
    retain, try_unique,
};

/// The outcome of a move on generation 5 with these refs, and the state after it.
fn after<R>(refs: u32, act: impl FnOnce(&AtomicI32) -> R) -> (R, u32, u32) {
    let word = AtomicI32::new(State { generation: 5, refs }.word());
    let outcome = act(&word);
    let State { generation, refs } = State::of(word.load(Ordering::Relaxed));
    (outcome, generation, refs)
}

#[test]
fn acquire_takes_what_is_free() {
    assert_eq!(after(0, acquire), (Some(5), 5, WRITER));
    assert_eq!(after(WRITER, acquire), (None, 5, WRITER));
    assert_eq!(after(1, acquire), (None, 5, 1));
}

#[test]
fn publish_is_of_the_writer() {
    assert_eq!(after(WRITER, |word| publish(word, 5, 3)), (Ok(Released::Shared), 5, 3));
    assert_eq!(after(WRITER, |word| publish(word, 5, 0)), (Ok(Released::Free), 6, 0));
    assert_eq!(after(2, |word| publish(word, 5, 3)), (Err(LeaseError::Refused), 5, 2));
    assert_eq!(after(WRITER, |word| publish(word, 4, 3)), (Err(LeaseError::Stale), 5, WRITER));
    assert_eq!(after(0, |word| publish(word, 5, 3)), (Err(LeaseError::Stale), 5, 0));
    assert_eq!(after(WRITER, |word| publish(word, 5, WRITER)), (Err(LeaseError::Readers), 5, WRITER));
}

#[test]
fn retain_is_of_readers_and_never_wraps() {
    assert_eq!(after(1, |word| retain(word, 5, 2)), (Ok(()), 5, 3));
    assert_eq!(after(0, |word| retain(word, 5, 1)), (Err(LeaseError::Stale), 5, 0));
    assert_eq!(after(1, |word| retain(word, 4, 1)), (Err(LeaseError::Stale), 5, 1));
    assert_eq!(after(WRITER, |word| retain(word, 5, 1)), (Err(LeaseError::Refused), 5, WRITER));
    assert_eq!(after(READERS_MAX - 1, |word| retain(word, 5, 1)), (Ok(()), 5, READERS_MAX));
    for more in [0, 1, READERS_MAX, WRITER, u32::MAX] {
        assert_eq!(after(READERS_MAX, |word| retain(word, 5, more)), (Err(LeaseError::Readers), 5, READERS_MAX));
    }
}

#[test]
fn release_ends_a_lease_once() {
    assert_eq!(after(3, |word| release(word, 5)), (Ok(Released::Shared), 5, 2));
    assert_eq!(after(1, |word| release(word, 5)), (Ok(Released::Free), 6, 0));
    assert_eq!(after(WRITER, |word| release(word, 5)), (Ok(Released::Free), 6, 0));
    assert_eq!(after(0, |word| release(word, 5)), (Err(LeaseError::Stale), 5, 0));
    assert_eq!(after(1, |word| release(word, 4)), (Err(LeaseError::Stale), 5, 1));
}

#[test]
fn unique_is_the_only_reader() {
    assert_eq!(after(1, |word| try_unique(word, 5)), (Ok(true), 5, WRITER));
    assert_eq!(after(2, |word| try_unique(word, 5)), (Ok(false), 5, 2));
    assert_eq!(after(WRITER, |word| try_unique(word, 5)), (Err(LeaseError::Refused), 5, WRITER));
    assert_eq!(after(1, |word| try_unique(word, 4)), (Err(LeaseError::Stale), 5, 1));
    assert_eq!(after(0, |word| try_unique(word, 5)), (Err(LeaseError::Stale), 5, 0));
}

#[test]
fn after_the_last_generation_comes_0() {
    let last = State { generation: GENERATIONS - 1, refs: 1 };
    assert_eq!(State::of(last.word()), last);
    let word = AtomicI32::new(last.word());
    assert_eq!(release(&word, GENERATIONS - 1), Ok(Released::Free));
    assert_eq!(acquire(&word), Some(0));
}

#[test]
fn a_lease_is_one_reader_for_its_scope() {
    assert_eq!(
        after(1, |word| {
            let lease = Lease::take(word, 5).unwrap();
            assert_eq!(release(word, 5), Ok(Released::Shared));
            lease.end()
        }),
        (Ok(Released::Free), 6, 0)
    );
    assert_eq!(after(1, |word| drop(Lease::take(word, 5))), ((), 5, 1));
    assert_eq!(after(WRITER, |word| Lease::take(word, 5).err()), (Some(LeaseError::Refused), 5, WRITER));
}

#[test]
fn handles_are_slot_and_generation() {
    assert!((Handle { slot: 3, generation: 2 }.to_number() - 2_097_155.0).abs() < f64::EPSILON);
    for slot in [0, 1, 1023, 1024, MAX_SLOTS - 1] {
        for generation in [0, 1, GENERATIONS - 1] {
            let handle = Handle { slot, generation };
            assert_eq!(Handle::from_number(handle.to_number()), Some(handle));
        }
    }
    for none in [-1.0, 0.5, 1_099_511_627_776.0, f64::NAN, f64::INFINITY] {
        assert_eq!(Handle::from_number(none), None, "{none}");
    }
}
