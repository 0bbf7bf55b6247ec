//! The product as its users meet it, against real regions. One file per topic; a test names the promise it shows.

mod booking;
mod contract;
mod directory;
mod group;
mod hold;
mod idempotency;
mod logs;
mod protocol;
mod routing;
mod session;
mod slots;
mod subscription;
