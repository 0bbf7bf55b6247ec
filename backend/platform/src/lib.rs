//! The outside world: clock, randomness, sealing, passwords, secrets, TLS, logs, and the client of control.
//! No SQL, no GraphQL, no rules of tenants.
//!
//! | module | holds |
//! |---|---|
//! | [`clock`], [`random`] | the only real clock and the only source of randomness |
//! | [`vault`] | sealing of personal fields, wrapping of tenant data keys, blind index (R6) |
//! | [`mac`] | keyed hashes; how the directory knows an alias (R2) |
//! | [`passwords`] | password hashes and the guess estimate (S1) |
//! | [`token`] | minting and hashing of tokens (S2) |
//! | [`secret`] | secret files with their region tag (R3) |
//! | [`tls`] | mutual TLS between nodes and with control (S3) |
//! | [`control`] | the client of the directory's authority (R5) |
//! | [`telemetry`] | structured logs and what never enters them |

pub mod clock;
pub mod control;
pub mod mac;
pub mod passwords;
pub mod random;
pub mod secret;
pub mod telemetry;
pub mod tls;
pub mod token;
pub mod vault;
