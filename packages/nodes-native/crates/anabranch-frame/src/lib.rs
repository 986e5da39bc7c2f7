//! The leases of the frame pool: the state word of a slot, its moves, and handles. It knows neither Node.js nor the
//! memory of the samples, and takes no length and no offset from shared memory: who reads samples keeps a table of his own.
//!
//! The same in TypeScript: `frame/word.ts` and `frame/handle.ts` of `@anabranch/plugin-sdk`. The numbers of both are
//! those of `contract/frames.json`, which a test compares.
//!
//! ```
//! use std::sync::atomic::AtomicI32;
//! use anabranch_frame::{acquire, publish, release, Released};
//!
//! let word = AtomicI32::new(0);
//! let generation = acquire(&word).unwrap();
//! publish(&word, generation, 2)?;
//! assert_eq!(release(&word, generation)?, Released::Shared);
//! assert_eq!(release(&word, generation)?, Released::Free);
//! assert!(release(&word, generation).is_err(), "a lease ends once");
//! # Ok::<(), anabranch_frame::LeaseError>(())
//! ```

#![forbid(unsafe_code)]

mod error;
mod handle;
mod layout;
mod lease;
mod moves;
mod word;

pub use error::LeaseError;
pub use handle::{Handle, MAX_SLOTS};
pub use layout::{FREE_WORDS, LINE_BYTES, SLOTS_PER_SLAB, word_at};
pub use lease::Lease;
pub use moves::{Released, acquire, publish, release, retain, try_unique};
pub use word::{GENERATIONS, READERS_MAX, State, StateWord, WRITER};
