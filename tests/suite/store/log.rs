//! The log: what followed what, and that nobody has changed it since.

use bailiwick::app::port::{Commit, Head, Store, StoreError};
use bailiwick::domain::change::Change;
use bailiwick::domain::row::Row;
use bailiwick::store::{self, Options};

use super::fresh::{Fresh, by_key, options};
use super::rows;

async fn write(fresh: &Fresh) -> Vec<Head> {
    let mut heads = vec![fresh.store.head().await.unwrap()];
    heads.push(fresh.insert(rows::edges()).await);
    heads.push(fresh.write(Vec::new()).await.unwrap());
    for index in 0..4 {
        let changes = vec![Change::delete(rows::client("c", "a")), Change::insert(rows::client("c", "a"))];
        let more = Change::insert(rows::group(&format!("more{index}")));
        heads.push(fresh.write([changes, vec![more]].concat()).await.unwrap());
    }
    heads
}

fn agree(commits: &[Commit], heads: &[Head]) {
    let told: Vec<_> = commits.iter().map(|c| (c.revision, c.chain, c.at, c.state_sum)).collect();
    let known: Vec<_> = heads.iter().map(|h| (h.revision, h.chain, h.at, h.state_sum)).collect();
    assert_eq!(told, known);
}

pub(crate) async fn commits_follow_one_another(fresh: Fresh) {
    let heads = write(&fresh).await;
    for (index, seen) in heads.iter().enumerate() {
        assert_eq!(fresh.store.chain_at(seen.revision).await.unwrap(), Some(seen.chain));
        agree(&fresh.store.commits_after(seen, 100).await.unwrap(), &heads[index + 1..]);
        let two = heads.len().min(index + 3);
        agree(&fresh.store.commits_after(seen, 2).await.unwrap(), &heads[index + 1..two]);
        for through in &heads[index..] {
            let commits = fresh.store.log(seen.revision, through.revision).await.unwrap();
            let last = usize::try_from(through.revision).unwrap();
            agree(&commits, &heads[index + 1..=last]);
        }
    }
    assert_eq!(fresh.store.chain_at(7).await.unwrap(), None);
    assert!(matches!(fresh.store.log(0, 7).await, Err(StoreError::Diverged(_))));
    let first = &fresh.store.commits_after(&heads[0], 1).await.unwrap()[0];
    assert_eq!(first.changes, rows::edges().into_iter().map(Change::insert).collect::<Vec<_>>());
}

pub(crate) async fn the_inverse_of_the_log_leads_back(fresh: Fresh) {
    write(&fresh).await;
    let changes = fresh.store.log(1, 6).await.unwrap().into_iter().flat_map(|commit| commit.changes);
    let inverse: Vec<Change> = changes.collect::<Vec<_>>().into_iter().rev().map(Change::inverse).collect();
    let head = fresh.write(inverse).await.unwrap();
    assert_eq!(fresh.state(50).await, by_key(rows::edges()));
    let first = fresh.store.log(0, 1).await.unwrap();
    assert_eq!(head.state_sum, first[0].state_sum);
}

pub(crate) async fn a_revision_is_found_by_its_time(fresh: Fresh) {
    let empty = fresh.store.head().await.unwrap();
    assert_eq!(fresh.store.revision_at(empty.now).await.unwrap(), None);
    let heads = write(&fresh).await;
    assert!(heads.windows(2).all(|pair| pair[0].at <= pair[1].at));
    for head in &heads[1..] {
        let newest = heads.iter().filter(|other| other.at <= head.at).map(|other| other.revision).max();
        assert_eq!(fresh.store.revision_at(head.at).await.unwrap(), newest);
    }
    let before = heads[1].at.plus_micros(-1);
    assert_eq!(fresh.store.revision_at(before).await.unwrap(), None);
    assert_eq!(fresh.store.revision_at(heads[6].at.plus_micros(1)).await.unwrap(), Some(6));
}

