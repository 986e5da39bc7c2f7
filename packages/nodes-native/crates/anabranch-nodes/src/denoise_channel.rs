//! One channel through the network of `RNNoise`.

use nnnoiseless::DenoiseState;

use crate::decibel::finite;

/// Samples of one frame: 10 ms at 48 kHz. What comes out of a frame is the frame before it.
pub(crate) const FRAME: usize = DenoiseState::FRAME_SIZE;

/// The network works on the scale of 16-bit samples.
const FULL_SCALE: f32 = 32_768.0;
/// Far above full scale; what is louder would stay in the network's state as infinity.
const LOUDEST: f32 = 8.0;

/// The state of one channel.
pub(crate) struct DenoiseChannel {
    state: Box<DenoiseState<'static>>,
    input: [f32; FRAME],
    output: [f32; FRAME],
}

impl DenoiseChannel {
    pub(crate) fn new() -> Self {
        Self { state: DenoiseState::new(), input: [0.0; FRAME], output: [0.0; FRAME] }
    }

    /// A frame in, of at most [`FRAME`] samples and then silence.
    pub(crate) fn push<'a>(&mut self, samples: impl Iterator<Item = &'a f32>) {
        self.input.fill(0.0);
        for (to, from) in self.input.iter_mut().zip(samples) {
            *to = finite(*from).clamp(-LOUDEST, LOUDEST) * FULL_SCALE;
        }
        self.state.process_frame(&mut self.output, &self.input);
    }

    /// The frame before the last one pushed.
    pub(crate) fn pull<'a>(&self, samples: impl Iterator<Item = &'a mut f32>) {
        for (to, from) in samples.zip(&self.output) {
            *to = from / FULL_SCALE;
        }
    }
}
