//! The product as its users meet it, against real regions. One file per topic; a test names the promise it shows.

mod bad_input;
mod booking;
mod catalogue;
mod contract;
mod crash;
mod directory;
mod fence;
mod group;
mod hold;
mod idempotency;
mod isolation;
mod logs;
mod migrations;
mod node;
mod protocol;
mod routing;
mod sealing;
mod session;
mod slots;
mod startup;
mod subscription;
