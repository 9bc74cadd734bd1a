//! Releases: the workflow, the packaging of archives, and the installers that look for them by name
//! agree.
#![cfg(unix)]

mod archives;
mod check;
mod fresh_machine;
mod installers;
mod licenses;
mod release;
mod workflow;
