//! No beginning of a document gives what the whole does not.

use bailiwick::proto::v1::CheckResult;
use bailiwick::proto::v1::batch_check_permissions_request::Check;

use super::transfer::{export, import};
use super::world;
use crate::harness::{Clients, Server, block_on};

/// So many lines apart a beginning is also imported into a store of its own.
const OWN_STORE_EVERY: usize = 12;

#[test]
fn a_written_document_that_is_cut_after_any_line_gives_nothing_more() {
    cut_everywhere(world::DOCUMENT);
}

#[test]
fn an_exported_document_that_is_cut_after_any_line_gives_nothing_more() {
    let server = Server::start();
    let document = block_on(async {
        let clients = server.clients().await;
        import(&clients, world::DOCUMENT).await;
        world::live(&clients).await;
        export(&clients).await.document
    });
    cut_everywhere(&document);
}

/// Imports every beginning of the document, and compares all answers with those of the whole.
fn cut_everywhere(document: &str) {
    let questions = world::questions();
    let whole = block_on(answers_of_the_whole(document, &Server::start(), &questions));
    let server = Server::start();
    let ends: Vec<usize> = document.match_indices('\n').map(|(at, _)| at + 1).collect();
    let mut allowed = 0;
    for (cut, end) in ends.iter().enumerate() {
        let beginning = &document[..*end];
        // Repeating an import changes nothing, so the store now is as if it had never seen anything shorter.
        let answers = block_on(async {
            let clients = server.clients().await;
            import(&clients, beginning).await;
            world::answers(&clients, &questions).await
        });
        if cut % OWN_STORE_EVERY == 0 {
            assert_eq!(block_on(exported_alone(beginning, &Server::start())), block_on(exported(&server)));
        }
        allowed = count_allowed(cut + 1, &questions, &answers, &whole);
    }
    assert_eq!(allowed, whole.iter().filter(|answer| world::is_allowed(answer)).count());
}

/// Refuses an answer that allows what the whole document does not.
fn count_allowed(line: usize, questions: &[Check], answers: &[CheckResult], whole: &[CheckResult]) -> usize {
    let mut allowed = 0;
    for ((question, answer), of_whole) in questions.iter().zip(answers).zip(whole) {
        if world::is_allowed(answer) {
            assert!(world::is_allowed(of_whole), "cut after line {line}: {question:?}");
            allowed += 1;
        }
    }
    allowed
}

async fn answers_of_the_whole(document: &str, server: &Server, questions: &[Check]) -> Vec<CheckResult> {
    let clients = server.clients().await;
    import(&clients, document).await;
    world::answers(&clients, questions).await
}

async fn exported_alone(document: &str, server: &Server) -> String {
    let clients: Clients = server.clients().await;
    import(&clients, document).await;
    export(&clients).await.document
}

async fn exported(server: &Server) -> String {
    export(&server.clients().await).await.document
}
