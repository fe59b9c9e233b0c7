//! The signal check (F48): whether the last bar's features tell anything of the label, and whether the normalisation leaves it to the model.

use xp_baselines::{Checked, Rows, TrainVal, check_signal, normalised_last_bars};
use xp_data::load::Table;
use xp_host::resources::{Finding, Severity};
use xp_metrics::{Difference, Signal};
use xp_spec::{
    architecture::Normalisation,
    experiment::Experiment,
    split::{Region, Regions},
    standardise::levels,
};

use super::data::Loaded;
use crate::context::{Context, RunError, unless_interrupted};

/// Flag of rows whose normalisation removes the signal.
pub(super) const SIGNAL_REMOVED: &str = "signal_removed";

/// Checks the signal of an experiment's data; in seconds, with 500 features too.
pub(super) fn check(
    context: &Context,
    loaded: Loaded,
) -> Result<(Finding, Option<Checked>), RunError> {
    let experiment = context.experiment.clone();
    let width = experiment.features.len();
    let found = unless_interrupted(&context.clock, move || run(&experiment, &loaded))?.ok_or_else(
        || RunError::Interrupted("interrupted in pre-flight; nothing was computed".to_owned()),
    )?;
    Ok(match found {
        Ok(checked) => (finding(width, &checked.signal), Some(checked)),
        Err(cause) => {
            let text = format!("the signal of the last bar could not be checked: {cause}");
            (Finding::new(Severity::Warning, "signal", text), None)
        }
    })
}

fn run(experiment: &Experiment, loaded: &Loaded) -> Result<Checked, String> {
    let Loaded { table, regions } = loaded;
    let width = table.names.len();
    let raw = |region: &Region| -> Vec<f32> {
        let row = |row: usize| table.values.get(row * width..(row + 1) * width);
        let rows = region.samples.iter().filter_map(|sample| row(sample.row));
        rows.flatten().copied().collect()
    };
    let raw = both(regions, raw);
    let in_window = |region: &Region| in_window(table, experiment, region);
    let (names, normalised) = match experiment.normalisation {
        Normalisation::Revin => (table.names.clone(), Some(both(regions, in_window))),
        Normalisation::RevinLevel => {
            let ends = regions.train.ends();
            let levels = levels(&table.values, width, experiment.context, ends);
            let both = both(regions, |region| {
                beside(&in_window(region), &levels, width, region)
            });
            (with_levels(&table.names), Some(both))
        }
        // A line for each feature, which the regression's own scale undoes.
        Normalisation::Zscore | Normalisation::None => (Vec::new(), None),
    };
    let labels = both(regions, |region| -> Vec<f64> {
        let label = |positive| f64::from(u8::from(positive));
        let samples = region.samples.iter();
        samples.map(|sample| label(sample.positive)).collect()
    });
    let rows = |names, (train, val)| TrainVal {
        train: of(names, train, &labels.0),
        val: of(names, val, &labels.1),
    };
    let overlap = experiment
        .horizon
        .days()
        .div_ceil(experiment.timescale.days());
    check_signal(
        rows(&table.names, (&raw.0, &raw.1)),
        normalised
            .as_ref()
            .map(|(train, val)| rows(&names, (train, val))),
        overlap as usize,
        experiment.block_length(),
    )
}

/// The last bars of a region's windows as RevIN shows them to the model, `[samples, features]`.
fn in_window(table: &Table, experiment: &Experiment, region: &Region) -> Vec<f32> {
    let rows = region.samples.iter().map(|sample| sample.row);
    let (features, context) = (table.names.len(), experiment.context as usize);
    normalised_last_bars(&table.values, features, context, experiment.channels, rows)
}

/// The last bars of a region's windows with the windows' levels, `[samples, 3 · features]`; `levels` is `[rows, features, 2]`.
fn beside(bars: &[f32], levels: &[f32], features: usize, region: &Region) -> Vec<f32> {
    let level = |row: usize| levels.get(2 * features * row..2 * features * (row + 1));
    bars.chunks_exact(features.max(1))
        .zip(&region.samples)
        .flat_map(|(bar, sample)| bar.iter().chain(level(sample.row).unwrap_or_default()))
        .copied()
        .collect()
}

