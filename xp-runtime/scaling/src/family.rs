//! Laws that are judged together: their scatter is pooled over tasks, and their verdicts are corrected for their number.

use rayon::prelude::*;

use super::{
    curvature::{curvature, no_power_law, parabola},
    exponent::exponent,
    held_out::held_out,
    holm::holm,
    law::Law,
    measured::Measured,
    points::Study,
    pooled::{Scatter, Squares, pooled},
    power::power_law,
    prediction::Prediction,
    profile::profiled,
    saturating::saturating,
    verdict::{Missing, Verdict, verdict},
};

/// The tasks of one study by one loss: their sizes are expected to scatter alike.
pub type Group = Vec<Study>;

/// The laws of several groups, in their order, or what each is missing. All verdicts are corrected together (Holm).
pub fn family(groups: &[Group]) -> Vec<Vec<Result<Law, Missing>>> {
    judged(groups, Curves::Fitted)
}

/// Whether the form with an irreducible loss is fitted, which takes longer than all else and has no part in verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curves {
    Fitted,
    LeftOut,
}

/// [`family`] with or without the form with an irreducible loss.
pub(crate) fn judged(groups: &[Group], curves: Curves) -> Vec<Vec<Result<Law, Missing>>> {
    let mut laws: Vec<Vec<Result<Law, Missing>>> =
        groups.par_iter().map(|group| one(group, curves)).collect();
    let mut found: Vec<&mut Law> = laws.iter_mut().flatten().flatten().collect();
    let p: Vec<f64> = found.iter().map(|law| law.alpha.p).collect();
    for (law, adjusted) in found.iter_mut().zip(holm(&p)) {
        law.alpha.adjusted = adjusted;
        law.verdicts = p.len();
        let why = match law.verdict {
            Verdict::NoPowerLaw(why) => Some(why),
            _ => None,
        };
        law.verdict = verdict(law.alpha.value, adjusted, why);
    }
    laws
}

/// The laws of a group, before correction.
fn one(group: &[Study], curves: Curves) -> Vec<Result<Law, Missing>> {
    let measured: Vec<Result<Measured, Missing>> = group.iter().map(Measured::of).collect();
    let each = |of: &dyn Fn(&Measured) -> Option<Squares>| -> Vec<Option<Squares>> {
        measured
            .iter()
            .map(|task| of(task.as_ref().ok()?))
            .collect()
    };
    let lines = present(&each(&|task| Some(around_line(task))));
    let parabolas = present(&each(&|task| Some(parabola(task)?.rest)));
    let fitted = |task: &Measured| (curves == Curves::Fitted).then(|| around_curve(task))?;
    let curves = present(&each(&fitted));
    let around = lines.into_iter().zip(parabolas).zip(curves);
    measured
        .iter()
        .zip(around)
        .map(|(measured, ((line, parabola), curve))| {
            let measured = measured.as_ref().map_err(|missing| *missing)?;
            let line = line.ok_or(Missing::Losses)?;
            law(measured, line, parabola, curve).ok_or(Missing::Losses)
        })
        .collect()
}

/// The scatter of the tasks that have squares.
fn present(squares: &[Option<Squares>]) -> Vec<Option<Scatter>> {
    let known: Vec<Squares> = squares.iter().flatten().copied().collect();
    let mut pooled = pooled(&known).into_iter();
    squares
        .iter()
        .map(|task| task.as_ref().and_then(|_| pooled.next()))
        .collect()
}

/// What sizes scatter around the line, the parabola and the curve with an irreducible loss makes the law of one task.
fn law(
    measured: &Measured,
    line: Scatter,
    parabola: Option<Scatter>,
    curve: Option<Scatter>,
) -> Option<Law> {
    let means = measured.sizes.iter().copied().zip(&measured.means);
    let values: Vec<(f64, f64)> = means.clone().map(|(n, loss)| (n, loss.value)).collect();
    let curvature = parabola.and_then(|around| curvature(measured, around));
    let alpha = exponent(measured, line);
    let explained = measured.explained();
    let explained: f64 = explained.iter().map(|(variance, _)| variance).sum();
    let why = no_power_law(measured, curvature);
    let loss = measured.line.level.exp();
    Some(Law {
        power: power_law(&values)?,
        alpha,
        extrapolation: held_out(measured, line),
        verdict: verdict(alpha.value, alpha.p, why),
        points: means.map(|(n, loss)| (n, loss.clone())).collect(),
        seeds: measured.seeds.clone(),
        fewest_seeds: measured.fewest_seeds,
        scatter: (line.variance.sqrt(), line.df),
        pooled: line.tasks,
        explained: explained.sqrt(),
        curvature,
        verdicts: 1,
        prediction: Prediction::new(measured, line),
        // No less than days and seeds explain.
        saturating: curve.and_then(|around| {
            let variance = around.variance.max(explained) * loss * loss;
            let (sizes, losses): (Vec<f64>, Vec<f64>) = values.iter().copied().unzip();
            profiled(&[sizes], &losses, variance, around.df)
        }),
    })
}

fn around_line(measured: &Measured) -> Squares {
    Squares {
        sum: measured.line.rss(),
        df: measured.line.df(),
        loss: measured.line.level.exp(),
    }
}

/// Squares around the law with an irreducible loss, in ln L; absent where the points do not identify it.
fn around_curve(measured: &Measured) -> Option<Squares> {
    let losses: Vec<f64> = measured.means.iter().map(|loss| loss.value).collect();
    let fit = saturating(std::slice::from_ref(&measured.sizes), &losses)?;
    let points = measured.sizes.iter().zip(&losses);
    let loss = measured.line.level.exp();
    Some(Squares {
        sum: points
            .map(|(n, loss)| (loss - fit.at(&[*n])).powi(2))
            .sum::<f64>()
            / (loss * loss),
        df: measured.line.df().checked_sub(1)?,
        loss,
    })
}
