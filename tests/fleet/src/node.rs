//! The processes of `domicile`: writing their configuration, starting them, knowing that they are ready.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use toml::Table;

use crate::process::{self, Running, Signal};
use crate::{cluster, secrets, wait};

/// From start to ready: connections, the directory, the first look at control.
const READY_LIMIT: Duration = Duration::from_secs(30);
/// From the request to end to the end, requests that run included.
pub const STOP_LIMIT: Duration = Duration::from_secs(30);

/// How it is known that a process serves.
#[derive(Debug, Clone)]
pub enum Ready {
    /// `GET` answers 200.
    Http(String),
    /// It accepts a connection.
    Port(u16),
}

/// One process `domicile <subcommand> --config <file>`.
#[derive(Debug, Clone)]
pub struct Service {
    /// `node`, `control`: names its configuration, log and record.
    pub name: &'static str,
    /// `serve`, `control`.
    pub subcommand: &'static str,
    /// Where its files lie.
    pub folder: PathBuf,
    /// The program.
    pub binary: PathBuf,
    /// Ports it must be able to take.
    pub ports: Vec<u16>,
    /// When it serves.
    pub ready: Ready,
}

impl Service {
    /// Its process, if it runs.
    #[must_use]
    pub fn running(&self) -> Option<Running> {
        process::running(&self.file("pid"))
    }

    /// Its log: one JSON object per line.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.file("log")
    }

    /// Writes its configuration and starts it; one that runs with another build or another configuration is restarted.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start(&self, config: &Table) -> Result<()> {
        crate::place::open_folder(&self.folder)?;
        let text = toml::to_string(config)?;
        let changed = fs::read_to_string(self.file("toml")).is_ok_and(|written| written != text);
        if let Some(running) = self.running() {
            if !changed && running.runs(&self.binary) {
                return Ok(());
            }
            running.end(Signal::Terminate, STOP_LIMIT).await?;
        }
        secrets::write_private(&self.file("toml"), &text)?;
        self.launch()
    }

    /// Starts it with the configuration it was last started with.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn launch(&self) -> Result<()> {
        for port in &self.ports {
            cluster::free(*port, self.name)?;
        }
        let mut command = Command::new(&self.binary);
        command.arg(self.subcommand).arg("--config").arg(self.file("toml")).current_dir("/");
        process::start(&mut command, &self.log(), &self.file("pid"))?;
        Ok(())
    }

    /// Waits until it serves.
    ///
    /// # Errors
    /// When it ended, with the end of its log; or took too long.
    pub async fn wait_ready(&self, http: &reqwest::Client) -> Result<()> {
        let what = format!("start of {} in {}", self.name, self.folder.display());
        wait::until(&what, READY_LIMIT, async || {
            if self.running().is_none() {
                bail!("{} in {} ended:\n{}", self.name, self.folder.display(), process::tail(&self.log()));
            }
            Ok(self.serves(http).await.then_some(()))
        })
        .await
        .with_context(|| format!("see {}", self.log().display()))
    }

    /// Ends it after the requests that run.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&self) -> Result<()> {
        match self.running() {
            Some(running) => running.end(Signal::Terminate, STOP_LIMIT).await,
            None => Ok(()),
        }
    }

    /// Ends it at once.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn kill(&self) -> Result<()> {
        match self.running() {
            Some(running) => running.end(Signal::Kill, STOP_LIMIT).await,
            None => Ok(()),
        }
    }

    async fn serves(&self, http: &reqwest::Client) -> bool {
        match &self.ready {
            Ready::Http(url) => http.get(url).send().await.is_ok_and(|answer| answer.status().is_success()),
            Ready::Port(port) => tokio::net::TcpStream::connect(("127.0.0.1", *port)).await.is_ok(),
        }
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(self.name).with_extension(extension)
    }
}

/// How a further node of a region differs from the first.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    /// Merged into `node.toml`.
    pub settings: Table,
}

/// A further node of a region, with ports of its own. Ended at once when dropped.
#[derive(Debug)]
pub struct NodeProcess {
    pub(crate) service: Service,
    pub(crate) http: reqwest::Client,
    pub(crate) api_port: u16,
}

impl NodeProcess {
    /// Its GraphQL endpoint.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://localhost:{}/graphql", self.api_port)
    }

    /// Its log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.service.log()
    }

    /// Ends it as a crash would.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn kill9(&self) -> Result<()> {
        self.service.kill().await
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&self) -> Result<()> {
        self.service.stop().await
    }

    /// Starts it again, as it was, and waits until it serves.
    ///
    /// # Errors
    /// When it does not serve.
    pub async fn restart(&self) -> Result<()> {
        self.service.stop().await?;
        self.service.launch()?;
        self.service.wait_ready(&self.http).await
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        if let Some(running) = self.service.running()
            && let Err(error) = running.signal(Signal::Kill)
        {
            eprintln!("end a test's node: {error:#}");
        }
    }
}

/// Copies the program into the state directory, unless that copy is the same: a build elsewhere must not change what runs here.
///
/// # Errors
/// When it cannot be copied.
pub fn install(binary: &Path, state: &Path) -> Result<PathBuf> {
    let copy = program(state);
    if !installed(binary, state) {
        let built = modified(binary).with_context(|| format!("the program {} is missing: build it first", binary.display()))?;
        crate::place::open_folder(&state.join("bin"))?;
        let fresh = copy.with_extension("new");
        fs::copy(binary, &fresh)?;
        fs::File::options().write(true).open(&fresh)?.set_modified(built)?;
        fs::rename(fresh, &copy)?;
    }
    Ok(copy)
}

/// The program that the fleet in `state` runs.
#[must_use]
pub fn program(state: &Path) -> PathBuf {
    state.join("bin/domicile")
}

/// Whether the fleet in `state` has this very build.
#[must_use]
pub fn installed(binary: &Path, state: &Path) -> bool {
    let facts = |path: &Path| fs::metadata(path).ok().and_then(|facts| Some((facts.len(), facts.modified().ok()?)));
    facts(binary).is_some_and(|built| facts(&program(state)) == Some(built))
}

fn modified(path: &Path) -> Result<SystemTime> {
    Ok(fs::metadata(path)?.modified()?)
}
