//! How long a run will take and what energy it needs, estimated before it starts, with what the numbers rest on: earlier runs of the log, a
//! few steps on this machine, or estimated rates.

use xp_host::resources::{Finding, Severity};
use xp_report::log::LogRow;
use xp_spec::{duration::readable, epoch::steps_within, experiment::Run, plan::Plan};

use super::{
    largest::Largest,
    measured::measured,
    rate::{self, Rate},
    resolve::Resolved,
    samples::Samples,
};
use crate::context::Context;

/// Share of an earlier run's throughput below which a few steps say that the machine is not what it was (F45): they are few, and another
/// batch size alone makes a fifth.
const SLOWED: f64 = 1.0 / 3.0;

/// The line of pre-flight; a warning where nothing can be told.
pub(super) fn finding(
    context: &Context,
    of: (Option<&Resolved>, Option<Samples>),
    largest: Option<&Largest>,
    rows: &[LogRow],
) -> Finding {
    let estimate = largest
        .zip(work(context, of))
        .and_then(|(largest, samples)| {
            let (earlier, now) = (
                rate::earlier(context, largest, rows),
                measured(context, largest),
            );
            let slow = earlier.as_ref().zip(now.as_ref()).and_then(slowed);
            // What a slow machine does now is nearer to what will come than what it did once.
            let power = now.as_ref().and_then(|now| now.power);
            let known = match earlier {
                Some(earlier) if slow.is_none() => Some(Rate {
                    power,
                    validated: now.map_or(earlier.validated, |now| now.validated),
                    ..earlier
                }),
                _ => now,
            };
            let rate = known.or_else(|| rate::estimated(context, largest))?;
            Some((text(context, &rate, samples), slow))
        });
    match estimate {
        Some((text, None)) => Finding::new(Severity::Good, "expected", text),
        Some((text, Some(slow))) => {
            Finding::new(Severity::Warning, "expected", format!("{text}; {slow}"))
        }
        None => Finding::new(
            Severity::Warning,
            "expected",
            "unknown: there is no shape or no data yet",
        ),
    }
}

/// The warning where the machine is far slower than in an earlier run.
fn slowed((earlier, now): (&Rate, &Rate)) -> Option<String> {
    (now.samples_per_second < SLOWED * earlier.samples_per_second).then(|| {
        format!(
            "slow: {:.0} samples/s {}; is another program on this machine's cores, or are they throttled?",
            earlier.samples_per_second, earlier.basis
        )
    })
}

/// Samples that are trained on and validated at most.
fn work(
    context: &Context,
    (resolved, samples): (Option<&Resolved>, Option<Samples>),
) -> Option<(f64, f64)> {
    let Samples { train, val } = samples?;
    let (experiment, options) = (&context.experiment, &context.options);
    let (steps, batch_size) = match resolved {
        Some(Resolved { hyper, .. }) => (hyper.steps, hyper.batch_size),
        None => (
            u32::try_from(experiment.most_steps()?).ok()?,
            u32::try_from(experiment.largest_step()?).ok()?,
        ),
    };
    let steps = steps_within(steps, options.max_epochs, train, batch_size);
    let plan =
        Plan::of((steps, batch_size), experiment.training.evaluate, train).cut(options.max_steps);
    let validated = f64::from(plan.evaluations()) * val as f64;
    let trainings = experiment.trainings() as f64;
    Some((trainings * plan.trained() as f64, trainings * validated))
}

fn text(context: &Context, rate: &Rate, samples: (f64, f64)) -> String {
    let jobs = context.workers.jobs as f64;
    let mut seconds = rate.seconds(samples) / jobs;
    let mut bound = "";
    if let Run::Hpo(hpo) = &context.experiment.run {
        let most = hpo.timeout_seconds as f64;
        bound = "at most ";
        if seconds > most {
            seconds = most;
            bound = "the timeout of ";
        }
    }
    // Measured with one job.
    let energy = match rate.power.filter(|_| context.workers.jobs == 1) {
        Some((watts, source)) => format!(
            "about {:.2} kWh at {watts:.0} W ({source})",
            watts * seconds / 3.6e6
        ),
        None => "energy unknown".to_owned(),
    };
    format!(
        "{bound}{} on an idle machine, at {:.0} samples/s{} ({}); baselines and the report not counted; {energy}",
        readable(seconds),
        rate.samples_per_second,
        if jobs > 1.0 { " of each job" } else { "" },
        rate.basis
    )
}

#[cfg(test)]
mod tests {
    use super::{Rate, rate::FORWARD, slowed};

    #[test]
    fn a_machine_slower_than_it_was_is_told() {
        let rate = |samples_per_second, basis: &str| Rate {
            samples_per_second,
            basis: basis.to_owned(),
            validated: FORWARD,
            power: None,
        };
        let earlier = rate(1200.0, "as in run 7");
        // Twelve times slower, as in F45; another batch size or a short measurement is not it.
        let said = slowed((&earlier, &rate(100.0, ""))).unwrap_or_default();
        assert!(
            said.starts_with("slow: 1200 samples/s as in run 7; "),
            "{said}"
        );
        assert_eq!(slowed((&earlier, &rate(500.0, ""))), None);
    }
}
