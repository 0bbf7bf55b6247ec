//! Entry of `domicile`: fixes what is global to the process, then hands over to the subcommand.

use std::process::ExitCode;

use clap::Parser;
use server::cli::Cli;

/// The study of a request's cost found the system's allocator among its largest parts.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Both reqwest and rustls look for a process-wide provider; without one they panic at the first connection.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("domicile: a TLS provider was installed before main");
        return ExitCode::FAILURE;
    }
    Cli::parse().run().unwrap_or_else(|error| {
        eprintln!("domicile: {error:#}");
        ExitCode::FAILURE
    })
}
