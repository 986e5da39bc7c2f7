//! Audio files: what opens, decodes and writes them, apart from the nodes.

mod container;
mod decoder;
mod file_error;
mod flac_writer;
mod mp4_edits;
mod packed_decoder;
mod packed_error;
mod packed_track;
mod quantise;
mod regular_file;
mod vorbis_books;
mod wav_decoder;
mod wav_header;
mod wav_writer;
mod writer;

pub(crate) use decoder::{AudioInfo, Decoder, open_decoder};
pub(crate) use regular_file::OutputFile;
pub(crate) use writer::{Encoding, Writer, open_writer};
