//! Callers who send and do not read: the server stops reading from them, and loses nothing.

use std::future::poll_fn;
use std::time::{Duration, Instant};

use bailiwick::config::Config;
use bailiwick::proto::v1::StreamCheckPermissionsResponse;
use bytes::{Buf, Bytes, BytesMut};
use h2::SendStream;
use h2::client::ResponseFuture;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use super::{STREAM, asked, decided, some_calls};
use crate::callers::actor::{Actor, Refusal};
use crate::callers::stage::{prepared, root};
use crate::checks::{open, question};
use crate::harness::{Database, Server, block_on};
use crate::wire::http2::{Connection, framed};

/// Bytes of questions that a server takes from somebody who does not read, at most: what it lets be sent ahead.
const AHEAD_MAX: usize = 4 << 20;
/// Bytes of answers that are made for somebody who does not read, at most: what he lets be sent ahead, and a chunk.
const ANSWERS_AHEAD_MAX: usize = 256 << 10;

/// A stream of which nothing is read, and to which all is sent that can be.
struct Unread {
    answer: ResponseFuture,
    body: SendStream<Bytes>,
    /// Of the question that was begun.
    rest: BytesMut,
    sent: u64,
    /// Keeps the connection.
    _connection: Connection,
}

impl Unread {
    /// Sends until nothing more is taken, however often others have their turn.
    async fn fill(server: &Server, others: &Actor) -> Self {
        let mut connection = Connection::open(server.address()).await;
        let (answer, body) = connection.begin(STREAM, &[]);
        let mut unread = Self { answer, body, rest: BytesMut::new(), sent: 0, _connection: connection };
        let mut bytes = 0;
        loop {
            unread.body.reserve_capacity(16 << 10);
            let capacity = tokio::select! {
                biased;
                capacity = poll_fn(|cx| unread.body.poll_capacity(cx)) => capacity.unwrap().unwrap(),
                () = some_calls(others) => return unread,
            };
            bytes += capacity;
            assert!(bytes <= AHEAD_MAX, "it reads on and on");
            let data = unread.bytes(capacity);
            unread.body.send_data(data, false).unwrap();
        }
    }

    /// So many bytes of questions.
    fn bytes(&mut self, count: usize) -> Bytes {
        while self.rest.len() < count {
            self.rest.extend_from_slice(&framed(&asked(self.sent, question("k:yes")).encode_to_vec()));
            self.sent += 1;
        }
        self.rest.split_to(count).freeze()
    }

    /// Sends the rest of the last question, ends the side of the caller, and reads everything.
    async fn read(mut self) -> (Vec<u64>, Status) {
        let rest = self.rest.split().freeze();
        self.body.send_data(rest, true).unwrap();
        Self::read_all(self.answer).await
    }

    async fn read_all(answer: ResponseFuture) -> (Vec<u64>, Status) {
        let mut body = answer.await.unwrap().into_body();
        let (mut buffer, mut ids) = (BytesMut::new(), Vec::new());
        while let Some(data) = body.data().await {
            let data = data.unwrap();
            body.flow_control().release_capacity(data.len()).unwrap();
            buffer.extend_from_slice(&data);
            while buffer.len() >= 5 && buffer.len() - 5 >= (&buffer[1..5]).get_u32() as usize {
                let length = buffer.split_to(5).freeze().slice(1..).get_u32() as usize;
                ids.push(StreamCheckPermissionsResponse::decode(buffer.split_to(length)).unwrap().correlation_id);
            }
        }
        let trailers = body.trailers().await.unwrap().unwrap();
        (ids, Status::from_header_map(&trailers).unwrap())
    }
}

fn server(change: impl FnOnce(&mut Config)) -> Server {
    Server::configured(&Database::Sqlite, |config| {
        prepared(config, &[]);
        config.data_threads = std::num::NonZeroUsize::MIN;
        change(config);
    })
}

#[test]
fn from_who_does_not_read_nothing_more_is_read_and_nothing_is_lost() {
    let server = server(|_| {});
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let before = decided(&server);
        let mut unread = Vec::new();
        for _ in 0..3 {
            unread.push(Unread::fill(&server, &root).await);
        }
        let answered = decided(&server) - before;
        let answer_bytes = 60;
        assert!(answered * answer_bytes <= 3 * ANSWERS_AHEAD_MAX, "{answered} answers that nobody reads");
        let sent: u64 = unread.iter().map(|unread| unread.sent).sum();
        assert!(u64::try_from(answered).unwrap() < sent / 2, "{answered} of {sent}: the control");
        some_calls(&root).await;
        assert_eq!(decided(&server) - before, answered, "nobody has read meanwhile");
        for unread in unread {
            let sent = unread.sent;
            let (ids, end) = unread.read().await;
            assert_eq!(end.code(), Code::Ok, "{end:?}");
            assert_eq!(ids, (0..sent).collect::<Vec<_>>());
        }
    });
}

/// What the server had received when it was stopped is answered, when it is read.
#[test]
fn a_server_that_stops_answers_what_it_has_received() {
    let server = server(|config| config.shutdown_grace = Duration::from_mins(10));
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let unread = Unread::fill(&server, &root).await;
        let began = Instant::now();
        let stopped = std::thread::spawn(move || server.stop());
        // The last question was begun, and is never finished.
        let Unread { answer, body, sent, .. } = unread;
        // When another connection is told to go, so is this one's stream.
        let info = "/bailiwick.v1.ServerService/GetServerInfo";
        while root.raw(info, vec![Vec::new()], MetadataMap::new()).await.is_ok() {}
        let (ids, end) = Unread::read_all(answer).await;
        assert_eq!(ids, (0..sent - 1).collect::<Vec<_>>());
        assert_eq!(Refusal::of(&end).said(), (Code::Unavailable, "SERVER_STOPPING"));
        drop((root, body));
        tokio::task::spawn_blocking(move || stopped.join().unwrap()).await.unwrap();
        assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
    });
}

/// Who never reads cannot be told, and does not keep the server beyond its time.
#[test]
fn who_never_reads_does_not_keep_a_server_that_stops() {
    let server = server(|config| config.shutdown_grace = Duration::from_millis(300));
    block_on(async {
        let root = root(&server).await;
        open(&root).await;
        let unread = Unread::fill(&server, &root).await;
        let began = Instant::now();
        tokio::task::spawn_blocking(move || std::thread::spawn(move || server.stop()).join().unwrap()).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        drop(unread);
    });
}
