//! Logistic regression whose penalty is chosen by cross-validation in blocks of time within train; validation stays untouched.

use std::{ops::Range, panic, thread};

use xp_metrics::log_losses;

use crate::{logit::Logit, rows::Rows, scale::Scale};

/// Penalties of standardised features, from hardly any to one that leaves nothing but a strong signal.
const PENALTIES: [f64; 4] = [10.0, 100.0, 1000.0, 10_000.0];
/// Blocks of train, each held out once.
const FOLDS: usize = 4;

/// A fitted regression.
pub(super) struct Ridge {
    scale: Scale,
    model: Logit,
    penalty: f64,
}

impl Ridge {
    /// Chooses the penalty within train and fits on all of it.
    pub(super) fn fit(train: &Rows<'_>, overlap: usize) -> Result<Self, String> {
        // One fold a thread: with 500 features a fit takes a second.
        let folds: Result<Vec<_>, String> = thread::scope(|scope| {
            let spawn = |fold| scope.spawn(move || held_out(train, fold, overlap));
            // All are started before one is waited for.
            let folds: Vec<_> = (0..FOLDS).map(spawn).collect();
            let join = |fold: thread::ScopedJoinHandle<'_, Result<Vec<f64>, String>>| {
                fold.join()
                    .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
            };
            folds.into_iter().map(join).collect()
        });
        let folds = folds?;
        let total =
            |position: usize| -> f64 { folds.iter().filter_map(|fold| fold.get(position)).sum() };
        let (_, penalty) = (0..)
            .zip(PENALTIES)
            .map(|(position, penalty)| (total(position), penalty))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .ok_or("there is no penalty")?;
        let scale = Scale::of(train);
        let model = Logit::fit(&scale.matrix(train)?, train.labels, penalty)?;
        Ok(Self {
            scale,
            model,
            penalty,
        })
    }

    pub(super) fn penalty(&self) -> f64 {
        self.penalty
    }

    /// Probabilities of rows.
    pub(super) fn probabilities(&self, rows: &Rows<'_>) -> Result<Vec<f64>, String> {
        Ok(self.model.probabilities(&self.scale.matrix(rows)?))
    }
}

/// Summed log-loss of each penalty on one block, fitted on the others without the samples whose labels overlap it.
fn held_out(train: &Rows<'_>, fold: usize, overlap: usize) -> Result<Vec<f64>, String> {
    let n = train.len();
    let block = fold * n / FOLDS..(fold + 1) * n / FOLDS;
    let before = 0..block.start.saturating_sub(overlap);
    let after = (block.end + overlap).min(n)..n;
    let (values, labels) = (
        values(train, [&before, &after]),
        labels(train, [&before, &after]),
    );
    let rest = Rows {
        values: &values,
        names: train.names,
        labels: &labels,
        days: &[],
    };
    let width = train.names.len();
    let held = Rows {
        values: train
            .values
            .get(block.start * width..block.end * width)
            .unwrap_or_default(),
        names: train.names,
        labels: train.labels.get(block).unwrap_or_default(),
        days: &[],
    };
    let scale = Scale::of(&rest);
    let (fit_on, judged) = (scale.matrix(&rest)?, scale.matrix(&held)?);
    PENALTIES
        .iter()
        .map(|&penalty| {
            let probabilities = Logit::fit(&fit_on, &labels, penalty)?.probabilities(&judged);
            Ok(log_losses(&probabilities, held.labels).iter().sum())
        })
        .collect()
}

fn values(rows: &Rows<'_>, parts: [&Range<usize>; 2]) -> Vec<f32> {
    let width = rows.names.len();
    let of = |part: &Range<usize>| rows.values.get(part.start * width..part.end * width);
    parts
        .into_iter()
        .filter_map(of)
        .flatten()
        .copied()
        .collect()
}

fn labels(rows: &Rows<'_>, parts: [&Range<usize>; 2]) -> Vec<f64> {
    let of = |part: &Range<usize>| rows.labels.get(part.clone());
    parts
        .into_iter()
        .filter_map(of)
        .flatten()
        .copied()
        .collect()
}
