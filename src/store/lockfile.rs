//! One process for each SQLite file: it holds a lock on the file beside it, in which its pid stands.
//!
//! The operating system lets the lock go with the process, however it ends; the file itself stays.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::app::port::StoreError;

/// A lock, held until it is dropped.
#[derive(Debug)]
pub(super) struct LockFile {
    held: File,
}

impl LockFile {
    /// Takes the lock of a database file; fails at once when another process holds it.
    pub(super) fn take(database: &Path) -> Result<Self, StoreError> {
        let path = beside(database);
        let failed = |error: std::io::Error| StoreError::Unavailable(format!("{}: {error}", path.display()));
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(database, &mut file)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Self { held: file })
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // Closing is not enough: a process that is just being started holds a copy of every open file for a moment.
        let _goes_with_the_process_then = self.held.unlock();
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

fn held(database: &Path, file: &mut File) -> StoreError {
    let mut pid = String::new();
    let read = file.rewind().and_then(|()| file.take(20).read_to_string(&mut pid));
    let process = match (read, pid.trim().parse::<u32>()) {
        (Ok(_), Ok(pid)) => format!("process {pid}"),
        _ => "another process".to_owned(),
    };
    StoreError::Unavailable(format!("{} is in use by {process}: a SQLite file serves one process", database.display()))
}
