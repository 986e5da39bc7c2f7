//! Opens files, and nothing that looks like one: a named pipe would block, a device may never end.

use std::fs::{self, File, FileType, OpenOptions};
use std::io;

use anabranch_node::NodeError;

use super::file_error::{not_opened, not_written, unavailable};

/// Opens `path` for reading; gives its length in bytes too.
///
/// # Errors
/// `ANB_NOT_AVAILABLE` where there is no file, no right to read it, or something else than a file.
pub(crate) fn open_to_read(path: &str) -> Result<(File, u64), NodeError> {
    let found = fs::metadata(path).map_err(|error| not_opened(path, error))?;
    refuse_other_kinds(path, found.file_type())?;
    let file = File::open(path).map_err(|error| not_opened(path, error))?;
    let length = file.metadata().map_err(|error| not_opened(path, error))?.len();
    Ok((file, length))
}

/// A file to write that is left as it was until the first write.
#[derive(Debug)]
pub(crate) struct OutputFile {
    path: String,
    file: File,
    existed: bool,
}

impl OutputFile {
    /// Opens `path` for writing, and makes it where it is missing.
    ///
    /// # Errors
    /// `ANB_NOT_AVAILABLE` where it cannot be made or written, is something else than a file, or exists and may not be
    /// overwritten.
    pub(crate) fn open(path: &str, overwrite: bool) -> Result<Self, NodeError> {
        let existed = match fs::metadata(path) {
            Ok(found) => {
                refuse_other_kinds(path, found.file_type())?;
                true
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(not_opened(path, error)),
        };
        let mut options = OpenOptions::new();
        options.write(true).truncate(false);
        if overwrite {
            options.create(true)
        } else {
            options.create_new(true)
        };
        let file = options.open(path).map_err(|error| not_opened(path, error))?;
        Ok(Self { path: path.to_owned(), file, existed })
    }

    /// The file, emptied.
    ///
    /// # Errors
    /// `ANB_NODE_EXECUTION` for what the system does not do.
    pub(crate) fn emptied(&self, path: &str) -> Result<File, NodeError> {
        self.file.set_len(0).and_then(|()| self.file.try_clone()).map_err(|error| not_written(path, error))
    }

    /// Takes back what opening has made, where nothing was written.
    pub(crate) fn discard(self) {
        if !self.existed {
            // An empty file that stays does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn refuse_other_kinds(path: &str, kind: FileType) -> Result<(), NodeError> {
    if kind.is_file() {
        return Ok(());
    }
    if kind.is_dir() {
        return Err(unavailable(path, "it is a folder", "name a file"));
    }
    Err(unavailable(path, "it is a named pipe, socket or device, not a file", "name a file"))
}
