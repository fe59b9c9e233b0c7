//! Faults at the writes of a program, as in SQLite's crash tests: this library is loaded before the C library (`LD_PRELOAD`), counts each
//! change of a file below a folder, in all processes of a run, and at a chosen one kills the run or lets the change fail. The program
//! itself knows nothing of it, so what its dependencies write is counted too.
//!
//! | variable | what it is |
//! |---|---|
//! | `XP_FAULTS_BELOW` | folder whose files count, an absolute path without symbolic links; without it nothing is counted |
//! | `XP_FAULTS_RECORD` | file that gets one record for each change: [`record::LENGTH`] bytes, `operation path`, padded by spaces |
//! | `XP_FAULTS_AT` | the change at which it happens, counted from 0; without it nothing happens |
//! | `XP_FAULTS_DO` | `kill`, before the change; `tear`, after half of the bytes of a write; or the number of an error, as `5` (EIO); one for want of room (ENOSPC, EDQUOT) is met by writes only |
//! | `XP_FAULTS_TIMES` | for how many changes, from that one on, an error lasts; 1 without it |
//!
//! The run has a session of its own (`setsid`), whose leader is what is killed.
//!
//! A change is a write, a new length, a sync, a rename or a removal. Not counted is what is written to memory that is mapped to a file, as the index of
//! SQLite's log, which SQLite makes anew after a crash.

mod interpose;
mod point;
mod record;
mod settings;
