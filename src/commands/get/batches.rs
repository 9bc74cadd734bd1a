//! The calls of `get --batch-size`: several at once, on threads that are left behind after a
//! failure, since a thread that waits for a server cannot be interrupted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer::{Expected, Tickets};
use crate::api::get_tickets::Query;
use crate::api::response;
use crate::clock::Clock;
use crate::commands::progress::{self, Progress};
use crate::commands::transport::{Notice, notices};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::client::Client;
use crate::http::connection::call_group::CallGroup;
use crate::http::event::Event;
use crate::http::transport::Transport;
use crate::settings::plan::call::ReadyCall;
use crate::settings::plan::get::GetPlan;
use crate::ticket::column::Column;
use crate::ticket::ids::{TicketId, summary};

use super::answer::{Answer, fetch_one};

/// The time after a failure in which the batches before it may fail as well. The first of them
/// is reported, so that the same failures have the same message in every run.
const FAILURE_WINDOW: Duration = Duration::from_millis(500);

/// The threads that make the calls, and all that they share.
struct WorkerPool {
    query: Query,
    columns: Vec<Column>,
    call: Arc<ReadyCall>,
    address: Address,
    /// The number of ids in each batch but the last.
    size: usize,
    is_verbose: bool,
    clock: Clock,
    group: CallGroup,
    /// The index of the next batch.
    next: AtomicUsize,
    /// The number of elements in all answers.
    elements: AtomicUsize,
}

/// A message of a thread about the batch with this index.
enum Update {
    Notice(usize, Notice),
    Finished(usize, Box<Result<Answer>>),
}

/// Makes the calls of `plan`, as many at once as it says. Returns their answers in order.
///
/// # Errors
/// The first failure, with the ids of its batch; a failed look-up or sign-in is about no batch.
/// Other calls are given up.
pub(super) fn fetch(
    plan: &GetPlan,
    call: &Arc<ReadyCall>,
    address: Address,
    context: &mut Context<'_>,
) -> Result<Vec<Answer>> {
    let count = plan.batches().len();
    let pool = Arc::new(WorkerPool::new(plan, call, address, context));
    let progress = Progress::for_batches(context, plan.verbose, count);
    let updates = pool.start(plan.jobs.min(count))?;
    let deadline = call.network.limits.deadline();
    let mut answers: Vec<Option<Answer>> = (0..count).map(|_| None).collect();
    let (mut done, mut failure): (usize, Option<Failure>) = (0, None);
    loop {
        let is_over = match &failure {
            None => done == count,
            // Only the batches before it are waited for.
            Some(failure) => answers[..failure.index].iter().all(Option::is_some),
        };
        if is_over {
            break;
        }
        let left = failure.as_ref().map(Failure::time_left).or_else(|| deadline.remaining());
        let update = match left {
            None => updates.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(left) => updates.recv_timeout(left),
        };
        match update {
            Ok(Update::Notice(index, notice)) => {
                notice.print(context, &format!("[batch {}/{count}] ", index + 1));
            }
            Ok(Update::Finished(index, result)) => match *result {
                Ok(answer) => {
                    answers[index] = Some(answer);
                    done += 1;
                    progress.update_batches(done);
                }
                Err(_) if pool.group.is_middleware_stopped() => break,
                Err(error) => {
                    pool.next.store(count, Ordering::Relaxed);
                    let since = failure.as_ref().map_or_else(Instant::now, |first| first.since);
                    if failure.as_ref().is_none_or(|first| index < first.index) {
                        failure = Some(Failure { index, error, since });
                    }
                }
            },
            Err(RecvTimeoutError::Timeout) if failure.is_none() => {
                let index = answers.iter().position(Option::is_none).unwrap_or_default();
                failure = Some(Failure { index, error: timed_out(call), since: Instant::now() });
                break;
            }
            Err(_) => break,
        }
    }
    if done < count
        && let Some(error) = pool.group.stop_middleware()
    {
        return Err(error);
    }
    if let Some(failure) = failure {
        return Err(failure.into_error(plan, count));
    }
    let ended = || Error::new(Kind::Output, "a call ended without a result");
    answers.into_iter().collect::<Option<_>>().ok_or_else(ended)
}

