//! The progress of a long call: a line at the terminal of standard error that leaves no trace.
//!
//! Before a call has taken half a second, there is no line and no thread for it. Then a thread
//! draws ten times a second. The process has one terminal, so the state is the process's.

mod activity;
mod speed;

#[cfg(unix)]
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::context::{Charset, Context};
use crate::http::connection::connector::Alarm;
use crate::http::event::Event;
use crate::output::TextStyle;
use crate::output::text::style::UNKNOWN_WIDTH;
use crate::output::text::width;
use crate::settings::resolve::progress;

use activity::{Activity, Line, PARTS};
use speed::Speed;

/// A call that takes no longer has no line.
const DELAY: Duration = Duration::from_millis(500);
/// The time between two drawings.
const INTERVAL: Duration = Duration::from_millis(100);
/// The longest wait for a terminal that takes no output, before a signal ends the process.
#[cfg(unix)]
const MAX_CLEANUP_TIME: Duration = Duration::from_millis(200);
/// The drawings in a second at most.
const FREQUENCY: u8 = 10;
/// The columns of the spinner and the blank behind it.
const SPINNER: usize = 2;
/// The minimum of columns of a bar with the blank before it.
const MIN_BAR: usize = 11;

static STATUS: Mutex<Option<Status>> = Mutex::new(None);
/// The line while it is drawn. Its lock is held while the terminal is written to, and is acquired
/// before that of the status.
static LINE: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// The state of the call under way.
struct Status {
    activity: Activity,
    speed: Speed,
    style: TextStyle,
    /// Returns the width of the terminal.
    width: fn() -> Option<usize>,
    /// The time at which the line is drawn first. It also distinguishes one call from another.
    due: Instant,
    /// True if a thread draws, or will.
    has_thread: bool,
}

/// The progress of a call, or of another long operation. Its line is cleared when it is dropped.
pub(crate) struct Progress {
    is_wanted: bool,
}

impl Progress {
    /// Starts the progress of a call, unless nobody can see it or wants it.
    pub(crate) fn for_call(context: &Context<'_>, verbose: bool) -> Self {
        let due = Instant::now() + DELAY;
        Self::start(context, verbose, due, Activity::Plain(String::new()))
    }

    /// Starts the progress of writing the file `name`. The half second is that of the command.
    pub(crate) fn for_file(context: &Context<'_>, verbose: bool, name: &str) -> Self {
        let due = (context.started + DELAY).max(Instant::now() + INTERVAL);
        let progress = Self::start(context, verbose, due, Activity::about("writing", name));
        if context.started.elapsed() >= DELAY {
            show();
        }
        progress
    }

    /// Starts the progress of `count` calls, of which several are made at once.
    pub(crate) fn for_batches(context: &Context<'_>, verbose: bool, count: usize) -> Self {
        let due = Instant::now() + DELAY;
        let activity = Activity::Batches { done: 0, count, current: None };
        let progress = Self::start(context, verbose, due, activity);
        if progress.is_wanted {
            show();
        }
        progress
    }

    /// Updates the line of several calls, of which this `number` is done.
    pub(crate) fn update_batches(&self, number: usize) {
        if self.is_wanted
            && let Some(Status { activity: Activity::Batches { done, .. }, .. }) = &mut *status()
        {
            *done = number;
        }
    }

    fn start(context: &Context<'_>, verbose: bool, due: Instant, activity: Activity) -> Self {
        let width = context.terminal.stderr_width.filter(|_| is_wanted(context, verbose));
        if let Some(width) = width {
            let style = TextStyle::for_messages(context.terminal, &context.variables);
            let (speed, has_thread) = (Speed::new(due, 0), false);
            *status() = Some(Status { activity, speed, style, width, due, has_thread });
        }
        Self { is_wanted: width.is_some() }
    }

    /// Returns the alarm for the transport of the call, which needs no thread of its own.
    pub(crate) fn alarm(&self) -> Option<Alarm> {
        self.is_wanted.then_some(Alarm { delay: DELAY, callback: show_if_due })
    }

    /// Updates the line for an event of the call.
    pub(crate) fn update(&self, event: &Event<'_>) {
        if !self.is_wanted {
            return;
        }
        if let Some(activity) = Activity::from_event(event) {
            set(activity);
        }
        // During these waits the transport may have no thread, and so no alarm.
        if matches!(event, Event::Retrying { .. } | Event::Waiting { .. }) {
            show();
        }
    }
}

