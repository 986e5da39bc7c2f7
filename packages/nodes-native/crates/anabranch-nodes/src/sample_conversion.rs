//! What a sample of one type is in another.
//!
//! Full scale is 1: an integer of n bits stands for `value / 2^(n - 1)`, in [−1, 1); u8 is offset by 128. To an integer
//! it is rounded to the nearest, halves to the even one, and clipped; not-a-number gives silence. All of it goes through
//! f64, which holds every value of the other types exactly, so that there is one rounding at most.

use anabranch_node::{PcmSamples, Sample};

use crate::simd_dispatch;

/// How the channels move on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// They stay where they are.
    Same,
    /// From planes to sample by sample.
    Interleave,
    /// From sample by sample to planes.
    Deinterleave,
}

/// A type of samples that can be made of every other.
pub(crate) trait Number: Sample {
    /// The value, full scale at 1.
    fn to_f64(self) -> f64;

    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;

    /// The samples for writing, where they are of this type and writable.
    fn slice_mut<'s>(samples: &'s mut PcmSamples<'_>) -> Option<&'s mut [Self]>;

    /// The samples of i16 as this type; both of the same length.
    fn fill_from_i16(from: &[i16], to: &mut [Self]) {
        fill(from, to);
    }

    /// The samples of f32 as this type; both of the same length.
    fn fill_from_f32(from: &[f32], to: &mut [Self]) {
        fill(from, to);
    }
}

macro_rules! slice_mut {
    ($variant:ident) => {
        fn slice_mut<'s>(samples: &'s mut PcmSamples<'_>) -> Option<&'s mut [Self]> {
            match samples {
                PcmSamples::$variant(samples) => samples.as_mut_slice(),
                _ => None,
            }
        }
    };
}

impl Number for u8 {
    slice_mut!(U8);

    fn to_f64(self) -> f64 {
        (f64::from(self) - 128.0) / 128.0
    }

    fn from_f64(value: f64) -> Self {
        // The offset comes after the rounding, so that a half goes to the same side as in the signed types.
        let clipped = (value * 128.0).round_ties_even().clamp(-128.0, 127.0);
        if clipped.is_nan() { 128 } else { saturated(clipped + 128.0) }
    }
}

impl Number for i16 {
    slice_mut!(I16);

    fn to_f64(self) -> f64 {
        f64::from(self) / 32_768.0
    }

    #[allow(clippy::cast_possible_truncation, reason = "the cast clips, and makes 0 of not-a-number")]
    fn from_f64(value: f64) -> Self {
        (value * 32_768.0).round_ties_even() as Self
    }

    fn fill_from_f32(from: &[f32], to: &mut [Self]) {
        simd_dispatch::f32_to_i16(from, to);
    }
}

impl Number for i32 {
    slice_mut!(I32);

    fn to_f64(self) -> f64 {
        f64::from(self) / 2_147_483_648.0
    }

    #[allow(clippy::cast_possible_truncation, reason = "the cast clips, and makes 0 of not-a-number")]
    fn from_f64(value: f64) -> Self {
        (value * 2_147_483_648.0).round_ties_even() as Self
    }
}

impl Number for f32 {
    slice_mut!(F32);

    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[allow(clippy::cast_possible_truncation, reason = "rounds to the nearest f32; beyond its range to infinity")]
    fn from_f64(value: f64) -> Self {
        value as Self
    }

    fn fill_from_i16(from: &[i16], to: &mut [Self]) {
        simd_dispatch::i16_to_f32(from, to);
    }
}

impl Number for f64 {
    slice_mut!(F64);

    fn to_f64(self) -> f64 {
        self
    }

    fn from_f64(value: f64) -> Self {
        value
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is a whole number of 0–255")]
fn saturated(value: f64) -> u8 {
    value as u8
}

/// Writes `from` as samples of type `T`, of which there must be as many. What lies in planes has `channels` of them.
pub(crate) fn convert<T: Number>(from: &PcmSamples<'_>, to: &mut [T], order: Order, channels: usize) {
    match (from, order) {
        (PcmSamples::I16(from), Order::Same) => T::fill_from_i16(from.as_slice(), to),
        (PcmSamples::F32(from), Order::Same) => T::fill_from_f32(from.as_slice(), to),
        (PcmSamples::U8(from), _) => reorder(from.as_slice(), to, order, channels),
        (PcmSamples::I16(from), _) => reorder(from.as_slice(), to, order, channels),
        (PcmSamples::I32(from), _) => reorder(from.as_slice(), to, order, channels),
        (PcmSamples::F32(from), _) => reorder(from.as_slice(), to, order, channels),
        (PcmSamples::F64(from), _) => reorder(from.as_slice(), to, order, channels),
    }
}

fn reorder<F: Number, T: Number>(from: &[F], to: &mut [T], order: Order, channels: usize) {
    let length = (from.len() / channels).max(1);
    match order {
        Order::Same => fill(from, to),
        Order::Interleave => {
            for (channel, plane) in from.chunks_exact(length).enumerate() {
                for (to, from) in to[channel..].iter_mut().step_by(channels).zip(plane) {
                    *to = T::from_f64(from.to_f64());
                }
            }
        }
        Order::Deinterleave => {
            for (channel, plane) in to.chunks_exact_mut(length).enumerate() {
                for (to, from) in plane.iter_mut().zip(from[channel..].iter().step_by(channels)) {
                    *to = T::from_f64(from.to_f64());
                }
            }
        }
    }
}

fn fill<F: Number, T: Number>(from: &[F], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = T::from_f64(from.to_f64());
    }
}
