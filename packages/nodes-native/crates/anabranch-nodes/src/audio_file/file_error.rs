//! The errors of files: each names the path, what is wrong, and what to do.

use std::io;

use anabranch_node::{ErrorCode, NodeError};

/// What is at `path` cannot be used here: nothing, a folder, another codec (`ANB_NOT_AVAILABLE`).
pub(crate) fn unavailable(path: &str, what: &str, fix: &str) -> NodeError {
    of(ErrorCode::NotAvailable, path, what).fix(fix)
}

/// What is in the file is broken, or no audio (`ANB_AUDIO_FORMAT`).
pub(crate) fn broken(path: &str, what: &str, fix: &str) -> NodeError {
    of(ErrorCode::AudioFormat, path, what).fix(fix)
}

/// What the system says while a file is opened. Not worth a retry: the path or its rights have to change first.
pub(crate) fn not_opened(path: &str, error: io::Error) -> NodeError {
    use io::ErrorKind as Kind;
    let (what, fix) = match error.kind() {
        Kind::NotFound => {
            ("there is no such file or folder", "check the path; a relative one begins where the process was started")
        }
        Kind::PermissionDenied => ("the process may not open it", "change the rights of the file or of its folder"),
        Kind::AlreadyExists => ("it exists already", "choose another path, or set overwrite: true"),
        Kind::IsADirectory => ("it is a folder", "name a file"),
        Kind::ReadOnlyFilesystem => ("it is on a read-only file system", "choose another path"),
        _ => ("it cannot be opened", "see the cause"),
    };
    unavailable(path, what, fix).caused_by(error)
}

/// What the system says while a file is read (`ANB_NODE_EXECUTION`).
pub(crate) fn not_read(path: &str, error: io::Error) -> NodeError {
    of(ErrorCode::NodeExecution, path, &format!("it cannot be read on: {error}"))
        .fix("check the disk or the network that the file is on")
        .retryable(false)
        .caused_by(error)
}

/// What the system says while a file is written (`ANB_NODE_EXECUTION`).
pub(crate) fn not_written(path: &str, error: io::Error) -> NodeError {
    let fix = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, or write elsewhere",
        io::ErrorKind::FileTooLarge => "write to a file system, or under a limit, that allows larger files",
        _ => "check the disk or the network that the file is on",
    };
    of(ErrorCode::NodeExecution, path, &format!("it cannot be written on: {error}"))
        .fix(fix)
        .retryable(false)
        .caused_by(error)
}

fn of(code: ErrorCode, path: &str, what: &str) -> NodeError {
    NodeError::new(code, format!("{path}: {what}")).detail("path", path)
}
