//! The ids of a command: arguments, standard input and a file.

use std::io::{self, Read};
use std::path::Path;

use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::fs::read_limited::open_file;
use crate::ticket::ids::{self, IdList, TicketId};

/// The argument for standard input.
const STDIN: &str = "-";

/// The sources of the ids.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdSources<'a> {
    /// The arguments.
    pub(crate) arguments: &'a [String],
    /// The file of `--ids-file`.
    pub(crate) file: Option<&'a Path>,
    /// The most ids.
    pub(crate) limit: usize,
}

/// The most ids of a call without `--max-ids`, and of all calls with `--batch-size`.
const MAX_IDS: usize = 10_000;
const MAX_IDS_IN_BATCHES: usize = 1_000_000;

impl<'a> IdSources<'a> {
    /// Returns the sources of `get`.
    pub(crate) fn for_get(args: &'a GetArgs) -> Self {
        let usual = if args.batch_size.is_some() { MAX_IDS_IN_BATCHES } else { MAX_IDS };
        let limit = args.max_ids.unwrap_or(usual);
        Self { arguments: &args.ids, file: args.ids_file.as_deref(), limit }
    }

    /// Returns the arguments that read ids from standard input.
    pub(crate) fn stdin_origins(&self) -> impl Iterator<Item = String> {
        let ids = self.arguments.iter().filter(|id| *id == STDIN);
        let file = self.file.into_iter().filter(|path| path.as_os_str() == STDIN);
        let file = file.map(|_| "--ids-file -".to_owned());
        ids.map(|_| "the ids of -".to_owned()).chain(file)
    }

    /// Checks the ids of the arguments, before anything is read.
    pub(crate) fn check(&self) -> Result<()> {
        if self.arguments.is_empty() && self.file.is_none() {
            return Err(no_ids());
        }
        let mut list = IdList::new(self.limit);
        let ids = self.arguments.iter().filter(|id| *id != STDIN);
        ids.for_each(|id| list.add_argument(id));
        list.into_ids().map(drop)
    }

    /// Reads the ids, in the order of the arguments and then of the file.
    pub(crate) fn read(
        &self,
        deadline: &Deadline,
        context: &mut Context<'_>,
    ) -> Result<Vec<TicketId>> {
        let mut list = IdList::new(self.limit);
        for argument in self.arguments {
            if argument == STDIN {
                list = read_stdin(list, deadline, context)?;
            } else {
                list.add_argument(argument);
            }
        }
        match self.file {
            Some(path) if path.as_os_str() == STDIN => list = read_stdin(list, deadline, context)?,
            Some(path) => {
                let name = escape::excerpt(&path.to_string_lossy(), 80);
                let file = path.to_owned();
                let open = move || open_file(&file);
                list = read_input(list, &name, &format!("--ids-file {name}"), open, deadline)?;
            }
            None => {}
        }
        list.into_ids()
    }
}

/// Returns the error for a command line without ids.
pub(crate) fn no_ids() -> Error {
    Error::usage("no ticket id is given")
        .hint("sotickets get 839 249, or - for ids from standard input")
}

fn read_stdin(list: IdList, deadline: &Deadline, context: &mut Context<'_>) -> Result<IdList> {
    let stdin = context.take_stdin();
    read_input(list, "standard input", "standard input", move || Ok(stdin), deadline)
}

/// Adds the ids of an input, called `name`; `origin` is for errors of the system.
fn read_input<R: Read>(
    mut list: IdList,
    name: &str,
    origin: &str,
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    deadline: &Deadline,
) -> Result<IdList> {
    let name = name.to_owned();
    let read = move || {
        ids::read_input(&mut list, &name, open()?);
        Ok(list)
    };
    deadline.run(read).map_err(|error| {
        let failed = Error::usage(format!("{origin}: {error}"));
        match error.kind() {
            io::ErrorKind::TimedOut => failed.hint("an input has to end; nothing was sent"),
            _ => failed,
        }
    })
}
