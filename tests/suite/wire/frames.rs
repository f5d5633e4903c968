//! A peer that writes the frames of HTTP/2 by itself, and so keeps no rule that it does not want to keep.
//!
//! It knows what the tests need: requests with an empty message, resets, and which streams were answered or refused.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// RFC 9113, section 7.
const REFUSED_STREAM: u32 = 7;
const CANCEL: u32 = 8;
const ENHANCE_YOUR_CALM: [u8; 4] = [0, 0, 0, 11];

/// A connection of frames.
pub(super) struct Peer {
    stream: TcpStream,
    next: u32,
}

/// A frame that came.
struct Frame {
    kind: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Peer {
    pub(super) fn connect(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
        let mut peer = Self { stream, next: 1 };
        peer.write(SETTINGS, 0, 0, &[]);
        peer
    }

    /// Opens a stream with a request that holds one empty message.
    pub(super) fn open(&mut self, path: &str) {
        let stream = self.next;
        self.next += 2;
        self.write(HEADERS, END_HEADERS, stream, &request(path));
        self.write(DATA, END_STREAM, stream, &[0; 5]);
    }

    /// Opens a stream and has it end by a frame that should not come: one that widens a window
    /// beyond all bounds.
    pub(super) fn open_faulty(&mut self, path: &str) {
        let stream = self.next;
        self.next += 2;
        self.write(HEADERS, END_HEADERS, stream, &request(path));
        self.write(WINDOW_UPDATE, 0, stream, &[0x7f, 0xff, 0xff, 0xff]);
    }

    /// Waits until it is told to go because it makes too much of a fuss.
    pub(super) fn is_told_to_go(&mut self) {
        self.next(|frame| frame.kind == GOAWAY && frame.payload.get(4..8) == Some(&ENHANCE_YOUR_CALM));
    }

    /// Gives a stream up.
    pub(super) fn reset(&mut self, stream: u32) {
        self.write(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
    }

    /// The next stream that is refused before it was begun.
    pub(super) fn next_refused(&mut self) -> u32 {
        self.next(|frame| frame.kind == RST_STREAM && frame.payload == REFUSED_STREAM.to_be_bytes())
    }

    /// The next stream of these that is answered.
    pub(super) fn next_answered(&mut self, of: impl Fn(u32) -> bool) -> u32 {
        self.next(|frame| frame.kind == HEADERS && of(frame.stream))
    }

    fn next(&mut self, wanted: impl Fn(&Frame) -> bool) -> u32 {
        loop {
            let frame = self.read();
            if wanted(&frame) {
                return frame.stream;
            }
        }
    }

    fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        self.stream.write_all(&[&head, payload].concat()).unwrap();
    }

    fn read(&mut self) -> Frame {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).unwrap();
        let [a, b, c, kind, _, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.stream.read_exact(&mut payload).unwrap();
        Frame { kind, stream: u32::from_be_bytes(stream), payload }
    }
}

/// The header block of a request (RFC 7541: three fields by their index, the others in full).
fn request(path: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let field = |name: &str, value: &str| [&[0][..], &text(name), &text(value)].concat();
    let known = [0x83, 0x86];
    let path = [&[0x04][..], &text(path)].concat();
    let authority = [&[0x01][..], &text("localhost")].concat();
    [&known[..], &path, &authority, &field("content-type", "application/grpc"), &field("te", "trailers")].concat()
}
