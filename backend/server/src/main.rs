//! Entry of `domicile`: fixes what is global to the process, then hands over to the subcommand.

use std::process::ExitCode;

use clap::Parser;
use server::cli::{self, Cli};

/// glibc's allocator is a visible share of a request that renders a page; this one is not.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Both reqwest and rustls look for a process-wide provider; without one they panic at the first connection.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("domicile: a TLS provider was installed before main");
        return ExitCode::FAILURE;
    }
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("domicile: start the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("domicile: {error:#}");
            ExitCode::FAILURE
        }
    }
}
