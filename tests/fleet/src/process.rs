//! Processes that outlive the command that started them, and the records by which exactly those are ended later.
//!
//! ```text
//! <name>.pid:  <pid> <start, clock ticks since boot> <boot id>\n
//! ```
//!
//! A pid alone would end a stranger after the number was given out again; pid, start and boot together name one process.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::wait;

/// A process that was seen alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its number.
    pub pid: u32,
    /// Its record.
    pub record: PathBuf,
}

/// How a process is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Finish what runs, then end.
    Terminate,
    /// PostgreSQL's fast shutdown.
    Interrupt,
    /// Read the configuration again.
    HangUp,
    /// At once, without a chance to tidy up.
    Kill,
}

impl Signal {
    const fn name(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Interrupt => "INT",
            Self::HangUp => "HUP",
            Self::Kill => "KILL",
        }
    }
}

/// Starts `command` in a process group of its own, its output appended to `log`, and writes its record.
///
/// # Errors
/// When it cannot be started or recorded.
pub fn start(command: &mut Command, log: &Path, record: &Path) -> Result<Running> {
    let output = OpenOptions::new().create(true).append(true).open(log).with_context(|| format!("open {}", log.display()))?;
    let child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0)
        .spawn()
        .with_context(|| format!("start {}", command.get_program().display()))?;
    adopt(child.id(), record).with_context(|| tail(log))
}

/// Writes the record of a process that runs already.
///
/// # Errors
/// When the process is gone or the record cannot be written.
pub fn adopt(pid: u32, record: &Path) -> Result<Running> {
    let Some(started) = start_of(pid) else { bail!("process {pid} ended at once") };
    fs::write(record, format!("{pid} {started} {}\n", boot()?)).with_context(|| format!("write {}", record.display()))?;
    Ok(Running { pid, record: record.to_owned() })
}

/// The process of this record, if it is still that process and alive.
#[must_use]
pub fn running(record: &Path) -> Option<Running> {
    let text = fs::read_to_string(record).ok()?;
    let mut parts = text.split_whitespace();
    let pid: u32 = parts.next()?.parse().ok()?;
    let started: u64 = parts.next()?.parse().ok()?;
    let same = start_of(pid) == Some(started) && parts.next() == boot().ok().as_deref();
    same.then(|| Running { pid, record: record.to_owned() })
}

impl Running {
    /// Whether it is still there.
    #[must_use]
    pub fn alive(&self) -> bool {
        running(&self.record).is_some_and(|found| found.pid == self.pid)
    }

    /// Whether it runs this file as it is now. For a file that was replaced the kernel names the old one as deleted.
    #[must_use]
    pub fn runs(&self, program: &Path) -> bool {
        fs::read_link(format!("/proc/{}/exe", self.pid)).is_ok_and(|running| running == program)
    }

    /// Sends a signal; a process that is gone already is no error.
    ///
    /// # Errors
    /// When the signal could not be sent to a living process.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        if !self.alive() {
            return Ok(());
        }
        let sent = Command::new("sh").args(["-c", &format!("kill -s {} {}", signal.name(), self.pid)]).stderr(Stdio::null()).status()?;
        if !sent.success() && self.alive() {
            bail!("signal {} to process {}", signal.name(), self.pid);
        }
        Ok(())
    }

    /// Ends it with `signal`, after `limit` with [`Signal::Kill`], and removes its record.
    ///
    /// # Errors
    /// When it is still there afterwards.
    pub async fn end(self, signal: Signal, limit: Duration) -> Result<()> {
        self.signal(signal)?;
        if self.gone(limit).await.is_err() {
            self.signal(Signal::Kill)?;
            self.gone(limit).await?;
        }
        fs::remove_file(&self.record).with_context(|| format!("remove {}", self.record.display()))
    }

    /// Waits until it is gone.
    ///
    /// # Errors
    /// When it is still there after `limit`.
    pub async fn gone(&self, limit: Duration) -> Result<()> {
        wait::until(&format!("end of process {}", self.pid), limit, async || Ok((!self.alive()).then_some(()))).await
    }
}

/// Processes whose working directory is `folder`: PostgreSQL's processes work in their data directory.
#[must_use]
pub fn working_in(folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| start_of(*pid).is_some() && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|at| at == folder))
        .collect()
}

/// Start of a living process in clock ticks since boot; none when it is gone or only waits to be reaped. A killed process
/// looks like that as soon as its first thread has ended; until the last one has, its ports and files are still taken.
fn start_of(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold anything; the fields after it are plain.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let is_over = matches!(fields.next()?, "Z" | "X");
    let threads: u32 = fields.nth(16)?.parse().ok()?;
    if is_over && threads <= 1 {
        return None;
    }
    fields.nth(1)?.parse().ok()
}

fn boot() -> Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// The last lines of a log, for an error message.
#[must_use]
pub fn tail(log: &Path) -> String {
    const LINES: usize = 12;
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Opens a lock file and waits until nobody else holds it; released when dropped.
///
/// # Errors
/// When the file cannot be opened or locked.
pub fn lock(path: &Path) -> Result<File> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(path).with_context(|| format!("open {}", path.display()))?;
    file.lock().with_context(|| format!("lock {}", path.display()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[tokio::test]
    async fn a_record_names_one_process_and_no_other() {
        let folder = std::env::temp_dir().join(format!("domicile-process-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let record = folder.join("sleep.pid");
        let process = start(Command::new("sleep").arg("60"), &folder.join("log"), &record).unwrap();
        let seen = running(&record);
        let text = fs::read_to_string(&record).unwrap();
        fs::write(folder.join("other.pid"), text.replacen(' ', " 1", 1)).unwrap();
        let other = running(&folder.join("other.pid"));
        process.clone().end(Signal::Terminate, Duration::from_secs(5)).await.unwrap();
        let after = (process.alive(), record.exists());
        fs::remove_dir_all(&folder).unwrap();

        assert_eq!(seen, Some(process));
        assert_eq!(other, None);
        assert_eq!(after, (false, false));
    }
}
