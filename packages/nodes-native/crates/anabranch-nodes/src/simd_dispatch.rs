//! The two conversions that every frame of speech goes through, and whatever else is worth it, with AVX2 where the machine
//! has it. The only file of this crate with unsafe code.
//!
//! Both paths give the same bits. Of the conversions: the product with a power of two is exact, so that the one rounding
//! (to the nearest, halves to the even one) is all that happens.

#![allow(unsafe_code)]

const SCALE: f32 = 32_768.0;

/// Work that is compiled twice: for every machine, and for those with AVX2. The compiler never changes the order of a sum
/// nor fuses a product with one, so that both give the same bits.
pub(crate) trait Wide {
    type Output;

    /// The work. It must be `#[inline(always)]`, and so must be all that it calls and is worth it: code that is not
    /// inlined stays that of every machine.
    fn run(self) -> Self::Output;
}

/// Does the work with the widest instructions there are.
pub(crate) fn widest<W: Wide>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: as in `i16_to_f32`.
        return unsafe { avx2::run(work) };
    }
    work.run()
}

/// `to[n] = from[n] / 32768`, in [−1, 1); as far as the shorter of the two.
pub(crate) fn i16_to_f32(from: &[i16], to: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the function needs AVX2 and nothing else; that this machine has it was just detected (the answer is
        // kept by the standard library, so that this costs one load).
        unsafe { avx2::i16_to_f32(from, to) };
        return;
    }
    i16_to_f32_scalar(from, to);
}

/// `to[n] = from[n] · 32768` to the nearest, clipped; not-a-number gives 0; as far as the shorter of the two.
pub(crate) fn f32_to_i16(from: &[f32], to: &mut [i16]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: as in `i16_to_f32`.
        unsafe { avx2::f32_to_i16(from, to) };
        return;
    }
    f32_to_i16_scalar(from, to);
}