/// Names of the columns of [`beside`].
fn with_levels(names: &[String]) -> Vec<String> {
    let levels = names
        .iter()
        .flat_map(|name| [format!("{name} (mean)"), format!("{name} (log sd)")]);
    names.iter().cloned().chain(levels).collect()
}

/// Of train and of validation.
fn both<T>(regions: &Regions, of: impl Fn(&Region) -> T) -> (T, T) {
    (of(&regions.train), of(&regions.val))
}

fn of<'a>(names: &'a [String], values: &'a [f32], labels: &'a [f64]) -> Rows<'a> {
    Rows {
        values,
        names,
        labels,
        days: &[],
    }
}

fn finding(features: usize, signal: &Signal) -> Finding {
    let counts = format!("n {}, {} positive", signal.n, signal.positives);
    let raw = gain(&signal.raw.difference);
    if let (true, Some(normalised)) = (signal.is_removed(), &signal.normalised) {
        let text = format!(
            "the normalisation removes the signal: on the last bar, a logistic regression gains {raw} nats over the class prior on validation, and {} as the features are normalised in the window ({counts}); use `normalisation: zscore` or `revin(level: true)`",
            gain(&normalised.difference)
        );
        return Finding::new(Severity::Warning, "signal", text);
    }
    let seen = signal.normalised.map_or_else(String::new, |normalised| {
        let gain = gain(&normalised.difference);
        format!(", {gain} as they are normalised in the window")
    });
    let found = if signal.raw.difference.is_below_zero() {
        "the last bar tells something of the label"
    } else {
        "no signal is detected on the last bar"
    };
    let text = format!(
        "{found}: a logistic regression on {features} features gains {raw} nats over the class prior on validation{seen} ({counts})"
    );
    Finding::new(Severity::Good, "signal", text)
}

/// What a loss less the class prior's is below 0, with its interval.
fn gain(difference: &Difference) -> String {
    let interval = difference.interval.map_or_else(
        || " (no interval)".to_owned(),
        |(low, high)| format!(" [{:.4}, {:.4}]", -high, -low),
    );
    format!("{:.4}{interval}", -difference.value)
}

#[cfg(test)]
mod tests {
    use xp_metrics::Gain;

    use super::*;

    /// Gains of the raw and of the normalised last bar: what is warned of, and how it is told.
    #[test]
    fn f48_a_normalisation_that_removes_the_signal_is_warned_of() {
        let gain = |value: f64, low: f64, high: f64| Gain {
            penalty: 10.0,
            loss: 0.5 - value,
            difference: Difference {
                value: -value,
                interval: Some((-high, -low)),
            },
        };
        let strong = gain(0.06, 0.02, 0.1);
        for (raw, normalised, severity, said) in [
            (
                strong,
                Some(gain(0.01, 0.0, 0.02)),
                Severity::Warning,
                "the normalisation removes the signal: on the last bar, a logistic regression gains 0.0600 [0.0200, 0.1000]",
            ),
            (
                strong,
                Some(gain(0.05, 0.01, 0.09)),
                Severity::Good,
                "the last bar tells something of the label",
            ),
            (
                strong,
                None,
                Severity::Good,
                "a logistic regression on 20 features gains 0.0600",
            ),
            (
                gain(0.06, -0.01, 0.1),
                Some(gain(0.0, -0.01, 0.01)),
                Severity::Good,
                "no signal is detected on the last bar",
            ),
        ] {
            let signal = Signal {
                n: 751,
                positives: 216,
                prior_loss: 0.5,
                raw,
                normalised,
            };
            let found = finding(20, &signal);
            assert_eq!(found.severity, severity, "{}", found.text);
            assert!(found.text.contains(said), "{}", found.text);
            assert!(found.text.contains("n 751, 216 positive"), "{}", found.text);
        }
    }
}
