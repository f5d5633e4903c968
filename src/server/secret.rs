//! The deployment's secret: configured, or, for an embedded database, kept in a file beside it.
//!
//! The file is made once, readable by its owner alone. Losing it makes the database's history unverifiable.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Failure, MEMORY};
use crate::config::{Config, Secret};

/// The key from which all others are derived.
pub(super) fn secret(config: &Config) -> Result<[u8; 32], Failure> {
    if let Some(secret) = &config.secret {
        return Ok(secret.key());
    }
    if config.database.url == MEMORY {
        return random();
    }
    match key_file(&config.database.url) {
        Some(path) => Ok(kept(&path)?.key()),
        None => {
            Err("a secret is needed: set BAILIWICK_SECRET_FILE to a file with at least 32 random bytes that every \
                     replica has (openssl rand -hex 32 makes them)"
                .into())
        }
    }
}

/// 32 bytes from the operating system.
pub(super) fn random() -> Result<[u8; 32], Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
    Ok(bytes)
}

/// `bailiwick.db` has its key in `bailiwick.key`.
fn key_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
    let path = path.split('?').next()?;
    (!path.is_empty()).then(|| Path::new(path).with_extension("key"))
}

fn kept(path: &Path) -> Result<Secret, Failure> {
    let said_of = |error: std::io::Error| format!("{}: {error}", path.display());
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(mut file) => {
            let secret = data_encoding::HEXLOWER.encode(&random()?);
            file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(said_of)?;
            tracing::info!(file = %path.display(), "made a secret; keep it together with the database");
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(said_of(error).into()),
    }
    let mut written = Vec::new();
    std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut written)).map_err(said_of)?;
    let secret = Secret::parse(written.trim_ascii());
    Ok(secret.ok_or_else(|| format!("{}: holds less than 32 bytes", path.display()))?)
}
