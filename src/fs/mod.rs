//! Files: platform folders, atomic writes, locks, stored state, bounded reads.

pub(crate) mod atomic_file;
pub(crate) mod dirs;
pub(crate) mod lock;
pub(crate) mod null_device;
pub(crate) mod read_limited;
pub(crate) mod state_file;
pub(crate) mod write_target;
