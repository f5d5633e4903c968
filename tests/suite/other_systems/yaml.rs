//! YAML, read by the Python that tests have anyway.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const SCRIPT: &str =
    "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1], encoding='utf-8')), sys.stdout)";

pub(super) fn read(file: &Path) -> Value {
    let output = Command::new("python3").args(["-c", SCRIPT]).arg(file).env("PYTHONUTF8", "1").output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
