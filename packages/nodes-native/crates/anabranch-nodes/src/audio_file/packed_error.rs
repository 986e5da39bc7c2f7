//! What symphonia says, and what it does on input that was made to do harm, as coded errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anabranch_node::NodeError;
use symphonia::core::errors::Error;

use super::file_error::{broken, not_read, unavailable};

/// What helps with a packed file that is broken.
pub(crate) const REPAIR: &str = "get the file again, or repair it: ffmpeg -err_detect ignore_err -i FILE repaired.wav";

/// What helps with a codec or a feature that is not read here.
pub(crate) const CONVERT: &str = "convert it: ffmpeg -i FILE converted.flac";

/// Whether it is the system that fails, and not what the file says.
pub(crate) fn is_of_the_system(error: &Error) -> bool {
    matches!(error, Error::IoError(error) if error.raw_os_error().is_some())
}

/// The error with a code.
pub(crate) fn coded(path: &str, error: Error) -> NodeError {
    match error {
        Error::IoError(error) if error.raw_os_error().is_some() => not_read(path, error),
        Error::Unsupported(what) => unavailable(path, &format!("it uses what is not built in ({what})"), CONVERT),
        error => broken(path, &format!("it is broken or cut off ({error})"), REPAIR),
    }
}

/// A panic of a decoder as an error: what a file says must not take the node out of service.
pub(crate) fn guarded<T>(path: &str, work: impl FnOnce() -> T) -> Result<T, NodeError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        broken(path, &format!("the decoder gave up on what it says ({})", said.unwrap_or("a panic")), REPAIR)
    })
}