/// Updates the line of several calls for an event of one of them, on any thread.
pub(crate) fn update_batch(event: &Event<'_>) {
    let Some(Status { activity: Activity::Batches { current, .. }, .. }) = &mut *status() else {
        return;
    };
    match event {
        // Most calls wait for the server or receive an answer at any time.
        Event::Sending { request, .. } if request.activity.is_none() => *current = None,
        Event::Receiving { .. } => {}
        _ => {
            if let Some(activity) = Activity::from_event(event) {
                *current = Some(Box::new(activity));
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_wanted {
            end();
        }
    }
}

/// Returns whether there is a line: a person sees it, and nothing has switched it off.
fn is_wanted(context: &Context<'_>, verbose: bool) -> bool {
    let variables = &context.variables;
    let is_never = variables.get(progress::VARIABLE).is_some_and(|value| value == progress::NEVER);
    let is_off = is_never || verbose || context.terminal.no_progress || variables.is_ci();
    context.terminal.stderr && !is_off && !variables.has_dumb_terminal()
}

/// Writes to standard error by `write`, while the line is cleared.
pub(crate) fn suspend(write: impl FnOnce()) {
    match line().as_ref() {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

/// Returns whether there may be a line, which a panic must clear itself: the thread of the panic
/// may be the one that draws.
pub(crate) fn may_have_line() -> bool {
    LINE.try_lock().map_or(true, |line| line.is_some())
}

/// Ends the call, and clears its line.
fn end() {
    *status() = None;
    if let Some(bar) = line().take() {
        bar.finish_and_clear();
    }
}

/// Clears the line before a signal ends the process, which must not wait for the terminal.
#[cfg(unix)]
fn end_by_signal() {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || {
        end();
        let _ = done.send(());
    });
    let _ = wait.recv_timeout(MAX_CLEANUP_TIME);
}

fn status() -> MutexGuard<'static, Option<Status>> {
    STATUS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn line() -> MutexGuard<'static, Option<ProgressBar>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(activity: Activity) {
    let Some(status) = &mut *status() else { return };
    let is_receiving = |activity: &Activity| matches!(activity, Activity::Receiving { .. });
    if is_receiving(&activity) && !is_receiving(&status.activity) {
        status.speed = Speed::new(Instant::now(), 0);
    }
    status.activity = activity;
}

/// Shows the line, unless the call began after the alarm was set.
fn show_if_due() {
    let is_due = |status: &Status| status.due <= Instant::now() + INTERVAL;
    let is_due = status().as_ref().is_some_and(is_due);
    if is_due {
        show();
    }
}

/// Starts the thread that draws the line, from the time on at which it is due.
fn show() {
    let mut status = status();
    let Some(status) = status.as_mut().filter(|status| !status.has_thread) else { return };
    let (thread, due) = (thread::Builder::new().name("progress".to_owned()), status.due);
    status.has_thread = thread.spawn(move || draw_until_end(due)).is_ok();
}

/// Draws the line of the call that is `due` until it ends.
fn draw_until_end(due: Instant) {
    thread::sleep(due.saturating_duration_since(Instant::now()));
    #[cfg(unix)]
    crate::signals::before_end(end_by_signal);
    while draw(due) {
        thread::sleep(INTERVAL);
    }
}

/// Draws the line once; returns false if the call is over.
fn draw(due: Instant) -> bool {
    let mut line = line();
    let (content, room, style) = {
        let mut status = status();
        let Some(status) = status.as_mut().filter(|status| status.due == due) else { return false };
        let now = Instant::now();
        if let Activity::Receiving { bytes, .. } = status.activity {
            status.speed.update(now, bytes);
        }
        let room = (status.width)().unwrap_or(UNKNOWN_WIDTH).saturating_sub(SPINNER);
        let content = status.activity.line(room, now, &status.speed, status.style.ellipsis());
        (content, room, status.style)
    };
    let bar = line.get_or_insert_with(|| {
        ProgressBar::with_draw_target(Some(PARTS), ProgressDrawTarget::stderr_with_hz(FREQUENCY))
    });
    let Line { text, done } = content;
    let done = done.filter(|_| room > width::measure(&text) + MIN_BAR);
    // Each of these is for the next drawing, which `tick` makes.
    let next = bar.clone().with_style(bar_style(done.is_some(), style.charset)).with_message(text);
    next.with_position(done.unwrap_or_default()).tick();
    true
}

/// Returns the style of a line with or without a bar.
fn bar_style(has_bar: bool, charset: Charset) -> ProgressStyle {
    let template = if has_bar { "{spinner} {msg} {wide_bar}" } else { "{spinner} {msg}" };
    let (spinner, bar) = match charset {
        Charset::Utf8 => ("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ", "━╸─"),
        Charset::Ascii => ("|/-\\ ", "=>-"),
    };
    // A template of these parts is valid.
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).tick_chars(spinner).progress_chars(bar)
}
