//! A workload as an import file.

use std::io::{self, Write};

use crate::app::import_document::ImportDocument;
use crate::workload::Workload;

/// Written when there is so much.
const CHUNK_BYTES: usize = 1 << 20;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows of the state.
    pub rows: u64,
    /// Lines of the file.
    pub lines: u64,
    /// Its size.
    pub bytes: u64,
}

/// Writes all rows as lines; `progress` is told how many bytes there are, now and then.
///
/// # Errors
/// When the output cannot be written.
pub fn write(workload: &Workload, output: &mut impl Write, progress: impl Fn(u64)) -> io::Result<Written> {
    let (mut document, mut chunk, mut written) = (ImportDocument::default(), Vec::new(), Written::default());
    let mut flush = |chunk: &mut Vec<u8>, written: &mut Written| {
        written.lines += u64::try_from(chunk.split(|byte| *byte == b'\n').skip(1).count()).unwrap_or_default();
        written.bytes += u64::try_from(chunk.len()).unwrap_or_default();
        progress(written.bytes);
        output.write_all(chunk)?;
        chunk.clear();
        io::Result::Ok(())
    };
    for row in workload.rows() {
        document.add(row, &mut chunk).map_err(io::Error::other)?;
        written.rows += 1;
        if chunk.len() >= CHUNK_BYTES {
            flush(&mut chunk, &mut written)?;
        }
    }
    document.finish(&mut chunk).map_err(io::Error::other)?;
    flush(&mut chunk, &mut written)?;
    output.flush()?;
    Ok(written)
}
