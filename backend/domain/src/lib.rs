//! The rules of Domicile: pure functions and checked types. No I/O, no clock, no randomness, no async.
//!
//! | module | holds |
//! |---|---|
//! | [`ids`] | one type per id and its text form |
//! | [`time`], [`clock`] | half-open intervals; time as an argument |
//! | [`region`], [`tenant`] | where data may live; the directory's entry of a tenant |
//! | [`staff`], [`customer`] | people, roles and what each role may do |
//! | [`schedule`], [`service`], [`slots`] | hours, what is booked, which starts are offered |
//! | [`field`] | the questions a service asks and the check of their answers |
//! | [`booking`] | states of a booking and the legal moves between them |
//! | [`password`], [`token`] | the password policy; the text form of tokens |
//! | [`refusal`] | the expected "no" that a client can show |

pub mod booking;
pub mod clock;
pub mod customer;
pub mod field;
pub mod ids;
pub mod password;
pub mod refusal;
pub mod region;
pub mod schedule;
pub mod service;
pub mod slots;
pub mod staff;
pub mod tenant;
pub mod time;
pub mod token;