fn i16_to_f32_scalar(from: &[i16], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = f32::from(*from) / SCALE;
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the cast clips, and makes 0 of not-a-number")]
fn f32_to_i16_scalar(from: &[f32], to: &mut [i16]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = (*from * SCALE).round_ties_even() as i16;
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256, __m256i, _CMP_ORD_Q, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm256_and_ps, _mm256_cmp_ps,
        _mm256_cvtepi16_epi32, _mm256_cvtepi32_ps, _mm256_cvtps_epi32, _mm256_loadu_ps, _mm256_min_ps, _mm256_mul_ps,
        _mm256_packs_epi32, _mm256_permute4x64_epi64, _mm256_set1_ps, _mm256_storeu_ps, _mm256_storeu_si256,
    };

    use super::{SCALE, Wide};

    #[target_feature(enable = "avx2")]
    pub(super) fn run<W: Wide>(work: W) -> W::Output {
        work.run()
    }

    /// So many bytes before they are at work, samples and the places for them are asked for: a million of them lie in the
    /// third cache, and take an eighth (to floats) to a quarter (from floats) less time so.
    const AHEAD: usize = 1024;

    /// Asks for the memory ahead of `at`.
    #[allow(unused_unsafe, reason = "newer compilers know that it is safe")]
    #[target_feature(enable = "avx2")]
    fn prefetch<T>(at: *const T) {
        // SAFETY: a hint, which reads nothing and may be given for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast::<i8>().wrapping_add(AHEAD)) };
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn i16_to_f32(from: &[i16], to: &mut [f32]) {
        let scale = _mm256_set1_ps(1.0 / SCALE);
        // A line of the cache to two lines of it.
        for (from, to) in from.as_chunks::<32>().0.iter().zip(to.as_chunks_mut::<32>().0) {
            prefetch(from.as_ptr());
            prefetch(to.as_ptr());
            prefetch(to.as_ptr().wrapping_add(16));
            for (from, to) in from.as_chunks::<8>().0.iter().zip(to.as_chunks_mut::<8>().0) {
                // SAFETY: the chunk has 8 samples of 2 bytes, which are the 16 bytes read; no alignment is needed.
                let words = unsafe { _mm_loadu_si128(from.as_ptr().cast()) };
                let floats = _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(words)), scale);
                // SAFETY: the chunk has 8 samples of 4 bytes, which are the 32 bytes written; no alignment is needed.
                unsafe { _mm256_storeu_ps(to.as_mut_ptr(), floats) };
            }
        }
        let done = from.len().min(to.len()) / 32 * 32;
        super::i16_to_f32_scalar(&from[done..], &mut to[done..]);
    }

    #[target_feature(enable = "avx2")]
    pub(super) fn f32_to_i16(from: &[f32], to: &mut [i16]) {
        let (mut from_sixteens, mut to_sixteens) = (from.chunks_exact(16), to.chunks_exact_mut(16));
        for (from, to) in from_sixteens.by_ref().zip(to_sixteens.by_ref()) {
            prefetch(from.as_ptr());
            prefetch(to.as_ptr());
            let (low, high) = from.split_at(8);
            // SAFETY: each half has 8 samples of 4 bytes, which are the 32 bytes read; no alignment is needed.
            let (low, high) = unsafe { (_mm256_loadu_ps(low.as_ptr()), _mm256_loadu_ps(high.as_ptr())) };
            // Packing works on halves of 128 bits (low 0–3, high 0–3, low 4–7, high 4–7): the permutation mends that.
            let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(whole(low), whole(high)));
            // SAFETY: the chunk has 16 samples of 2 bytes, which are the 32 bytes written; no alignment is needed.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), packed) };
        }
        let done = from.len().min(to.len()) / 16 * 16;
        super::f32_to_i16_scalar(&from[done..], &mut to[done..]);
    }

    /// Eight samples as whole numbers of 32 bits that a saturating pack to 16 clips rightly: what is too large for 32
    /// bits becomes the smallest number there, so it is bounded before; what is too small becomes that number rightly.
    #[target_feature(enable = "avx2")]
    fn whole(samples: __m256) -> __m256i {
        let numbers = _mm256_and_ps(samples, _mm256_cmp_ps::<_CMP_ORD_Q>(samples, samples));
        let scaled = _mm256_mul_ps(numbers, _mm256_set1_ps(SCALE));
        _mm256_cvtps_epi32(_mm256_min_ps(scaled, _mm256_set1_ps(32_767.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample_conversion::Number;

    /// Both paths and the definition in f64, over all of `samples` and from an odd place too, so that every sample is met
    /// inside a block of eight or sixteen and in the rest after it.
    fn same_to_i16(samples: &[f32]) {
        for from in [samples, samples.get(1..).unwrap_or(&[])] {
            let (mut dispatched, mut scalar) = (vec![1_i16; from.len()], vec![2_i16; from.len()]);
            f32_to_i16(from, &mut dispatched);
            f32_to_i16_scalar(from, &mut scalar);
            let defined: Vec<i16> = from.iter().map(|sample| i16::from_f64(f64::from(*sample))).collect();
            assert_eq!(dispatched, scalar, "{from:?}");
            assert_eq!(scalar, defined, "{from:?}");
        }
    }

    #[test]
    fn every_i16_is_the_same_by_both_paths_and_comes_back() {
        let all: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        for from in [&all[..], &all[1..]] {
            let (mut dispatched, mut scalar) = (vec![9.0_f32; from.len()], vec![8.0_f32; from.len()]);
            i16_to_f32(from, &mut dispatched);
            i16_to_f32_scalar(from, &mut scalar);
            for ((sample, one), other) in from.iter().zip(&dispatched).zip(&scalar) {
                assert_eq!(one.to_bits(), other.to_bits(), "{sample}");
                assert!((-1.0..1.0).contains(one), "{sample} gave {one}");
            }
            let mut back = vec![0_i16; from.len()];
            f32_to_i16(&dispatched, &mut back);
            assert_eq!(back, from);
            f32_to_i16_scalar(&dispatched, &mut back);
            assert_eq!(back, from);
        }
    }

    #[test]
    fn corners_are_the_same_by_both_paths() {
        let above = f32::from_bits(1.0_f32.to_bits() + 1);
        let below = f32::from_bits(1.0_f32.to_bits() - 1);
        let mut corners = vec![f32::NAN, f32::INFINITY, f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), 0.0];
        corners.extend([1.0, above, below, 65_536.0, 2.0_f32.powi(16), 1e30, f32::from_bits(0x7f80_0001)]);
        // Halves between whole numbers, and their neighbours.
        for half in [0.5_f32, 1.5, 2.5, 32_765.5, 32_766.5, 32_767.5] {
            let exact = half / SCALE;
            corners.extend([exact, f32::from_bits(exact.to_bits() + 1), f32::from_bits(exact.to_bits() - 1)]);
        }
        corners.extend(corners.clone().iter().map(|corner| -corner));
        for start in 0..16 {
            corners.rotate_left(start);
            same_to_i16(&corners);
        }
    }

    #[test]
    fn rounds_halves_to_even_and_clips_by_hand() {
        let table = [
            (0.5, 0),
            (1.5, 2),
            (2.5, 2),
            (-0.5, 0),
            (-1.5, -2),
            (32_766.5, 32_766),
            (32_767.4, 32_767),
            (32_768.0, 32_767),
            (1e9, 32_767),
            (-32_768.0, -32_768),
            (-32_769.0, -32_768),
            (-1e9, -32_768),
            (f32::NAN, 0),
            (f32::INFINITY, 32_767),
            (f32::NEG_INFINITY, -32_768),
        ];
        for (steps, expected) in table {
            let mut given = [1_i16; 17];
            f32_to_i16(&[steps / SCALE; 17], &mut given);
            assert_eq!(given, [expected; 17], "{steps}");
        }
    }

    #[test]
    fn the_shorter_one_decides() {
        let mut few = [7_i16; 3];
        f32_to_i16(&[1.0; 40], &mut few);
        assert_eq!(few, [32_767; 3]);
        let mut many = [7.0_f32; 20];
        i16_to_f32(&[-32_768; 9], &mut many);
        assert!(many[..9].iter().all(|sample| sample.to_bits() == (-1.0_f32).to_bits()));
        assert!(many[9..].iter().all(|sample| sample.to_bits() == 7.0_f32.to_bits()));
    }

    proptest! {
        #[test]
        fn any_bits_are_the_same_by_both_paths(bits in prop::collection::vec(any::<u32>(), 0..100)) {
            same_to_i16(&bits.into_iter().map(f32::from_bits).collect::<Vec<_>>());
        }

        #[test]
        fn any_level_is_the_same_by_both_paths(samples in prop::collection::vec(-1.1..1.1_f32, 0..100)) {
            same_to_i16(&samples);
        }
    }
}
