//! From the probabilities of frames to segments of speech.

/// A stretch of speech in samples of its stream, with its padding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Segment {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Mean square of the samples from its first to its last frame of speech, without padding.
    pub(crate) power: f64,
    /// Mean probability of the same frames.
    pub(crate) confidence: f64,
}

/// When speech begins and ends; lengths in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SegmentRules {
    /// A frame from which on it is speech has at least this probability.
    pub(crate) enter: f64,
    /// It stays speech while frames have at least this one.
    pub(crate) leave: f64,
    pub(crate) min_speech: u64,
    pub(crate) min_silence: u64,
    pub(crate) pad: u64,
}

/// One frame with its probability.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) probability: f64,
    /// The sum of the squares of its samples.
    pub(crate) energy: f64,
}

/// Speech that has begun. The sums up to its last frame of speech are kept apart from those of the pause after it, which
/// count once speech goes on.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: u64,
    end: u64,
    sums: Sums,
    pause: Sums,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    frames: f64,
    probability: f64,
    energy: f64,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.frames += other.frames;
        self.probability += other.probability;
        self.energy += other.energy;
    }
}

/// Joins frames to segments.
///
/// | state | `open` | `closed` |
/// |---|---|---|
/// | silence | none | none |
/// | speech, or a pause shorter than `min_silence` | some | none once longer than `min_speech` |
/// | silence in which the padding of the last segment is not over | none, or some not yet long enough | some |
#[derive(Debug)]
pub(crate) struct Segments {
    rules: SegmentRules,
    open: Option<Run>,
    closed: Option<Run>,
    /// Where the padding of the segment before ends: the next one does not reach before it.
    taken_to: u64,
}

impl Segments {
    pub(crate) fn new(rules: SegmentRules) -> Self {
        Self { rules, open: None, closed: None, taken_to: 0 }
    }

    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.rules);
    }

    /// The next frame; gives a segment when it is sure where it ends.
    pub(crate) fn push(&mut self, frame: Frame) -> Option<Segment> {
        let sums = Sums { frames: 1.0, probability: frame.probability, energy: frame.energy };
        match &mut self.open {
            Some(run) if frame.probability >= self.rules.leave => {
                run.pause.add(sums);
                run.sums.add(std::mem::take(&mut run.pause));
                run.end = frame.end;
            }
            Some(run) => {
                run.pause.add(sums);
                if frame.end - run.end >= self.rules.min_silence {
                    let run = self.open.take().filter(|run| self.is_long(run));
                    self.closed = run.or(self.closed);
                }
            }
            None if frame.probability >= self.rules.enter => {
                self.open = Some(Run { start: frame.start, end: frame.end, sums, pause: Sums::default() });
            }
            None => {}
        }
        self.settle(frame.end)
    }

    /// The closed segment, once nothing can change its end: its padding is over, or the next segment has begun.
    fn settle(&mut self, now: u64) -> Option<Segment> {
        let closed = self.closed?;
        let padded = closed.end + self.rules.pad;
        match self.open {
            Some(run) if run.start < padded => self.is_long(&run).then_some(())?,
            _ if now < padded => return None,
            _ => {}
        }
        self.closed = None;
        let limit = self.open.map_or(now, |run| run.start);
        Some(self.segment(&closed, limit))
    }

    /// At the end of a stream of `samples`: what is left. At most two segments, called until it gives `None`.
    pub(crate) fn finish(&mut self, samples: u64) -> Option<Segment> {
        self.open = self.open.filter(|run| self.is_long(run));
        let limit = if self.closed.is_some() { self.open.map_or(samples, |run| run.start) } else { samples };
        let last = self.closed.take().or_else(|| self.open.take())?;
        Some(self.segment(&last, limit))
    }

    fn is_long(&self, run: &Run) -> bool {
        run.end - run.start >= self.rules.min_speech
    }

    /// `run` with its padding: from where the segment before left off, to `limit`.
    fn segment(&mut self, run: &Run, limit: u64) -> Segment {
        let start = run.start.saturating_sub(self.rules.pad).max(self.taken_to);
        let end = (run.end + self.rules.pad).min(limit);
        self.taken_to = end;
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53 samples")]
        let samples = (run.end - run.start) as f64;
        Segment { start, end, power: run.sums.energy / samples, confidence: run.sums.probability / run.sums.frames }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: SegmentRules = SegmentRules { enter: 0.7, leave: 0.5, min_speech: 20, min_silence: 30, pad: 5 };

    /// Frames of 10 samples; one character each: `s` speech, `w` weak speech, `.` silence.
    fn segments(rules: SegmentRules, frames: &str) -> Vec<(u64, u64)> {
        let mut segments = Segments::new(rules);
        let mut found = Vec::new();
        let mut start = 0;
        for each in frames.chars() {
            let probability = match each {
                's' => 0.9,
                'w' => 0.6,
                _ => 0.1,
            };
            found.extend(segments.push(Frame { start, end: start + 10, probability, energy: 10.0 * 0.25 }));
            start += 10;
        }
        while let Some(segment) = segments.finish(start) {
            found.push(segment);
        }
        for segment in &found {
            assert!((segment.power - 0.25).abs() < 1e-12, "the mean of squares that are all 0.25");
        }
        found.iter().map(|segment| (segment.start, segment.end)).collect()
    }

    #[test]
    fn pads_and_clamps_at_both_ends_of_the_stream() {
        assert_eq!(segments(RULES, "..ss...."), [(15, 45)]);
        assert_eq!(segments(RULES, "ss"), [(0, 20)]);
        assert_eq!(segments(RULES, "ss...."), [(0, 25)]);
    }

    #[test]
    fn short_pauses_join_and_short_speech_is_left_out() {
        assert_eq!(segments(RULES, "ss..ss...."), [(0, 65)]);
        assert_eq!(segments(RULES, "ss...ss..."), [(0, 25), (45, 75)]);
        assert_eq!(segments(RULES, ".s......."), []);
        assert_eq!(segments(RULES, ".s"), []);
    }

    #[test]
    fn weak_frames_keep_speech_and_do_not_begin_it() {
        assert_eq!(segments(RULES, "wwwww"), []);
        assert_eq!(segments(RULES, "wswww...."), [(5, 55)]);
    }

    #[test]
    fn padding_meets_its_neighbours_and_no_more() {
        let wide = SegmentRules { pad: 100, ..RULES };
        assert_eq!(segments(wide, "...ss....ss......................"), [(0, 90), (90, 210)]);
        // A blip that is no segment takes nothing from the padding.
        assert_eq!(segments(wide, "ss....s........................."), [(0, 120)]);
    }

    #[test]
    fn without_minimal_lengths_every_frame_counts() {
        let bare = SegmentRules { min_speech: 0, min_silence: 0, pad: 0, ..RULES };
        assert_eq!(segments(bare, ".s.ss.s"), [(10, 20), (30, 50), (60, 70)]);
    }

    #[test]
    fn confidence_is_the_mean_up_to_the_last_frame_of_speech() {
        let mut segments = Segments::new(RULES);
        for (at, probability) in [(0, 0.8), (1, 0.2), (2, 1.0), (3, 0.0), (4, 0.0)] {
            let frame = Frame { start: at * 10, end: at * 10 + 10, probability, energy: 0.0 };
            assert_eq!(segments.push(frame), None);
        }
        let segment = segments.finish(50).unwrap();
        assert!((segment.confidence - 2.0 / 3.0).abs() < 1e-12);
    }
}
