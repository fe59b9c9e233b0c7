//! A worker process of a search: trains the trials that it is given and reports each evaluation. It touches no study, no log and
//! no report, and ends with the process that started it.

use std::{
    io::Write as _,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use xp_engine::train::{
    Checkpoint, Evaluation, FitConfig, Fitted, Flow, Hooks, Outcome, TrainError, fit, predict,
    start,
};
use xp_host::worker::listen;
use xp_search::Decision;
use xp_spec::hyper::Hyperparameters;

use super::{
    outcome::Stop,
    protocol::{Order, Report, Task, TrialOutcome, TrialResult},
    trial,
};
use crate::{
    context::{Context, RunError},
    data::{self, Data},
    guard::reason::PRUNED,
    journal::{Journal, curve_point, curve_points},
};

/// How often a worker sends a heartbeat.
const HEARTBEAT: Duration = Duration::from_millis(250);
/// How often a paused one looks whether it may continue.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves a search until it is gone.
pub(crate) fn serve(context: &Context, journal: &Journal<'_>) -> Result<(), RunError> {
    let (sender, receiver) = channel();
    listen(move |line| {
        // A line of another version of the program is no order; the end of this process is the end of its search.
        if let Ok(order) = serde_json::from_str::<Order>(&line) {
            let _ = sender.send(order);
        }
    });
    let data = match data::load(context, journal) {
        Ok(data) => data,
        Err(error) => {
            send(&Report::Refused {
                message: error.to_string(),
            });
            return Err(error);
        }
    };
    send(&Report::Ready {
        spec_hash: context.hash.clone(),
    });
    let mut orders = Orders {
        receiver,
        paused: false,
        stop: None,
    };
    while let Some(order) = orders.next() {
        let Order::Trial(task) = order else {
            continue;
        };
        match train(context, &data, &task, &mut orders) {
            Ok(result) => send(&Report::Ended(result)),
            Err(message) => send(&Report::Refused { message }),
        }
    }
    Ok(())
}

/// One line for the search.
fn send(report: &Report) {
    let Ok(line) = serde_json::to_string(report) else {
        return;
    };
    let mut output = std::io::stdout().lock();
    // Where the search cannot be reached it is gone, and so is this process in a moment.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// What the search wants of a training that is in the middle of a trial; it holds for the trials after it, too.
struct Orders {
    receiver: Receiver<Order>,
    paused: bool,
    stop: Option<Stop>,
}

impl Orders {
    fn note(&mut self, order: &Order) {
        match order {
            Order::Pause => self.paused = true,
            Order::Resume => self.paused = false,
            Order::Stop(stop) => self.stop = Some(*stop),
            Order::Trial(_) | Order::Verdict { .. } => {}
        }
    }

    /// Waits for the next order; `None` where the search is gone.
    fn next(&mut self) -> Option<Order> {
        let order = self.receiver.recv().ok()?;
        self.note(&order);
        Some(order)
    }

    /// Notes the orders that have arrived.
    fn receive(&mut self) {
        while let Ok(order) = self.receiver.try_recv() {
            self.note(&order);
        }
    }
}

/// Trains one trial. A trial's death is its ending (F33); only what no other trial could do better is an error.
fn train(
    context: &Context,
    data: &Data,
    task: &Task,
    orders: &mut Orders,
) -> Result<TrialResult, String> {
    let hyper = Hyperparameters::from_assignment(&task.assignment)
        .map_err(|cause| cause.to_string())?
        .within_epochs(context.options.max_epochs, data.train.len() as u64);
    let config = context.fit_config(hyper, task.seed);
    let mut hooks = WorkerHooks {
        context,
        number: task.number,
        orders,
        heartbeat: context.clock.now(),
    };
    let mut fitted = fit_new(context, data, &config, &mut hooks);
    // Of another version of the program, say: the trial begins anew, and what was there is kept aside.
    if let Err(TrainError::Checkpoint(why)) = &fitted
        && trial::checkpoint(context, task.number).set_aside().is_ok()
    {
        hooks.warn(&format!(
            "its checkpoint cannot be used and was moved aside, the trial restarts: {why}"
        ));
        fitted = fit_new(context, data, &config, &mut hooks);
    }
    let result = fitted.and_then(|fitted| trial_result(&fitted, data));
    match result {
        Ok(result) => Ok(result),
        Err(TrainError::OutOfMemory) => Ok(died(TrialOutcome::OutOfMemory)),
        Err(error @ TrainError::Torch(_)) => Ok(died(TrialOutcome::Failed {
            message: error.to_string(),
        })),
        Err(error @ (TrainError::Data(_) | TrainError::Checkpoint(_))) => Err(error.to_string()),
    }
}

fn fit_new(
    context: &Context,
    data: &Data,
    config: &FitConfig,
    hooks: &mut WorkerHooks<'_>,
) -> Result<Fitted, TrainError> {
    let model = start(config, context.experiment.input(), &data.training())?;
    fit(model, &data.training(), config, &context.clock, hooks)
}

fn died(outcome: TrialOutcome) -> TrialResult {
    TrialResult {
        outcome,
        best_step: None,
        collapsed: false,
        flags: Vec::new(),
        curve: Vec::new(),
    }
}

fn trial_result(fitted: &Fitted, data: &Data) -> Result<TrialResult, TrainError> {
    let best = fitted.selected().map(|evaluation| evaluation.objective);
    let outcome = match (fitted.outcome, best) {
        (Outcome::Stopped(PRUNED), _) => TrialOutcome::Pruned,
        (Outcome::Stopped(reason), _) => TrialOutcome::Stopped(Stop::of_reason(reason)),
        (Outcome::Diverged, _) | (_, None) => TrialOutcome::Nan,
        (_, Some(value)) => TrialOutcome::Complete {
            value,
            probabilities: predict(&fitted.model, &data.windows, &data.val)?
                .probabilities
                .values()
                .to_vec(),
        },
    };
    Ok(TrialResult {
        outcome,
        best_step: fitted.best_step,
        collapsed: fitted.collapsed,
        flags: fitted.flags.clone(),
        curve: curve_points(&fitted.curve),
    })
}

struct WorkerHooks<'a> {
    context: &'a Context,
    number: u32,
    orders: &'a mut Orders,
    /// When the last heartbeat was sent.
    heartbeat: Instant,
}

impl Hooks for WorkerHooks<'_> {
    fn before_step(&mut self, step: u32, epoch: f64) -> Flow {
        let clock = &self.context.clock;
        loop {
            if clock.since(self.heartbeat) >= HEARTBEAT {
                self.heartbeat = clock.now();
                send(&Report::Step { step, epoch });
            }
            self.orders.receive();
            if let Some(stop) = self.orders.stop {
                return Flow::Stop(stop.reason());
            }
            if !self.orders.paused {
                return Flow::Continue;
            }
            clock.sleep(PAUSE);
        }
    }

    fn during_validation(&mut self) -> Flow {
        self.orders.receive();
        match self.orders.stop {
            Some(stop) => Flow::Stop(stop.reason()),
            None => Flow::Continue,
        }
    }

    fn after_evaluation(&mut self, evaluation: &Evaluation) -> Flow {
        send(&Report::Evaluation {
            step: evaluation.step,
            point: curve_point(evaluation),
            objective: evaluation.objective,
            samples_per_second: evaluation.samples_per_second,
        });
        loop {
            match self.orders.next() {
                Some(Order::Verdict { decision }) => {
                    return match decision {
                        Decision::Continue => Flow::Continue,
                        Decision::Prune => Flow::Stop(PRUNED),
                        Decision::Complete => Flow::StopEarly,
                    };
                }
                Some(_) => {}
                // The search is gone; this process ends in a moment.
                None => return Flow::Stop(Stop::Interrupt.reason()),
            }
        }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(trial::checkpoint(self.context, self.number))
    }

    fn resumed(&mut self, curve: &[Evaluation], step: u32) {
        send(&Report::Resumed {
            curve: curve_points(curve),
            step,
        });
    }

    fn warn(&mut self, message: &str) {
        send(&Report::Warning {
            message: message.to_owned(),
        });
    }
}
