//! What calls on other threads gave, until JavaScript collects it: one for each thread of JavaScript.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi::Status;
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

use crate::line::{Call, Line};

/// So many results wait for each other at most: waking JavaScript costs about as much as a short call.
const TOGETHER: usize = 8;
/// A call of this length is told at once, and so is the last one of a line.
const SHORT: Duration = Duration::from_micros(100);

type Wake = ThreadsafeFunction<(), (), (), Status, false, true>;

/// The results, in the order in which the calls ended.
pub(crate) struct Outbox {
    over: Mutex<VecDeque<(Arc<Line>, Call)>>,
    woken: AtomicBool,
    wake: Wake,
}

impl Outbox {
    /// `wake` is called on its thread of JavaScript, once for all that is there by then. It keeps no process alive.
    ///
    /// # Errors
    /// Those of Node.js.
    pub(crate) fn new(wake: &Function<'_, (), ()>) -> napi::Result<Self> {
        let wake = wake.build_threadsafe_function().weak::<true>().build()?;
        Ok(Self { over: Mutex::default(), woken: AtomicBool::new(false), wake })
    }

    /// A call is over, after `spent`; `last` says that none of its line waits.
    pub(crate) fn put(&self, line: &Arc<Line>, call: Call, spent: Duration, last: bool) {
        let count = {
            let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            over.push_back((Arc::clone(line), call));
            over.len()
        };
        if (last || spent >= SHORT || count >= TOGETHER) && !self.woken.swap(true, Ordering::AcqRel) {
            self.wake.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// The oldest result; `None` where there is none: from then on the next one wakes again.
    pub(crate) fn take(&self) -> Option<(Arc<Line>, Call)> {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = over.pop_front();
        if oldest.is_none() {
            self.woken.store(false, Ordering::Release);
        }
        oldest
    }
}
