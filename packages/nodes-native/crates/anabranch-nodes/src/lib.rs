//! The built-in native nodes of Anabranch. They know no Node.js: `cargo test` alone tests them.

mod gain_node;
mod panic_node;

pub use gain_node::{GainNode, GainParams};
pub use panic_node::{PanicNode, PanicParams};
