//! The conformance suite of the store: one list of tests, run on every database.
//!
//! A further database is one more line in `on_every_store!` and one more way to make a `Fresh` store.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::assigning_clones,
    reason = "a failed unwrap is a failed test"
)]

mod append;
mod boundaries;
mod bytes;
mod concurrent;
mod documents;
mod file;
mod filter;
mod fresh;
mod list;
mod log;
mod migrate;
mod names;
mod objects;
mod poison;
mod rows;
mod select;
mod server;
mod shared;

pub(crate) use fresh::sql_at;

use fresh::Fresh;

/// Makes each test one per database; the names of the tests are sentences about a store.
macro_rules! on_every_store {
    ($($module:ident :: $test:ident),* $(,)?) => {
        on_every_store!(@ on_a_sqlite_file, Fresh::sqlite_file().await, $($module::$test),*);
        on_every_store!(@ in_memory, Some(Fresh::memory().await), $($module::$test),*);
        on_every_store!(@ on_postgresql, Fresh::postgresql().await, $($module::$test),*);
        on_every_store!(@ on_mariadb, Fresh::mariadb().await, $($module::$test),*);
    };
    (@ $database:ident, $fresh:expr, $($module:ident :: $test:ident),*) => {
        mod $database {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    if let Some(fresh) = $fresh {
                        super::$module::$test(fresh).await;
                    }
                }
            )*
        }
    };
}

on_every_store! {
    append::rows_of_every_kind_are_read_back_equal,
    append::a_row_is_replaced_and_deleted,
    append::a_large_revision_is_written_whole,
    append::large_rows_are_written_whole,
    append::the_last_change_of_a_row_in_a_revision_stands,
    append::a_revision_that_fails_takes_no_other_with_it,
    append::what_is_dropped_without_commit_leaves_nothing,
    append::an_empty_revision_is_a_revision,
    append::a_random_history_leaves_what_it_says,
    append::a_receipt_is_found_under_caller_method_and_id,
    append::an_old_receipt_counts_as_absent,
    bytes::keys_that_differ_in_one_byte_are_different_rows,
    bytes::keys_are_ordered_as_the_domain_orders_them,
    bytes::texts_of_any_length_are_read_back_equal,
    concurrent::writers_are_serial,
    concurrent::a_write_in_progress_is_seen_by_nobody_and_stops_no_reader,
    concurrent::a_reader_keeps_its_revision,
    documents::documents_of_any_size_are_read_back_equal,
    documents::a_document_is_replaced_and_had_again,
    filter::every_field_of_every_collection_is_compared,
    filter::every_field_of_resources_is_compared,
    filter::every_field_of_scopes_and_traversal_specs_is_compared,
    filter::values_are_matched_literally,
    filter::a_field_of_another_collection_is_refused,
    list::every_collection_is_listed_in_both_orders_at_every_page_size,
    list::pages_survive_writes_in_between,
    log::commits_follow_one_another,
    log::the_inverse_of_the_log_leads_back,
    log::a_revision_is_found_by_its_time,
    log::a_head_that_never_was_has_diverged,
    names::a_folded_name_is_taken_once,
    names::role_names_are_unique_in_their_owner,
    names::scope_names_are_unique_in_their_application_whatever_their_case,
    names::traversal_spec_names_are_unique_byte_for_byte_under_their_root,
    names::a_name_is_free_again_after_its_row_is_gone,
    names::a_row_never_takes_the_place_of_another_that_has_its_name,
    names::names_change_hands_in_one_revision,
    names::names_of_any_length_are_taken_once,
    select::every_selection_is_what_it_says,
}

/// Tests that reach into the database behind the store's back: a database that nobody else can open has none.
macro_rules! on_every_store_that_others_can_open {
    ($($module:ident :: $test:ident),* $(,)?) => {
        on_every_store!(@ behind_the_back_on_a_sqlite_file, Fresh::sqlite_file().await, $($module::$test),*);
        on_every_store!(@ behind_the_back_on_postgresql, Fresh::postgresql().await, $($module::$test),*);
        on_every_store!(@ behind_the_back_on_mariadb, Fresh::mariadb().await, $($module::$test),*);
    };
}

on_every_store_that_others_can_open! {
    log::a_log_that_was_tampered_with_has_diverged,
    log::what_is_too_much_to_be_read_together_is_read_in_parts,
    log::another_secret_is_refused,
    migrate::the_schema_goes_up_and_down_and_up_again,
    migrate::a_migration_that_was_killed_half_way_is_finished_by_the_next,
    migrate::a_schema_that_is_not_ours_is_refused,
    poison::a_row_that_cannot_be_understood_is_stepped_over_by_walks,
    poison::a_row_that_cannot_be_understood_is_not_decided_on,
    poison::a_row_that_cannot_be_understood_stops_no_write_beside_it,
    poison::rows_changed_behind_our_back_are_noticed,
}

/// Tests that meddle with a server while the store uses it.
macro_rules! on_every_server {
    ($($module:ident :: $test:ident),* $(,)?) => {
        on_every_store!(@ shared_on_postgresql, Fresh::postgresql().await, $($module::$test),*);
        on_every_store!(@ shared_on_mariadb, Fresh::mariadb().await, $($module::$test),*);
    };
}

on_every_server! {
    shared::a_connection_that_is_cut_leaves_nothing_and_heals,
    shared::who_ends_a_deadlock_is_told_and_has_written_nothing,
    shared::who_waits_too_long_for_a_lock_is_told_and_can_go_on,
    shared::nothing_is_committed_after_a_read_that_failed,
}
