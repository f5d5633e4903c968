//! Where a SQLite database is: a file of its own, or a scratch file that goes with the store.
//!
//! An in-memory database of SQLite cannot serve a reader beside a writer: one blocks the other, or sees what is not
//! committed. So "in memory" is a file in a private directory for temporary files, never synchronised to disk,
//! which behaves in every way as any other file does, and is removed at the end.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::lockfile::LockFile;
use crate::app::port::StoreError;

/// A SQLite database that this process has for itself.
#[derive(Debug)]
pub(super) struct Place {
    /// The database file.
    pub(super) file: PathBuf,
    /// Removed with everything in it when the place is dropped.
    scratch: Option<PathBuf>,
    _lock: LockFile,
}

impl Place {
    /// The place of a file that is there.
    pub(super) fn existing(file: &Path) -> Result<Self, StoreError> {
        if !file.exists() {
            let words = format!("there is no database at {}: run `bailiwick migrate up`", file.display());
            return Err(StoreError::Schema(words));
        }
        Ok(Self { file: file.to_owned(), scratch: None, _lock: LockFile::take(file)? })
    }

    /// The place of a file that is made, with nothing in it, if it is not there.
    pub(super) fn created(file: &Path) -> Result<Self, StoreError> {
        create(file).map_err(|error| StoreError::Unavailable(format!("{}: {error}", file.display())))?;
        Self::existing(file)
    }

    /// A new, empty place that nobody else knows.
    pub(super) fn scratch() -> Result<Self, StoreError> {
        let failed = |error: io::Error| StoreError::Unavailable(format!("no place for temporary files: {error}"));
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| failed(error.into()))?;
        let name = format!("bailiwick-{:032x}", u128::from_le_bytes(random));
        let directory = std::env::temp_dir().join(name);
        private_directory(&directory).map_err(failed)?;
        let mut place = Self::created(&directory.join("state.db"))?;
        place.scratch = Some(directory);
        Ok(place)
    }

    /// Whether it goes with the store.
    pub(super) fn is_scratch(&self) -> bool {
        self.scratch.is_some()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(directory) = &self.scratch
            && let Err(error) = std::fs::remove_dir_all(directory)
        {
            tracing::warn!(directory = %directory.display(), %error, "temporary files could not be removed");
        }
    }
}

/// Only the owner may read who may do what.
#[cfg(unix)]
fn private_directory(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().create(path)
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
