//! Generates Rust from `proto/`, without a system protoc.
//!
//! The API's descriptor set is written as the compiler encodes it: an encoding by way of `prost_types` would lose
//! the `google.api.http` options. The stored messages are compiled apart, so that no descriptor set offers them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use protox::Compiler;

const PROTO_DIR: &str = "proto";
const API_DIR: &str = "proto/bailiwick/v1";
const STORED: &str = "proto/bailiwick/storage/v1/change.proto";
/// Imported by nothing, and needed by clients that read the details of errors.
const ERROR_DETAILS: &str = "proto/google/rpc/error_details.proto";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO_DIR}");
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    api(&out_dir)?;
    stored()
}

/// Messages, clients and servers of the API, and its descriptor set.
fn api(out_dir: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = proto_files(API_DIR)?;
    files.push(PathBuf::from(ERROR_DETAILS));
    let compiler = compiled(&files)?;
    fs::write(out_dir.join("bailiwick_descriptor.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .emit_rerun_if_changed(false)
        .extern_path(".google.rpc", "::tonic_types::pb")
        // Documents arrive and leave in pieces of up to 512 KiB; `Bytes` hands them on without a copy.
        .bytes(".bailiwick.v1")
        // In order: equal messages are equal bytes, which is how a retry is told from another request.
        .btree_map(".bailiwick.v1")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

/// Messages of the change log.
fn stored() -> Result<(), Box<dyn Error>> {
    let files = compiled(&[PathBuf::from(STORED)])?.file_descriptor_set();
    tonic_prost_build::configure().emit_rerun_if_changed(false).compile_fds(files)?;
    Ok(())
}

/// The files and all that they import, with the comments that become documentation.
fn compiled(files: &[PathBuf]) -> Result<Compiler, protox::Error> {
    let mut compiler = Compiler::new([PROTO_DIR])?;
    compiler.include_imports(true).include_source_info(true).open_files(files)?;
    Ok(compiler)
}

/// The `.proto` files of a folder, in the order of their names: a folder has no order that is the same everywhere.
fn proto_files(folder: &str) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
