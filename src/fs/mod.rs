//! Files: platform folders, atomic writes, stored state, bounded reads.

pub(crate) mod atomic_file;
pub(crate) mod dirs;
pub(crate) mod read_limited;
pub(crate) mod state_file;
