//! The binary `domicile`: configuration, wiring, command line. No rule of the product lives here.

pub mod cli;
pub mod config;
pub mod node;
pub mod stop;
pub mod wiring;
