//! Where samples lie, for diagnostics.

/// The address of the first sample as a number: equal addresses show that Rust and TypeScript see the same memory.
/// Addresses of this platform fit into the 53 bits that a number holds exactly.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "user-space addresses have 47 bits")]
pub fn buffer_address(samples: &[f32]) -> f64 {
    samples.as_ptr().addr() as f64
}