pub(crate) async fn a_head_that_never_was_has_diverged(fresh: Fresh) {
    let heads = write(&fresh).await;
    let (empty, seen) = (heads[0].clone(), heads[3].clone());
    for wrong in [
        Head { chain: [0; 32], ..seen.clone() },
        Head { state_sum: seen.state_sum.wrapping_add(1), ..seen.clone() },
        Head { revision: 100, ..seen.clone() },
        Head { revision: 4, ..seen },
        Head { chain: [0; 32], ..empty },
    ] {
        let answer = fresh.store.commits_after(&wrong, 10).await;
        assert!(matches!(answer, Err(StoreError::Diverged(_))), "{answer:?}");
    }
}

pub(crate) async fn a_log_that_was_tampered_with_has_diverged(fresh: Fresh) {
    let heads = write(&fresh).await;
    let (seen, head) = (&heads[1], &heads[6]);
    let follow = async || fresh.store.commits_after(seen, 100).await;
    let blob = |hex: &str| if fresh.url.starts_with("postgres") { format!("'\\x{hex}'") } else { format!("x'{hex}'") };
    agree(&follow().await.unwrap(), &heads[2..]);
    let zeros = blob(&"00".repeat(32));
    for (tamper, restore) in [
        ("UPDATE revisions SET at = at + 1 WHERE revision = 4", "UPDATE revisions SET at = at - 1 WHERE revision = 4"),
        (
            "UPDATE changes SET seq = 10 WHERE revision = 4 AND seq = 0",
            "UPDATE changes SET seq = 0 WHERE revision = 4 AND seq = 10",
        ),
        (
            "UPDATE changes SET revision = 4, seq = seq + 9000 WHERE revision = 5",
            "UPDATE changes SET revision = 5, seq = seq - 9000 WHERE seq >= 9000",
        ),
    ] {
        assert!(fresh.sql(tamper).await > 0);
        assert!(matches!(follow().await, Err(StoreError::Diverged(_))), "{tamper}");
        fresh.sql(restore).await;
        agree(&follow().await.unwrap(), &heads[2..]);
    }
    for tamper in [
        format!("UPDATE changes SET payload = {zeros} WHERE revision = 6 AND seq = 0"),
        "DELETE FROM changes WHERE revision = 5".to_owned(),
        format!("UPDATE revisions SET audit_digest = {zeros} WHERE revision = 4"),
        format!("UPDATE revisions SET chain = {zeros} WHERE revision = 3"),
        "DELETE FROM revisions WHERE revision = 2".to_owned(),
        "DELETE FROM revisions".to_owned(),
    ] {
        assert!(fresh.sql(&tamper).await > 0);
        assert!(matches!(follow().await, Err(StoreError::Diverged(_))), "{tamper}");
    }
    assert!(matches!(fresh.store.commits_after(head, 10).await, Err(StoreError::Diverged(_))));
}

pub(crate) async fn what_is_too_much_to_be_read_together_is_read_in_parts(fresh: Fresh) {
    let heads = write(&fresh).await;
    let lengths = |after: usize| heads[after..].iter().map(move |head| (after as u64, head.revision));
    for (after, through) in (0..heads.len()).flat_map(lengths) {
        let changes = fresh.store.log(after, through).await.unwrap().iter().map(|commit| commit.changes.len()).sum();
        assert_eq!(fresh.store.log_length(after, through).await.map(usize::try_from).unwrap(), Ok::<usize, _>(changes));
    }
    for (revision, changes) in [(2, 30_000), (3, 20_000), (4, 1), (5, 1_000_000)] {
        fresh.sql(&format!("UPDATE revisions SET changes = {changes} WHERE revision = {revision}")).await;
    }
    assert_eq!(fresh.store.log_length(1, 5).await.unwrap(), 1_050_001);
    for (seen, parts) in [(1, 2..4), (3, 4..5), (4, 5..6), (5, 6..7)] {
        agree(&fresh.store.commits_after(&heads[seen], 100).await.unwrap(), &heads[parts]);
    }
}

pub(crate) async fn another_secret_is_refused(fresh: Fresh) {
    fresh.insert([rows::user("u")]).await;
    let (url, directory) = fresh.closed().await;
    let answer = store::connect(&url, &Options { secret: [8; 32], ..options() }).await;
    assert!(matches!(answer.err(), Some(StoreError::Schema(_))));
    let store = store::connect(&url, &options()).await.unwrap();
    assert_eq!(store.get(&[rows::user("u").key()]).await.unwrap().iter().map(Row::key).count(), 1);
    drop(directory);
}
