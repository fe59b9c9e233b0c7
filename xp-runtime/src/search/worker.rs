//! A worker process of a search: trains the trials that it is given and reports each epoch. It touches no study, no log and
//! no report, and ends with the process that started it.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use xp_host::worker::listen;
use xp_report::record::CurvePoint;
use xp_search::Decision;
use xp_spec::hyper::Hyperparameters;

use super::{
    protocol::{Ending, How, Order, Report, Stop, Task},
    trial,
};
use crate::{
    data::{self, Data},
    error::RunError,
    guard::{BLIND, HEAT, PRUNED, TIMEOUT},
    model::PatchTst,
    output::Output,
    run::Run,
    train::{
        Checkpoint, Ended, EpochReport, FitConfig, Fitted, Flow, Hooks, TrainError, fit, predict,
    },
};

/// How often a worker gives a sign of life.
const SIGN: Duration = Duration::from_millis(250);
/// How often a paused one looks whether it may go on.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves a search until it is gone.
pub(crate) fn serve(run: &Run) -> Result<(), RunError> {
    let signs = Arc::new(Signs::default());
    let (sender, orders) = channel();
    let heard = Arc::clone(&signs);
    listen(move |line| {
        // A line of another version of the program is no order.
        let Ok(order) = serde_json::from_str::<Order>(&line) else {
            return;
        };
        heard.note(&order);
        // The end of this process is the end of its search.
        let _ = sender.send(order);
    });
    let loaded = data::load(
        &run.workspace,
        &run.experiment,
        run.device,
        &Output::default(),
    );
    let data = match loaded {
        Ok(data) => data,
        Err(error) => {
            say(&Report::Refused {
                message: error.to_string(),
            });
            return Err(error);
        }
    };
    say(&Report::Ready {
        spec_hash: run.hash.clone(),
    });
    while let Ok(order) = orders.recv() {
        let Order::Trial(task) = order else {
            continue;
        };
        match train(run, &data, &task, &orders, &signs) {
            Ok(ending) => say(&Report::Ended(ending)),
            Err(message) => say(&Report::Refused { message }),
        }
    }
    Ok(())
}

/// One line for the search.
fn say(report: &Report) {
    let Ok(line) = serde_json::to_string(report) else {
        return;
    };
    let mut output = std::io::stdout().lock();
    // The search is gone where it cannot be told, and so is this process in a moment.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// What the search wants of a training that is in the middle of a batch.
#[derive(Debug, Default)]
struct Signs {
    paused: AtomicU8,
    stop: AtomicU8,
}

impl Signs {
    fn note(&self, order: &Order) {
        match order {
            Order::Pause => self.paused.store(1, Ordering::Relaxed),
            Order::Resume => self.paused.store(0, Ordering::Relaxed),
            Order::Stop(stop) => {
                let code = match stop {
                    Stop::Interrupt => 1,
                    Stop::Heat => 2,
                    Stop::Timeout => 3,
                    Stop::Blind => 4,
                };
                self.stop.store(code, Ordering::Relaxed);
            }
            Order::Trial(_) | Order::Verdict { .. } => {}
        }
    }

    fn stop(&self) -> Option<Stop> {
        match self.stop.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Stop::Interrupt),
            2 => Some(Stop::Heat),
            3 => Some(Stop::Timeout),
            _ => Some(Stop::Blind),
        }
    }

    fn paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed) != 0
    }
}

/// Trains one trial. A trial's death is its ending (F33); only what no other trial could do better is an error.
fn train(
    run: &Run,
    data: &Data,
    task: &Task,
    orders: &Receiver<Order>,
    signs: &Signs,
) -> Result<Ending, String> {
    let mut hyper =
        Hyperparameters::from_assignment(&task.assignment).map_err(|cause| cause.to_string())?;
    if let Some(most) = run.arguments.max_epochs {
        hyper.epochs = hyper.epochs.min(most);
    }
    let config = run.fit_config(hyper, task.seed);
    let mut hooks = WorkerHooks {
        run,
        number: task.number,
        orders,
        signs,
        said: Instant::now(),
    };
    let mut fitted = fit_new(run, data, &config, &mut hooks);
    // Of another version of the program, say: the trial begins anew, and what was there is kept aside.
    if let Err(TrainError::Checkpoint(why)) = &fitted
        && trial::checkpoint(run, task.number).set_aside().is_ok()
    {
        hooks.warn(&format!(
            "its checkpoint cannot be used and was put aside, it starts anew: {why}"
        ));
        fitted = fit_new(run, data, &config, &mut hooks);
    }
    let ended = fitted.and_then(|fitted| ending(&fitted, data));
    match ended {
        Ok(ending) => Ok(ending),
        Err(TrainError::OutOfMemory) => Ok(died(How::OutOfMemory)),
        Err(error @ TrainError::Torch(_)) => Ok(died(How::Failed {
            message: error.to_string(),
        })),
        Err(error @ (TrainError::Data(_) | TrainError::Checkpoint(_))) => Err(error.to_string()),
    }
}

