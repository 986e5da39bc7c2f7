//! The block of numbers by which a call's arguments and results cross. Writing forty numbers into shared memory costs less
//! than handing ten arguments over. One block for each thread and addon; JavaScript and Rust use it in turn.
//!
//! After the numbers of the call comes a section for each node that it may reach: the node that is called, and those that
//! follow it in the same call; then one for each further record of the last of them.
//!
//! The layout is that of `call-block.ts`, which must be changed with it and with the version of the doors.

/// How many numbers a block holds.
pub(crate) const LENGTH: usize = SECTIONS + (MAX_MEMBERS + MAX_RECORDS) * SECTION_LENGTH;

/// Media time of the input set, µs.
pub(crate) const PTS: usize = 0;
/// 1 where something before the set is missing.
pub(crate) const DISCONT: usize = 1;
/// What the input is: [`NOTHING`], [`AUDIO`] or [`PCM`].
pub(crate) const INPUT_KIND: usize = 2;
/// The input's handle in its pool.
pub(crate) const INPUT_HANDLE: usize = 3;
/// Bytes from the start of the input's slot to its first sample.
pub(crate) const INPUT_OFFSET: usize = 4;
/// Samples of the input over all channels.
pub(crate) const INPUT_SAMPLES: usize = 5;
/// Hz.
pub(crate) const RATE: usize = 6;
/// The number of channels.
pub(crate) const CHANNELS: usize = 7;
/// The type of the samples: an index of [`DTYPES`].
pub(crate) const DTYPE: usize = 8;
/// 0 interleaved, 1 planar.
pub(crate) const LAYOUT: usize = 9;
/// 1 where the input may be written over: nobody else reads it.
pub(crate) const WRITABLE: usize = 10;
/// The output frame's handle in the same pool, or -1 for none.
pub(crate) const OUTPUT_HANDLE: usize = 11;
/// The number of the pool.
pub(crate) const POOL: usize = 12;
/// How many nodes after the called one may be called too.
pub(crate) const FOLLOWERS: usize = 13;

/// The part of a node's life that the call is: see `Verb`.
pub(crate) const VERB: usize = 14;
/// 1 where the nodes' own times are asked for.
pub(crate) const TIMED: usize = 15;

/// Result: how many nodes were called; 0 where the call failed, and `failure` throws its error.
pub(crate) const DONE: usize = 16;
/// Result: 1 where the last of them, one that follows, failed, 2 where a further record of it did; `failure` throws its
/// error.
pub(crate) const FAILED: usize = 17;
/// Result: the bytes of the output frame that the next call of the same input length should bring.
pub(crate) const FRAME_BYTES: usize = 18;
/// Result: outputs that got ordinary memory instead of a frame.
pub(crate) const UNPOOLED: usize = 19;
/// Result: how many further records the last node gave.
pub(crate) const RECORDS: usize = 20;

/// Where the sections begin.
pub(crate) const SECTIONS: usize = 21;
/// As many nodes as one call reaches.
pub(crate) const MAX_MEMBERS: usize = 8;
/// As many further records as one call gives. Their sections are those after the nodes'.
pub(crate) const MAX_RECORDS: usize = 8;
/// The numbers of one section.
pub(crate) const SECTION_LENGTH: usize = OUTPUTS + MAX_OUTPUTS * OUTPUT_LENGTH;

/// In a section: the node's handle.
pub(crate) const HANDLE: usize = 0;
/// In a section: which output key the next node reads.
pub(crate) const LINK: usize = 1;
/// In a section: the media time of what the node gives next, µs; not a number where it is that of its input set.
pub(crate) const TIME: usize = 2;
/// In a section: the sample rate that [`TIME`] holds for, 0 for any.
pub(crate) const TIME_RATE: usize = 3;
/// In a section: 1 where a time that the node says counts instead.
pub(crate) const SAYS: usize = 4;
/// In a section, result: 1 where `more` has something to give.
pub(crate) const HAS_MORE: usize = 5;
/// In a section, result: 1 where there is an output record at all; 0 is the end of a source, or of `more`.
pub(crate) const ANY: usize = 6;
/// In a section, result: the media time that the node said, µs; not a number where it said none.
pub(crate) const SAID: usize = 7;
/// In a section, result: how long the node took, µs; not a number where nobody asked.
pub(crate) const SPENT: usize = 8;
/// In a section: where the outputs begin, in the order of the declared keys.
pub(crate) const OUTPUTS: usize = 9;
/// What one output takes: status, then samples, rate, channels, type, layout; the number itself for [`NUMBER`].
pub(crate) const OUTPUT_LENGTH: usize = 6;
/// As many keys as a node may have (`keys_per_node`).
pub(crate) const MAX_OUTPUTS: usize = 64;

/// No input.
pub(crate) const NOTHING: f64 = 0.0;
/// f32 interleaved.
pub(crate) const AUDIO: f64 = 1.0;
/// Other samples.
pub(crate) const PCM: f64 = 2.0;

/// Status: the key has no value.
pub(crate) const ABSENT: f64 = 0.0;
/// Status: at the start of the output frame.
pub(crate) const IN_OUTPUT: f64 = 1.0;
/// Status: the node's input, passed on or written over.
pub(crate) const IN_INPUT: f64 = 2.0;
/// Status: in ordinary memory of the addon; `left` gives it.
pub(crate) const LEFT: f64 = 3.0;
/// Status: a number.
pub(crate) const NUMBER: f64 = 4.0;
/// Status: plain data; `plain` gives it as JSON.
pub(crate) const PLAIN: f64 = 5.0;
/// Status: the next node took it in this call, and nobody else can.
pub(crate) const HANDED_ON: f64 = 6.0;

/// The types of samples, by their number in a block.
pub(crate) const DTYPES: [&str; 5] = ["u8", "i16", "i32", "f32", "f64"];
