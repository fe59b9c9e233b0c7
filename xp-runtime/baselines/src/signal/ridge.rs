//! Logistic regression whose penalty is chosen by cross-validation in blocks of time within train; validation stays untouched.

use std::{ops::Range, panic, thread};

use xp_metrics::log_losses;

use crate::{
    logit::{COMPARED, Logit},
    matrix::Matrix,
    rows::Rows,
    scale::Scale,
};

/// Penalties of standardised features, from one that leaves nothing but a strong signal to hardly any: a fit begins where the one before it
/// ended.
const PENALTIES: [f64; 5] = [10_000.0, 1000.0, 100.0, 10.0, 1.0];
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
        // Where one block has all samples of a class, nothing can be fitted on the others: that block decides nothing.
        let mut folds: Vec<Fold> = (0..FOLDS)
            .map(|fold| Fold::of(train, fold, overlap))
            .filter(Fold::has_both_classes)
            .collect();
        let mut best: Option<(f64, f64)> = None;
        for penalty in PENALTIES {
            let loss = held_out(&mut folds, penalty)?;
            if !loss.is_finite() {
                continue;
            }
            // The smaller a penalty, the longer its fit: those behind the first that is worse are not tried.
            if best.is_some_and(|(least, _)| loss >= least) {
                break;
            }
            best = Some((loss, penalty));
        }
        let (_, penalty) = best.ok_or("no penalty has a finite loss")?;
        let scale = Scale::of(train);
        let model = Logit::fit(&scale.rows(train), train.labels, penalty, COMPARED, None)?;
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
    pub(super) fn probabilities(&self, rows: &Rows<'_>) -> Vec<f64> {
        self.model.probabilities(&self.scale.rows(rows))
    }
}

/// One block of train held out from the others.
struct Fold {
    /// The others, without the samples whose labels overlap the block.
    rest: Matrix,
    rest_labels: Vec<f64>,
    block: Matrix,
    block_labels: Vec<f64>,
    /// The fit of the penalty before.
    model: Option<Logit>,
}

impl Fold {
    fn of(train: &Rows<'_>, fold: usize, overlap: usize) -> Self {
        let n = train.len();
        let block = fold * n / FOLDS..(fold + 1) * n / FOLDS;
        let before = 0..block.start.saturating_sub(overlap);
        let after = (block.end + overlap).min(n)..n;
        let cut = |parts: &[Range<usize>]| (values(train, parts), labels(train, parts));
        let (rest, rest_labels) = cut(&[before, after]);
        let (held, block_labels) = cut(&[block]);
        let rows = |values, labels| Rows {
            values,
            names: train.names,
            labels,
            days: &[],
        };
        let (rest, held) = (rows(&rest, &rest_labels), rows(&held, &block_labels));
        let scale = Scale::of(&rest);
        Self {
            rest: scale.rows(&rest),
            block: scale.rows(&held),
            rest_labels: rest_labels.clone(),
            block_labels: block_labels.clone(),
            model: None,
        }
    }

    fn has_both_classes(&self) -> bool {
        let is = |class: f64| move |label: &f64| *label == class;
        self.rest_labels.iter().any(is(0.0)) && self.rest_labels.iter().any(is(1.0))
    }

    /// Summed log-loss on the block.
    fn loss(&mut self, penalty: f64) -> Result<f64, String> {
        let start = self.model.as_ref();
        let model = Logit::fit(&self.rest, &self.rest_labels, penalty, COMPARED, start)?;
        let losses = log_losses(&model.probabilities(&self.block), &self.block_labels);
        self.model = Some(model);
        Ok(losses.iter().sum())
    }
}

/// Summed log-loss of a penalty over all blocks, each computed by a thread of its own.
fn held_out(folds: &mut [Fold], penalty: f64) -> Result<f64, String> {
    thread::scope(|scope| {
        let folds: Vec<_> = folds
            .iter_mut()
            .map(|fold| scope.spawn(move || fold.loss(penalty)))
            .collect();
        let join = |fold: thread::ScopedJoinHandle<'_, Result<f64, String>>| {
            fold.join()
                .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
        };
        folds.into_iter().map(join).sum()
    })
}

fn values(rows: &Rows<'_>, parts: &[Range<usize>]) -> Vec<f32> {
    let width = rows.names.len();
    let of = |part: &Range<usize>| rows.values.get(part.start * width..part.end * width);
    parts.iter().filter_map(of).flatten().copied().collect()
}

fn labels(rows: &Rows<'_>, parts: &[Range<usize>]) -> Vec<f64> {
    let of = |part: &Range<usize>| rows.labels.get(part.clone());
    parts.iter().filter_map(of).flatten().copied().collect()
}
