//! A region's clusters as an operator sees them: look, and judge what was seen. Changes nothing.
//!
//! | module | holds |
//! |---|---|
//! | [`cluster`] | one look at one PostgreSQL cluster, with a time limit |
//! | [`observe`] | all clusters of a region, as its region file lists them |
//! | [`check`] | what must hold of what was seen; a pure function |

pub mod check;
pub mod cluster;
pub mod observe;
