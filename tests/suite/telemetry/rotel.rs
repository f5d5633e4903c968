//! A real collector, `rotel`, that writes down what it receives. `tests/run` installs it.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::tools;

/// How long anything may take on a slow machine.
pub(super) const SLOWNESS: Duration = Duration::from_secs(30);

/// The collector, and what it has written so far.
pub(super) struct Rotel {
    child: Child,
    pub(super) endpoint: String,
    written: Arc<(Mutex<String>, Condvar)>,
    _folder: tempfile::TempDir,
}

/// A tool that `tests/run` has installed, or one of this machine.
pub(super) fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", tools::path());
    command
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Rotel {
    /// Starts a collector and waits until it listens; tries again when another program was faster to take its port.
    pub(super) fn start() -> Self {
        for _ in 0..5 {
            if let Some(started) = Self::try_start() {
                return started;
            }
        }
        panic!("rotel does not listen (tests/run installs it)");
    }

    fn try_start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (grpc, http) = (format!("127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
        let mut command = tool("rotel-agent");
        command.args([
            "start",
            "--otlp-grpc-endpoint",
            &grpc,
            "--otlp-http-endpoint",
            &http,
            "--exporter",
            "blackhole",
        ]);
        command.args(["--debug-log", "traces", "--debug-log", "metrics", "--debug-log-verbosity", "detailed"]);
        command.arg("--pid-file").arg(folder.path().join("pid")).arg("--log-file").arg(folder.path().join("log"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("rotel runs (tests/run installs it)");
        let written = Arc::<(Mutex<String>, Condvar)>::default();
        let (output, shared) = (BufReader::new(child.stdout.take().unwrap()), written.clone());
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let mut text = shared.0.lock().unwrap();
                *text += &line;
                text.push('\n');
                shared.1.notify_all();
            }
        });
        let started = Self { child, endpoint: format!("http://{grpc}"), written, _folder: folder };
        started.listens(&grpc).then_some(started)
    }

    fn listens(&self, address: &str) -> bool {
        let deadline = Instant::now() + SLOWNESS;
        let said = self.wait_until(|text| text.contains("Starting Rotel"));
        while said && Instant::now() < deadline {
            if TcpStream::connect(address).is_ok() {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }

    /// Waits for what must be written, and says whether it was.
    fn wait_until(&self, done: impl Fn(&str) -> bool) -> bool {
        let text = self.written.0.lock().unwrap();
        let (_text, waited) = self.written.1.wait_timeout_while(text, SLOWNESS, |text| !done(text)).unwrap();
        !waited.timed_out()
    }

    /// All that was written, once it holds what it must.
    pub(super) fn text_with(&self, what: &[&str]) -> String {
        self.text_when(&format!("{what:?}"), |text| what.iter().all(|part| text.contains(part)))
    }

    /// What it has written, once that is as it should be: a message is written line by line.
    pub(super) fn text_when(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let holds = self.wait_until(is_so);
        let text = self.written.0.lock().unwrap().clone();
        assert!(holds, "not all of {what} is in\n{text}");
        text
    }

    /// The spans in a text.
    pub(super) fn spans(text: &str) -> Vec<Written> {
        text.split("\nSpan #")
            .skip(1)
            .map(|part| Written(part.split("\nResource").next().unwrap().to_owned()))
            .collect()
    }
}

impl Drop for Rotel {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// A span as the collector writes it.
#[derive(Debug)]
pub(super) struct Written(String);

impl Written {
    /// One of its own values, such as `Trace ID`.
    pub(super) fn value(&self, name: &str) -> &str {
        let line = self.0.lines().find(|line| line.trim_start().starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }

    /// One of its attributes, such as `Str(grpc)`.
    pub(super) fn attribute(&self, name: &str) -> &str {
        let mark = format!("-> {name}: ");
        self.0.lines().find_map(|line| line.trim_start().strip_prefix(&mark)).unwrap_or("")
    }
}
