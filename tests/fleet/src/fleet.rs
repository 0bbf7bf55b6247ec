//! All parts together: up, down, and what tests ask of a running fleet.

use std::fs;
use std::net::TcpListener;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::future::try_join_all;
use platform::random::{Random, SystemRandom};

use crate::account::{self, Account};
use crate::cluster;
use crate::node::{self, NodeOptions, NodeProcess, Ready, Service};
use crate::pair::Pair;
use crate::place::{self, Options, Remembered};
use crate::plan::{PairPlan, Plan, RegionPlan};
use crate::process;
use crate::region_files::{self, RegionFile};
use crate::secrets::{self, Login};
use crate::settings::{self, NodeSettings};
use crate::{certificates, ending, seed};

/// Ports of further nodes: below those that the system gives to outgoing connections, one of which could take a killed
/// node's port before that node starts again.
const EXTRA_PORTS: Range<u16> = 20_000..32_000;
const EXTRA_PORT_TRIES: u32 = 100;

/// A fleet whose state is known; after [`Fleet::up`] it runs.
#[derive(Debug)]
pub struct Fleet {
    options: Options,
    account: Account,
    files: Vec<RegionFile>,
    /// Its parts.
    pub plan: Plan,
    http: reqwest::Client,
}

/// Connection URLs of one pair's primary and standby.
#[derive(Debug, Clone)]
pub struct DatabaseUrls {
    /// `postgres` on the primary.
    pub superuser: String,
    /// `domicile_owner` on the primary.
    pub owner: String,
    /// The serving role on the primary.
    pub app: String,
    /// `postgres` on the standby.
    pub standby: String,
}