fn fit_new(
    run: &Run,
    data: &Data,
    config: &FitConfig,
    hooks: &mut WorkerHooks<'_>,
) -> Result<Fitted, TrainError> {
    let model = PatchTst::new(
        config.hyper.architecture,
        run.experiment.input(),
        config.seed,
        run.device,
    )?
    .ok_or_else(|| TrainError::Data("no patch fits the context".to_owned()))?;
    fit(model, &data.windows, &data.train, &data.val, config, hooks)
}

fn died(how: How) -> Ending {
    Ending {
        how,
        best_epoch: None,
        collapsed: false,
        flags: Vec::new(),
        curve: Vec::new(),
    }
}

fn ending(fitted: &Fitted, data: &Data) -> Result<Ending, TrainError> {
    let best = fitted
        .curve
        .iter()
        .find(|report| Some(report.epoch) == fitted.best_epoch)
        .map(|report| report.objective);
    let how = match (fitted.ended, best) {
        (Ended::Stopped(PRUNED), _) => How::Pruned,
        (Ended::Stopped(HEAT), _) => How::Stopped(Stop::Heat),
        (Ended::Stopped(BLIND), _) => How::Stopped(Stop::Blind),
        (Ended::Stopped(TIMEOUT), _) => How::Stopped(Stop::Timeout),
        (Ended::Stopped(_), _) => How::Stopped(Stop::Interrupt),
        (Ended::Diverged, _) | (_, None) => How::Nan,
        (_, Some(value)) => How::Complete {
            value,
            probabilities: predict(&fitted.model, &data.windows, &data.val)?
                .probabilities
                .values()
                .to_vec(),
        },
    };
    Ok(Ending {
        how,
        best_epoch: fitted.best_epoch,
        collapsed: fitted.collapsed,
        flags: fitted.flags.clone(),
        curve: fitted.curve.iter().map(CurvePoint::from).collect(),
    })
}

struct WorkerHooks<'a> {
    run: &'a Run,
    number: u32,
    orders: &'a Receiver<Order>,
    signs: &'a Signs,
    said: Instant,
}

impl Hooks for WorkerHooks<'_> {
    fn before_batch(&mut self, epoch: u32, batch: u32, batches: u32) -> Flow {
        loop {
            if self.said.elapsed() >= SIGN {
                self.said = Instant::now();
                say(&Report::Batch {
                    epoch,
                    batch,
                    batches,
                });
            }
            if let Some(stop) = self.signs.stop() {
                return Flow::Stop(stop.reason());
            }
            if !self.signs.paused() {
                return Flow::Go;
            }
            thread::sleep(PAUSE);
        }
    }

    fn while_judging(&mut self) -> Flow {
        match self.signs.stop() {
            Some(stop) => Flow::Stop(stop.reason()),
            None => Flow::Go,
        }
    }

    fn after_epoch(&mut self, report: &EpochReport) -> Flow {
        say(&Report::Epoch {
            point: CurvePoint::from(report),
            objective: report.objective,
            samples_per_second: report.samples_per_second,
        });
        loop {
            match self.orders.recv() {
                Ok(Order::Verdict { decision }) => {
                    return match decision {
                        Decision::GoOn => Flow::Go,
                        Decision::Prune => Flow::Stop(PRUNED),
                        Decision::Complete => Flow::Enough,
                    };
                }
                Ok(_) => {}
                // The search is gone; this process ends in a moment.
                Err(_) => return Flow::Stop(Stop::Interrupt.reason()),
            }
        }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        Some(trial::checkpoint(self.run, self.number))
    }

    fn resumed(&mut self, curve: &[EpochReport], batches: u32) {
        say(&Report::Resumed {
            curve: curve.iter().map(CurvePoint::from).collect(),
            batches,
        });
    }

    fn warn(&mut self, message: &str) {
        say(&Report::Warning {
            message: message.to_owned(),
        });
    }
}
