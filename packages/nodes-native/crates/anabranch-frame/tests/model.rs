//! Every order in which two or three threads can do the moves, tried by loom. The samples are a cell of loom's that fails
//! a model where a read and a write of it can meet.

#![allow(clippy::unwrap_used, reason = "a helper of tests")]

use anabranch_frame::{Lease, Released, State, StateWord, WRITER, acquire, publish, release, retain, try_unique};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use loom::thread;

/// The word, watched by loom.
struct Watched(AtomicI32);

impl StateWord for Watched {
    fn load(&self) -> i32 {
        self.0.load(Ordering::Acquire)
    }

    fn exchange(&self, from: i32, to: i32) -> Result<i32, i32> {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire)
    }
}

struct Slot {
    word: Watched,
    samples: UnsafeCell<()>,
}

impl Slot {
    fn new(generation: u32, refs: u32) -> Arc<Self> {
        let word = Watched(AtomicI32::new(State { generation, refs }.word()));
        Arc::new(Self { word, samples: UnsafeCell::new(()) })
    }

    fn read(&self) {
        self.samples.with(|_| ());
    }

    fn write(&self) {
        self.samples.with_mut(|_| ());
    }

    fn state(&self) -> State {
        State::of(self.word.load())
    }
}

/// Takes the slot once if it is free, as a writer without readers.
fn write_once(slot: &Slot) -> bool {
    let Some(generation) = acquire(&slot.word) else { return false };
    slot.write();
    assert_eq!(publish(&slot.word, generation, 0), Ok(Released::Free));
    true
}

#[test]
fn one_of_two_gets_a_free_slot() {
    loom::model(|| {
        let slot = Slot::new(7, 0);
        let other = Arc::clone(&slot);
        let there = thread::spawn(move || acquire(&other.word));
        let here = acquire(&slot.word);
        let there = there.join().unwrap();
        assert_eq!([here, there].iter().flatten().count(), 1, "exactly one");
        assert_eq!(slot.state(), State { generation: 7, refs: WRITER });
    });
}

#[test]
fn a_frame_is_read_whole_and_freed_once_by_the_last_of_two_readers() {
    loom::model(|| {
        let slot = Slot::new(0, 0);
        let generation = acquire(&slot.word).unwrap();
        slot.write();
        publish(&slot.word, generation, 2).unwrap();
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let slot = Arc::clone(&slot);
                thread::spawn(move || {
                    slot.read();
                    release(&slot.word, generation).unwrap()
                })
            })
            .collect();
        let wrote = write_once(&slot);
        let freed =
            readers.into_iter().map(|reader| reader.join().unwrap()).filter(|left| *left == Released::Free).count();
        assert_eq!(freed, 1);
        assert_eq!(slot.state(), State { generation: 1 + u32::from(wrote), refs: 0 });
    });
}

#[test]
fn a_lease_without_one_before_is_refused_or_keeps_the_frame() {
    loom::model(|| {
        let slot = Slot::new(0, 1);
        let other = Arc::clone(&slot);
        let late = thread::spawn(move || {
            let Ok(lease) = Lease::take(&other.word, 0) else { return false };
            other.read();
            lease.end().unwrap();
            true
        });
        slot.read();
        release(&slot.word, 0).unwrap();
        let wrote = write_once(&slot);
        late.join().unwrap();
        assert_eq!(slot.state(), State { generation: 1 + u32::from(wrote), refs: 0 });
    });
}

/// Writes in place if the lease is the only one, and ends it either way.
fn write_if_unique(slot: &Slot, generation: u32) {
    if try_unique(&slot.word, generation).unwrap() {
        slot.write();
        publish(&slot.word, generation, 1).unwrap();
    }
    release(&slot.word, generation).unwrap();
}

/// Reads if a lease can still be had.
fn read_if_leased(slot: &Slot, generation: u32) {
    if retain(&slot.word, generation, 1).is_ok() {
        slot.read();
        release(&slot.word, generation).unwrap();
    }
}