/// Returns the error for calls that are not done within the limit of the command.
fn timed_out(call: &ReadyCall) -> Error {
    let limit = humantime::format_duration(call.network.limits.total.unwrap_or_default());
    Error::network(format!("not done within {limit} (--timeout)"))
        .hint("try again, with more --jobs or a smaller --batch-size, or raise the limit")
}

/// The failure of the batch `index`, after the first one at the time `since`.
struct Failure {
    index: usize,
    error: Error,
    since: Instant,
}

impl Failure {
    fn time_left(&self) -> Duration {
        FAILURE_WINDOW.saturating_sub(self.since.elapsed())
    }

    /// Returns the error with the batch of `count` that it is about, and the batch's ids.
    fn into_error(self, plan: &GetPlan, count: usize) -> Error {
        if self.error.kind() == Kind::Usage {
            return self.error;
        }
        let ids = describe(plan.batches().nth(self.index).unwrap_or_default());
        let number = self.index + 1;
        self.error.map_message(|message| format!("batch {number} of {count} ({ids}): {message}"))
    }
}

impl WorkerPool {
    fn new(plan: &GetPlan, call: &Arc<ReadyCall>, address: Address, context: &Context<'_>) -> Self {
        Self {
            query: plan.query.clone(),
            columns: plan.display.columns.clone(),
            call: Arc::clone(call),
            address,
            size: plan.batch_size,
            is_verbose: plan.verbose,
            clock: context.clock(),
            group: CallGroup::default(),
            next: AtomicUsize::new(0),
            elements: AtomicUsize::new(0),
        }
    }

    /// Starts the threads. With fewer than `jobs` it only takes longer.
    ///
    /// # Errors
    /// If none can be started.
    fn start(self: &Arc<Self>, jobs: usize) -> Result<mpsc::Receiver<Update>> {
        let (sender, updates) = mpsc::channel();
        for started in 0..jobs {
            let (pool, sender) = (Arc::clone(self), sender.clone());
            let thread = thread::Builder::new().name(format!("batches {}", started + 1));
            match thread.spawn(move || pool.work(&sender)) {
                Ok(_) => {}
                Err(_) if started > 0 => break,
                Err(error) => {
                    let message = format!("no thread can be started for the calls: {error}");
                    return Err(Error::new(Kind::Output, message));
                }
            }
        }
        Ok(updates)
    }

    /// Makes calls until there is no other batch, one fails, or nobody waits for the result.
    fn work(&self, updates: &mpsc::Sender<Update>) {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(ids) = self.query.ids.chunks(self.size).nth(index) else { return };
            let answer = self.fetch_batch(index, ids, updates);
            let is_last = answer.is_err();
            if updates.send(Update::Finished(index, Box::new(answer))).is_err() || is_last {
                return;
            }
        }
    }

    fn fetch_batch(
        &self,
        index: usize,
        ids: &[TicketId],
        updates: &mpsc::Sender<Update>,
    ) -> Result<Answer> {
        let listener = |event: &Event<'_>| {
            progress::update_batch(event);
            for notice in notices(event, self.is_verbose) {
                // After a failure nobody reads it.
                let _ = updates.send(Update::Notice(index, notice));
            }
        };
        let transport = Transport::new(&self.call.network, self.clock, &listener, None);
        let client = Client::new(&transport, self.call.middleware()).in_group(&self.group);
        let query = self.query.with_ids(ids);
        let server = (&self.call.authentication, &self.address);
        // The other calls are enough work for the processors.
        let answer = fetch_one(&client, &query, &self.columns, server, 0)?;
        self.check_elements(answer.content.json().map_or(0, Tickets::elements))?;
        Ok(answer)
    }

    /// Counts the elements of an answer. All answers together may have as many as a single one
    /// to all ids: each takes memory.
    fn check_elements(&self, elements: usize) -> Result<()> {
        let ids = self.query.ids.len();
        let most = Expected { ids, has_ids: true }.max_elements();
        if self.elements.fetch_add(elements, Ordering::Relaxed) + elements <= most {
            return Ok(());
        }
        Err(response::too_many_elements(most, ids))
    }
}

/// Describes the ids of a batch in few words.
fn describe(ids: &[TicketId]) -> String {
    let text = summary(ids.iter().map(|id| id.get().into()));
    match ids {
        [first, .., last] if text.len() > 60 => {
            format!("{} ids, from {first} to {last}", ids.len())
        }
        _ => text,
    }
}
