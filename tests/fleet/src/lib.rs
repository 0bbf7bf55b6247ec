//! Real local regions: for each file in `regions/` a PostgreSQL pair for the shard, one for the key store, and one API node;
//! beside them the directory's authority with its own pair. Used by `scripts/up` and by the tests.
//!
//! Everything that runs here is the real thing with the production settings of `infra/postgres`; only addresses are local.
//! Holds no list of regions and no rule of the product.
//!
//! | module | holds |
//! |---|---|
//! | [`plan`] | which parts a fleet has, where they live, on which ports |
//! | [`place`] | the state directory: where it may be, its lock, its settings |
//! | [`process`] | started processes and their records; ending exactly those |
//! | [`account`], [`cluster`], [`pair`] | PostgreSQL: whom it runs as, one cluster, a primary with its standby |
//! | [`secrets`], [`certificates`], [`region_files`], [`settings`] | what is written for the processes of `domicile` |
//! | [`node`], [`fleet`], [`ending`] | the processes of `domicile`; all of it together; ending it |
//! | [`graphql`], [`seed`], [`welcome`] | the demo tenants, made through the public API |

pub mod account;
pub mod certificates;
pub mod cluster;
pub mod ending;
pub mod fleet;
pub mod graphql;
pub mod node;
pub mod pair;
pub mod place;
pub mod plan;
pub mod process;
pub mod region_files;
pub mod secrets;
pub mod seed;
pub mod settings;
pub mod status;
pub mod wait;
pub mod welcome;

pub use fleet::Fleet;
pub use node::{NodeOptions, NodeProcess};
pub use place::Options;