#[test]
fn writing_in_place_meets_no_other_reader() {
    loom::model(|| {
        let slot = Slot::new(3, 2);
        let other = Arc::clone(&slot);
        let reader = thread::spawn(move || {
            other.read();
            release(&other.word, 3).unwrap();
        });
        write_if_unique(&slot, 3);
        reader.join().unwrap();
        assert_eq!(slot.state(), State { generation: 4, refs: 0 });
    });
}

#[test]
fn writing_in_place_meets_no_late_reader() {
    loom::model(|| {
        let slot = Slot::new(3, 1);
        let other = Arc::clone(&slot);
        let late = thread::spawn(move || read_if_leased(&other, 3));
        write_if_unique(&slot, 3);
        late.join().unwrap();
        assert_eq!(slot.state(), State { generation: 4, refs: 0 });
    });
}

#[test]
fn writing_in_place_meets_neither_of_two() {
    // All orders of three threads are some minutes' work; those in which none is interrupted more than twice are seconds'.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let slot = Slot::new(3, 2);
        let (other, again) = (Arc::clone(&slot), Arc::clone(&slot));
        let unique = thread::spawn(move || write_if_unique(&other, 3));
        let late = thread::spawn(move || read_if_leased(&again, 3));
        write_if_unique(&slot, 3);
        unique.join().unwrap();
        late.join().unwrap();
        assert_eq!(slot.state(), State { generation: 4, refs: 0 });
    });
}

#[test]
fn of_two_releases_of_one_lease_one_is_refused() {
    loom::model(|| {
        let slot = Slot::new(0, 1);
        let other = Arc::clone(&slot);
        let there = thread::spawn(move || release(&other.word, 0).is_ok());
        let here = release(&slot.word, 0).is_ok();
        assert!(here ^ there.join().unwrap());
        assert_eq!(slot.state(), State { generation: 1, refs: 0 });
    });
}

/// The free bits of a slab of two slots, as `frame/slab.ts` has them: hints beside the words.
struct Slab {
    slots: [Watched; 2],
    bits: AtomicU32,
}

impl Slab {
    fn acquire(&self) -> Option<(usize, u32)> {
        loop {
            let bits = self.bits.load(Ordering::SeqCst);
            if bits == 0 {
                return None;
            }
            let slot = usize::try_from(bits.trailing_zeros()).unwrap();
            self.bits.fetch_and(!(1 << slot), Ordering::SeqCst);
            if let Some(generation) = acquire(&self.slots[slot]) {
                return Some((slot, generation));
            }
        }
    }

    fn release(&self, slot: usize, generation: u32) {
        if release(&self.slots[slot], generation).unwrap() == Released::Free {
            self.bits.fetch_or(1 << slot, Ordering::SeqCst);
        }
    }
}

#[test]
fn free_bits_lose_no_slot_and_double_none() {
    loom::model(|| {
        let free = || Watched(AtomicI32::new(0));
        let slab = Arc::new(Slab { slots: [free(), free()], bits: AtomicU32::new(0b11) });
        let work = |slab: &Slab| {
            if let Some((slot, generation)) = slab.acquire() {
                slab.release(slot, generation);
            }
        };
        let other = Arc::clone(&slab);
        let there = thread::spawn(move || work(&other));
        work(&slab);
        there.join().unwrap();
        let (first, second) = (slab.acquire().unwrap(), slab.acquire().unwrap());
        assert_ne!(first.0, second.0);
        assert_eq!(slab.acquire(), None);
    });
}

#[test]
fn a_slot_that_is_freed_while_others_look_is_found_afterwards() {
    loom::model(|| {
        let slab = Arc::new(Slab {
            slots: [Watched(AtomicI32::new(0)), Watched(AtomicI32::new(State { generation: 0, refs: 1 }.word()))],
            // A hint too many: its slot is leased.
            bits: AtomicU32::new(0b10),
        });
        let other = Arc::clone(&slab);
        let there = thread::spawn(move || other.release(1, 0));
        let here = slab.acquire();
        there.join().unwrap();
        let found = here.or_else(|| slab.acquire());
        assert_eq!(found, Some((1, 1)));
    });
}
