//! The worker processes of a search: started, fed and watched. It decides neither which trial comes next nor what an end means.

use std::{
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc::{Receiver, Sender, channel},
    time::{Duration, Instant},
};

use xp_clock::Clock;
use xp_host::worker::{Event, Worker, out_of_memory_kills};
use xp_report::record::CurvePoint;

use super::{
    limits::{Measured, Verdict},
    protocol::{Order, Task},
};
use crate::context::RunError;

/// All workers.
pub(super) struct Pool {
    pub(super) slots: Vec<Slot>,
    sender: Sender<Event>,
    events: Receiver<Event>,
    next: u64,
    threads: usize,
    clock: Clock,
}

/// A worker with what it does.
pub(super) struct Slot {
    pub(super) id: u64,
    pub(super) worker: Worker,
    pub(super) state: State,
    /// Set when the search ends it for exceeding a limit.
    pub(super) verdict: Option<Verdict>,
    /// When it last sent a message, with its processor time then.
    heartbeat: (Instant, Option<Duration>),
}

pub(super) enum State {
    /// Loads its data.
    Starting,
    Idle,
    Busy(Box<Busy>),
}

/// A trial that is being trained.
pub(super) struct Busy {
    pub(super) task: Task,
    /// Steps of the whole trial.
    pub(super) steps: u32,
    pub(super) started: Instant,
    /// Time that all workers had been made to wait until then.
    pub(super) paused_before: Duration,
    /// Step and epoch of its last heartbeat.
    pub(super) position: Option<(u32, f64)>,
    /// What it has reported.
    pub(super) curve: Vec<CurvePoint>,
    /// Objective by step, with those of before it was taken over.
    pub(super) objectives: Vec<(u32, f64)>,
    /// Samples per second until each evaluation.
    pub(super) rates: Vec<f64>,
    /// Processes that the kernel had ended for want of memory when it began.
    pub(super) oom_kills: Option<u64>,
}

impl Pool {
    /// No workers yet; each will have `threads` threads.
    pub(super) fn new(threads: usize, clock: &Clock) -> Self {
        let (sender, events) = channel();
        Self {
            slots: Vec::new(),
            sender,
            events,
            next: 1,
            threads,
            clock: clock.clone(),
        }
    }

    /// Starts one more worker.
    pub(super) fn start(&mut self) -> Result<(), RunError> {
        let id = self.next;
        let worker =
            Worker::start(command(self.threads), id, self.sender.clone()).map_err(|cause| {
                RunError::Failed(format!("failed to start a worker process: {cause}"))
            })?;
        self.next += 1;
        self.slots.push(Slot {
            id,
            worker,
            state: State::Starting,
            verdict: None,
            heartbeat: (self.clock.now(), None),
        });
        Ok(())
    }

    /// The next thing that a worker did, if there is one in time.
    pub(super) fn next(&self, patience: Duration) -> Option<Event> {
        // The pool has a sender itself, so it never disconnects.
        self.clock.receive(&self.events, patience)
    }

    pub(super) fn slot(&mut self, id: u64) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.id == id)
    }

    /// Takes a worker out, to be waited for.
    pub(super) fn remove(&mut self, id: u64) -> Option<Slot> {
        let at = self.slots.iter().position(|slot| slot.id == id)?;
        Some(self.slots.remove(at))
    }

    pub(super) fn busy(&self) -> impl Iterator<Item = (&Slot, &Busy)> {
        self.slots.iter().filter_map(|slot| match &slot.state {
            State::Busy(busy) => Some((slot, busy.as_ref())),
            State::Starting | State::Idle => None,
        })
    }

    /// Ends the worker whose trial holds most memory, before the kernel chooses one of its own.
    pub(super) fn end_largest(&mut self) {
        let largest = self
            .slots
            .iter_mut()
            .filter(|slot| matches!(slot.state, State::Busy(_)) && slot.verdict.is_none())
            .filter_map(|slot| Some((slot.worker.usage()?.memory, slot)))
            .max_by_key(|(memory, _)| *memory);
        if let Some((memory, slot)) = largest {
            slot.verdict = Some(Verdict::Full(memory));
            slot.worker.kill();
        }
    }

    /// Counts the silence of every worker from now on.
    pub(super) fn note_heartbeats(&mut self, now: Instant) {
        for slot in &mut self.slots {
            slot.note_heartbeat(now);
        }
    }

    /// Sends an order to every worker. One that cannot be reached has died, which its own event says.
    pub(super) fn send_all(&mut self, order: &Order) {
        for slot in &mut self.slots {
            slot.send(order);
        }
    }
}

impl Slot {
    /// Sends an order to this worker, as [`Pool::send_all`] does all.
    pub(super) fn send(&mut self, order: &Order) {
        if let Ok(line) = serde_json::to_string(order) {
            let _ = self.worker.send(&line);
        }
    }

    /// Notes that it sent a message.
    pub(super) fn note_heartbeat(&mut self, now: Instant) {
        self.heartbeat = (now, None);
    }

    /// Measures it now; `paused` is time that all workers were made to wait so far.
    pub(super) fn measure(&mut self, clock: &Clock, paused: Duration) -> Measured {
        let usage = self.worker.usage();
        let processor = usage.map(|usage| usage.processor);
        // The first measurement after a message is what later ones are compared with.
        let since = *self
            .heartbeat
            .1
            .get_or_insert(processor.unwrap_or_default());
        Measured {
            busy: match &self.state {
                State::Busy(busy) => {
                    let waited = paused.saturating_sub(busy.paused_before);
                    clock.since(busy.started).saturating_sub(waited)
                }
                State::Starting | State::Idle => Duration::ZERO,
            },
            silent: clock.since(self.heartbeat.0),
            worked: processor.map(|now| now.saturating_sub(since)),
            usage,
        }
    }
}

impl Busy {
    pub(super) fn new(
        task: Task,
        steps: u32,
        objectives: Vec<(u32, f64)>,
        (started, paused_before): (Instant, Duration),
    ) -> Self {
        Self {
            task,
            steps,
            started,
            paused_before,
            position: None,
            curve: Vec::new(),
            objectives,
            rates: Vec::new(),
            oom_kills: out_of_memory_kills(),
        }
    }

    /// Whether the kernel has ended a process for want of memory since it began.
    pub(super) fn oom_killed(&self) -> bool {
        matches!((self.oom_kills, out_of_memory_kills()), (Some(before), Some(now)) if now > before)
    }
}

/// This program again, as a worker. `/proc/self/exe` is the file that runs, even where a build has put another one in its place.
fn command(threads: usize) -> Command {
    let running = Path::new("/proc/self/exe");
    let named = std::env::current_exe().ok();
    let program = if running.exists() {
        running.to_owned()
    } else {
        named.clone().unwrap_or_else(|| PathBuf::from("."))
    };
    let mut command = Command::new(program);
    if let Some(name) = named {
        command.arg0(name);
    }
    command
        .args(std::env::args_os().skip(1))
        .args(["--worker", &threads.to_string()]);
    command
}
