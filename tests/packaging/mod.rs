//! What a release is made of: the workflow, what packs an archive, and whoever looks for
//! one by its name agree.
#![cfg(unix)]

mod archives;
mod check;
mod fresh_machine;
mod installers;
mod release;
mod workflow;