impl Fleet {
    /// The fleet that tests share, as [`Options::from_env`] describes it; started where it does not run.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn open() -> Result<Self> {
        let options = Options::from_env()?;
        if let Ok(fleet) = Self::attach(options.clone())
            && fleet.runs_as(&options)
        {
            return Ok(fleet);
        }
        Self::up(options, false).await
    }

    /// Starts what does not run and restarts nodes whose program or configuration changed. `fresh` starts over with nothing.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn up(options: Options, fresh: bool) -> Result<Self> {
        let account = Account::find()?;
        let place = place::prepare(&options.state, &account)?;
        let _lock = process::lock(&place::lock_file(&place.folder))?;
        let remembered = Remembered::from(&options);
        let moved = place::remembered(&place.folder).is_some_and(|last| last.port_base != remembered.port_base);
        if fresh || place.stale || moved {
            ending::end_all(&place.folder).await?;
        }
        if fresh || place.stale {
            place::wipe(&place.folder)?;
        }
        place::remember(&place.folder, &remembered)?;
        let fleet = Self::describe(options, account, &place.folder)?;
        fleet.start().await?;
        Ok(fleet)
    }

    /// A fleet that was started before, without starting anything.
    ///
    /// # Errors
    /// When there is none.
    pub fn attach(mut options: Options) -> Result<Self> {
        let folder = place::existing(&options.state).with_context(|| format!("no fleet was started in {}", options.state.display()))?;
        let remembered = place::remembered(&folder).context("the fleet's settings cannot be read")?;
        options.port_base = remembered.port_base;
        options.bcrypt_cost = remembered.bcrypt_cost;
        options.graphiql = remembered.graphiql;
        Self::describe(options, Account::find()?, &folder)
    }

    /// Whether every part runs, with these options and the program as it was built last.
    fn runs_as(&self, options: &Options) -> bool {
        let state = &self.plan.state;
        let nodes = self.plan.regions.iter().all(|region| self.node(region).running().is_some());
        place::remembered(state) == Some(Remembered::from(options))
            && node::installed(&options.binary, state)
            && nodes
            && self.control().running().is_some()
            && self.clusters().iter().all(|cluster| cluster.running().is_some())
    }

    fn describe(options: Options, account: Account, folder: &Path) -> Result<Self> {
        // Refused when somebody installed it before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let files = region_files::read(&options.regions)?;
        let regions: Vec<_> = files.iter().map(|file| (file.number, file.code.clone())).collect();
        let plan = Plan::new(folder, options.port_base, &regions)?;
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
        Ok(Self { options, account, files, plan, http })
    }

    async fn start(&self) -> Result<()> {
        let state = &self.plan.state;
        secrets::make(&self.plan)?;
        certificates::make(&self.plan)?;
        region_files::write_local(&self.plan, &self.files)?;
        let binary = node::install(&self.options.binary, state)?;
        for folder in self.plan.regions.iter().map(|region| &region.folder).chain([&self.plan.control.folder]) {
            place::open_folder(folder)?;
        }
        try_join_all(self.plan.pairs().map(|plan| self.pair_up(plan))).await?;
        self.migrate(&binary).await?;
        self.start_control().await?;
        try_join_all(self.plan.regions.iter().map(|region| self.start_node(&region.code))).await?;
        Ok(())
    }

    async fn pair_up(&self, plan: &PairPlan) -> Result<()> {
        Pair::new(plan, self.account).up().await
    }

    /// One file per region, so that no file names the owners of two regions; all at the same time.
    async fn migrate(&self, binary: &Path) -> Result<()> {
        let control = (self.plan.control.folder.clone(), vec![&self.plan.control]);
        let regions = self.plan.regions.iter().map(|region| (region.folder.clone(), vec![&region.shard, &region.key_store]));
        let runs = regions.chain([control]).map(|(folder, pairs)| async move {
            let file = folder.join("migrate.toml");
            secrets::write_private(&file, &toml::to_string(&settings::migrate(&self.plan, &pairs)?)?)?;
            let mut command = std::process::Command::new(binary);
            command.arg("migrate").arg("--config").arg(&file);
            account::run(command, &format!("migrate as {}", file.display())).await
        });
        try_join_all(runs).await?;
        for region in &self.plan.regions {
            let observer = settings::observer(&self.plan, region)?;
            secrets::write_private(&region.folder.join("observer.toml"), &toml::to_string(&observer)?)?;
        }
        Ok(())
    }

    /// Ends every process of the fleet in `state`, and nothing else. Returns how many there were.
    ///
    /// # Errors
    /// When one does not end.
    pub async fn down(state: &Path) -> Result<usize> {
        let Some(folder) = place::existing(state) else { return Ok(0) };
        let _lock = process::lock(&place::lock_file(&folder))?;
        ending::end_all(&folder).await
    }

    /// The codes of its regions, by number.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.plan.regions.iter().map(|region| region.code.as_str())
    }

    /// A region's GraphQL endpoint.
    ///
    /// # Errors
    /// When there is no such region.
    pub fn api_url(&self, code: &str) -> Result<String> {
        Ok(format!("http://localhost:{}/graphql", self.plan.region(code)?.api_port))
    }

    /// Where a region's node takes forwarded requests.
    ///
    /// # Errors
    /// When there is no such region.
    pub fn peer_url(&self, code: &str) -> Result<String> {
        Ok(format!("https://localhost:{}", self.plan.region(code)?.peer_port))
    }

    /// A client with the certificate of this region's node (or of `control`), for peer and control listeners.
    ///
    /// # Errors
    /// When its certificate cannot be read.
    pub fn peer(&self, owner: &str) -> Result<reqwest::Client> {
        let papers = certificates::papers(&self.plan.state, owner);
        let mut identity = fs::read(&papers.certificate).with_context(|| format!("read {}", papers.certificate.display()))?;
        identity.extend(fs::read(&papers.key)?);
        Ok(reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .identity(reqwest::Identity::from_pem(&identity)?)
            .tls_certs_only([reqwest::Certificate::from_pem(&fs::read(&papers.ca)?)?])
            .build()?)
    }

    /// Where control answers.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("https://localhost:{}", self.plan.control_port)
    }

    /// A client without a certificate.
    #[must_use]
    pub const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Starts control and waits until it serves.
    ///
    /// # Errors
    /// When it does not.
    pub async fn start_control(&self) -> Result<()> {
        let control = self.control();
        control.start(&settings::control(&self.plan)?).await?;
        control.wait_ready(&self.http).await
    }

    /// Stops control.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop_control(&self) -> Result<()> {
        self.control().stop().await
    }

    /// Starts a region's node and waits until it serves.
    ///
    /// # Errors
    /// When it does not.
    pub async fn start_node(&self, code: &str) -> Result<()> {
        let region = self.plan.region(code)?;
        let node = self.node(region);
        let settings = self.node_settings(region.api_port, region.peer_port);
        node.start(&settings::node(&self.plan, region, &settings)?).await?;
        node.wait_ready(&self.http).await
    }

    /// Stops a region's node.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop_node(&self, code: &str) -> Result<()> {
        self.node(self.plan.region(code)?).stop().await
    }

    /// Ends a region's node as a crash would.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn kill_node(&self, code: &str) -> Result<()> {
        self.node(self.plan.region(code)?).kill().await
    }

    /// A further node of a region, on free ports, ready to serve.
    ///
    /// # Errors
    /// When it does not serve; the message holds the end of its log, so a test of a refused configuration reads it there.
    pub async fn extra_node(&self, code: &str, options: NodeOptions) -> Result<NodeProcess> {
        let region = self.plan.region(code)?;
        let (api_port, peer_port) = two_free_ports()?;
        let mut config = settings::node(&self.plan, region, &self.node_settings(api_port, peer_port))?;
        settings::merge(&mut config, options.settings);
        let folder = region.node_folder().join(format!("extra-{api_port}"));
        let node =
            NodeProcess { service: self.service("node", "serve", folder, vec![api_port, peer_port]), http: self.http.clone(), api_port };
        node.service.start(&config).await?;
        node.service.wait_ready(&self.http).await?;
        Ok(node)
    }

    /// A region's shard.
    ///
    /// # Errors
    /// When there is no such region.
    pub fn database(&self, code: &str) -> Result<DatabaseUrls> {
        urls(&self.plan.region(code)?.shard)
    }

    /// A region's key store.
    ///
    /// # Errors
    /// When there is no such region.
    pub fn key_store(&self, code: &str) -> Result<DatabaseUrls> {
        urls(&self.plan.region(code)?.key_store)
    }

    /// The directory's database.
    ///
    /// # Errors
    /// When its secrets cannot be read.
    pub fn control_database(&self) -> Result<DatabaseUrls> {
        urls(&self.plan.control)
    }

    /// Every file of the two sites of a region (or of `control`): data, log of changes, logs, configuration. For searching
    /// them for bytes (R1).
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn site_files(&self, owner: &str) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let folder = if owner == self.plan.control.owner { &self.plan.control.folder } else { &self.plan.region(owner)?.folder };
        collect(folder, &mut files)?;
        Ok(files)
    }

    /// Makes the demo tenants, or signs in to them.
    ///
    /// # Errors
    /// When an operation is refused.
    pub async fn seed(&self) -> Result<Vec<seed::Demo>> {
        let regions: Vec<_> = self.regions().map(|code| Ok((code.to_owned(), self.api_url(code)?))).collect::<Result<_>>()?;
        try_join_all(regions.iter().map(|(code, url)| seed::demo(&self.http, code, url))).await
    }

    /// Every process of the fleet: name, process.
    pub(crate) fn control(&self) -> Service {
        Service {
            ready: Ready::Port(self.plan.control_port),
            ..self.service("control", "control", self.plan.control.folder.join("primary"), vec![self.plan.control_port])
        }
    }

    pub(crate) fn node(&self, region: &RegionPlan) -> Service {
        self.service("node", "serve", region.node_folder(), vec![region.api_port, region.peer_port])
    }

    pub(crate) fn clusters(&self) -> Vec<cluster::Cluster> {
        let pairs = self.plan.pairs().map(|plan| Pair::new(plan, self.account));
        pairs.flat_map(|pair| [pair.primary, pair.secondary]).collect()
    }

    fn service(&self, name: &'static str, subcommand: &'static str, folder: PathBuf, ports: Vec<u16>) -> Service {
        let ready = Ready::Http(format!("http://127.0.0.1:{}/health/ready", ports.first().copied().unwrap_or_default()));
        Service { name, subcommand, folder, binary: node::program(&self.plan.state), ports, ready }
    }

    fn node_settings(&self, api_port: u16, peer_port: u16) -> NodeSettings {
        NodeSettings { api_port, peer_port, bcrypt_cost: self.options.bcrypt_cost, graphiql: self.options.graphiql.clone() }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn urls(pair: &PairPlan) -> Result<DatabaseUrls> {
    let url = |user: &str, login, port| {
        let password = secrets::password(pair, login)?;
        Ok::<_, anyhow::Error>(format!("postgres://{user}:{password}@127.0.0.1:{port}/{}", settings::DATABASE))
    };
    Ok(DatabaseUrls {
        superuser: url("postgres", Login::Superuser, pair.port)?,
        owner: url("domicile_owner", Login::Owner, pair.port)?,
        app: url(pair.purpose.app_role(), Login::App, pair.port)?,
        standby: url("postgres", Login::Superuser, pair.port + 1)?,
    })
}

/// Both held until both are known, so that they differ.
fn two_free_ports() -> Result<(u16, u16)> {
    let (first, second) = (free_port()?, free_port()?);
    Ok((first.local_addr()?.port(), second.local_addr()?.port()))
}

fn free_port() -> Result<TcpListener> {
    for _ in 0..EXTRA_PORT_TRIES {
        let mut bytes = [0; 2];
        SystemRandom.fill(&mut bytes);
        let port = EXTRA_PORTS.start + u16::from_ne_bytes(bytes) % (EXTRA_PORTS.end - EXTRA_PORTS.start);
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return Ok(listener);
        }
    }
    bail!("no port of {EXTRA_PORTS:?} is free")
}
