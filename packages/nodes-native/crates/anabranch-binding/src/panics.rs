//! Panics become errors here.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use anabranch_node::{ErrorCode, NodeError};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs `work`; a panic in it becomes an error of code `ANB_NATIVE` with `location` (`file:line`).
/// Callers must not use what `work` had borrowed for writing after a panic: its state is unknown.
pub(crate) fn guarded<T>(who: &str, work: impl FnOnce() -> T) -> Result<T, NodeError> {
    note_locations();
    let outer = GUARDED.replace(true);
    let result = caught(who, work);
    GUARDED.set(outer);
    result
}

/// As [`guarded`], inside of what is guarded already.
pub(crate) fn caught<T>(who: &str, work: impl FnOnce() -> T) -> Result<T, NodeError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| panic_error(who, payload.as_ref()))
}

/// Has the panic hook of this addon note where a guarded panic happened, instead of printing it.
fn note_locations() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                return previous(info);
            }
            let location = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
            LOCATION.with_borrow_mut(|noted| *noted = location.unwrap_or_default());
        }));
    });
}

#[cold]
fn panic_error(who: &str, payload: &(dyn Any + Send)) -> NodeError {
    let location = LOCATION.with_borrow_mut(std::mem::take);
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    NodeError::new(ErrorCode::Native, format!("{who} panicked at {location}: {message}"))
        .detail("location", location)
        .fix(format!("this is a bug in {who}: report it with the location"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_place() {
        let error = guarded("TestNode", || panic!("broken {}", "here")).unwrap_err();
        let location = error.details()["location"].as_str().unwrap();
        assert!(location.contains("panics.rs:"), "{location}");
        assert!(error.message().contains("broken here"));
        assert_eq!(guarded("TestNode", || 7).unwrap(), 7);
    }
}
