//! Who owns the samples of a buffer.

use std::borrow::Cow;

use bytemuck::Pod;

/// A run of numbers: lent by the host, or in memory of its own.
#[derive(Debug)]
pub enum Samples<'f, T> {
    /// Others may read them too: read-only.
    Shared(&'f [T]),
    /// Nobody else has them: writable.
    Exclusive(&'f mut [T]),
    /// Ordinary memory, where the host had no frame to give.
    Owned(Vec<T>),
}

impl<T> Samples<'_, T> {
    /// The numbers, for reading.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::Shared(samples) => samples,
            Self::Exclusive(samples) => samples,
            Self::Owned(samples) => samples,
        }
    }

    /// The numbers for writing, or `None` where others may read them.
    #[must_use]
    pub fn as_mut_slice(&mut self) -> Option<&mut [T]> {
        match self {
            Self::Shared(_) => None,
            Self::Exclusive(samples) => Some(samples),
            Self::Owned(samples) => Some(samples),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl<T> Samples<'_, T> {
    /// The same numbers in ordinary memory.
    #[must_use]
    pub fn into_owned(self) -> Samples<'static, T>
    where
        T: Clone,
    {
        Samples::Owned(match self {
            Self::Owned(samples) => samples,
            lent => lent.as_slice().to_vec(),
        })
    }

    /// Keeps the first `length` numbers; more than there are changes nothing.
    #[must_use]
    pub fn truncated(self, length: usize) -> Self {
        let length = length.min(self.len());
        match self {
            Self::Shared(samples) => Self::Shared(&samples[..length]),
            Self::Exclusive(samples) => Self::Exclusive(&mut samples[..length]),
            Self::Owned(mut samples) => {
                samples.truncate(length);
                Self::Owned(samples)
            }
        }
    }
}

impl<'f, T: Pod> Samples<'f, T> {
    /// The same numbers for reading alone, and their bytes for as long as they are lent.
    pub(crate) fn into_shared(self) -> (Self, Cow<'f, [u8]>) {
        match self {
            Self::Shared(samples) => (Self::Shared(samples), Cow::Borrowed(bytemuck::cast_slice(samples))),
            Self::Exclusive(samples) => Samples::Shared(&*samples).into_shared(),
            Self::Owned(samples) => {
                let bytes = bytemuck::cast_slice(&samples).to_vec();
                (Self::Owned(samples), Cow::Owned(bytes))
            }
        }
    }
}
