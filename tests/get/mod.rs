//! `sotickets get`: tickets, columns, and output.

mod batches;
mod deadlines;
mod disk_and_pipe;
mod dry_run;
mod dry_run_script;
mod id_inputs;
mod ids;
mod memory;
mod merged;
mod missing;
mod odd_ids;
mod out_file;
mod out_file_ending;
mod select;
mod timezones;
