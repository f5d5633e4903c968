//! A Unix socket in the file system: taken, guarded and removed.
//!
//! Guarantees, as long as nobody who is not trusted may write into its folder:
//! - only a socket on which nobody accepts is replaced; whatever else is at the path stays, a link included;
//! - of servers that want one path at once, one gets it: they take turns by a lock of the folder;
//! - nobody can connect before the file has its mode, which is set through a handle of the socket itself: no file that
//!   a link leads to is changed, whoever may write into the folder;
//! - at the end the file is removed while it still accepts, and only if it is the one that was made.
//!
//! Whoever may write into the folder can put a socket of his own in its place, and receive what callers send: it must
//! belong to those who are trusted with their tokens. A process that is killed leaves its file, and the next replaces
//! it.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use tokio::net::{UnixListener, UnixSocket, UnixStream};

use super::listeners::BACKLOG;

/// How long a start waits for its turn.
const TURN_TIME_MAX: Duration = Duration::from_secs(5);
const TURN_PAUSE: Duration = Duration::from_millis(10);

/// A socket that listens, and its file.
#[derive(Debug)]
pub(super) struct Socket {
    // Dropped in this order: the file is gone before nobody accepts on it.
    _file: SocketFile,
    listener: UnixListener,
}

impl Socket {
    /// Listens at a path, with this mode; or says why not.
    pub(super) async fn bind(path: &Path, mode: u32) -> Result<Self, String> {
        let failed = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
        let _turn = take_turn(path).await?;
        make_way(path).await?;
        let socket = UnixSocket::new_stream().map_err(failed("cannot be made"))?;
        socket.bind(path).map_err(failed("cannot be made"))?;
        let file = SocketFile::open(path, mode).map_err(failed("cannot be given its mode"))?;
        let listener = socket.listen(BACKLOG).map_err(failed("cannot listen"))?;
        Ok(Self { _file: file, listener })
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> io::Result<UnixStream> {
        Ok(self.listener.accept().await?.0)
    }
}

/// Waits until nobody else makes or replaces a socket in the folder.
async fn take_turn(path: &Path) -> Result<File, String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: io::Error| format!("its folder {}: {error}", folder.display());
    let lock = File::open(folder).map_err(failed)?;
    let until = Instant::now() + TURN_TIME_MAX;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) if Instant::now() < until => tokio::time::sleep(TURN_PAUSE).await,
            Err(TryLockError::WouldBlock) => {
                return Err(format!("its folder {} is locked by another process", folder.display()));
            }
        }
    }
}

/// Removes a socket on which nobody accepts; refuses anything else that is there.
async fn make_way(path: &Path) -> Result<(), String> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        there => there.map_err(|error| error.to_string())?,
    };
    if !there.file_type().is_socket() {
        return Err("something that is no socket is there: remove it, or name another path".to_owned());
    }
    match UnixStream::connect(path).await {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            tracing::info!(socket = %path.display(), "a socket on which nobody accepts is replaced");
            fs::remove_file(path).map_err(|error| format!("nobody accepts on it, but it cannot be removed: {error}"))
        }
        Err(error) => Err(format!("another socket is there, and it is not known to be dead: {error}")),
        Ok(_) => Err("another process serves there".to_owned()),
    }
}

/// The file of a socket, which is removed when this is dropped.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    /// Its device and number.
    identity: (u64, u64),
}

impl SocketFile {
    /// Takes charge of the file of a socket that was just bound, and gives it its mode.
    fn open(path: &Path, mode: u32) -> io::Result<Self> {
        let held = rustix::fs::open(path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
        let held = File::from(held);
        let metadata = held.metadata()?;
        if !metadata.file_type().is_socket() {
            return Err(io::Error::new(ErrorKind::InvalidData, "something else was put in its place"));
        }
        let file = Self { path: path.to_owned(), identity: identity(&metadata) };
        // The mode that it was made with depends on what the process masks.
        if metadata.permissions().mode() & 0o7777 != mode {
            fs::set_permissions(format!("/proc/self/fd/{}", held.as_raw_fd()), fs::Permissions::from_mode(mode))?;
        }
        Ok(file)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path).is_ok_and(|there| identity(&there) == self.identity);
        if is_ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, socket = %self.path.display(), "the socket is left behind");
        }
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

#[cfg(test)]
mod tests;
