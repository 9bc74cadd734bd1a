//! Files: platform folders, atomic writes, bounded reads.

pub mod atomic_file;
pub mod dirs;
pub mod read_limited;
pub mod state_file;
