//! The media time of what a stream gives, where the host cannot count it.

/// Counts what one of several streams gives. The host counts the samples that are emitted from the first input on (time
/// `samples`); what is told here it takes instead, and counts on from there.
#[derive(Debug)]
pub(crate) struct OutputClock {
    start_us: f64,
    sample_rate: u32,
    samples: u64,
    /// Whether the host counts from the right time.
    known: bool,
}

impl OutputClock {
    /// Of a stream that begins at `start_us` and gives audio of `sample_rate` Hz. The host knows the time of the first
    /// stream of all.
    pub(crate) fn new(start_us: f64, sample_rate: u32, first: bool) -> Self {
        Self { start_us, sample_rate, samples: 0, known: first }
    }

    /// The time in µs of an output that moves time on by `samples`, where the host has to be told. While another stream
    /// waits, it counts from that one's time.
    pub(crate) fn give(&mut self, samples: usize, another_waits: bool) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "a stream has fewer than 2^53 samples")]
        let at = self.start_us + (self.samples as f64 * 1e6 / f64::from(self.sample_rate)).round();
        self.samples += samples as u64;
        let tell = another_waits || !self.known;
        self.known = !another_waits;
        tell.then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_the_host_cannot_count() {
        let mut first = OutputClock::new(1_000.0, 16_000, true);
        assert_eq!(
            [first.give(160, false), first.give(160, false), first.give(160, true)],
            [None, None, Some(21_000.0)]
        );
        let mut second = OutputClock::new(500_000.0, 16_000, false);
        assert_eq!([second.give(160, false), second.give(160, false)], [Some(500_000.0), None]);
    }
}
