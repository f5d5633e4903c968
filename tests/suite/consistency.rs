//! Tokens, modes and the past: how fresh an answer is, what a retry is answered with, and what a write that is only
//! validated leaves behind (nothing).

mod catalogue;
mod fresh;
mod past;
mod restored;
mod retries;
