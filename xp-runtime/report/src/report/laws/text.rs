//! A law in words.

use xp_scaling::{Extrapolation, Law, MIN_SIZES, NoPowerLaw, Verdict};
use xp_spec::count::group;

use crate::{
    document::{Line, Span},
    report::{losses::Loss, numbers::with_interval, trained::Trained},
};

/// The verdict explained.
pub(crate) fn interpretation(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Scales => "larger is better",
        Verdict::Flat => "no difference is detected",
        Verdict::Inverse => "larger is worse",
        Verdict::NoPowerLaw(NoPowerLaw::Curved) => {
            "a straight line in logarithms is rejected against a parabola at 1 %"
        }
        Verdict::NoPowerLaw(NoPowerLaw::Scattered) => {
            "sizes differ, but scatter around the line by more than it changes"
        }
    }
}

pub(crate) fn describe(line: Line, loss: &Loss, law: &Law) -> Line {
    let loss = loss.of_law;
    let mut line = line.text(" ").strong(law.verdict.to_string()).text(format!(
        " by {loss} ({}): L = {:.3}·N^(−α), α = {}, {}, R² = {:.3}; sizes scatter by {:.2} % around it ({}), days and seeds explain {:.2} %.",
        interpretation(law.verdict),
        law.power.a,
        with_interval(law.power.alpha, Some(law.alpha.interval)),
        probability(law),
        law.power.r2,
        100.0 * law.scatter.0,
        freedom(law),
        100.0 * law.explained,
    ));
    line.0.push(Span::Text(match &law.saturating {
        Some(found) => {
            let (a, alpha, range) = found.term(0);
            format!(
                " With an irreducible loss: L = E + a·N^(−α), E = {}, a = {a:.3}, α = {}.",
                with_ends(found.fit.e, found.e),
                with_ends(alpha, range)
            )
        }
        None if law.points.len() > MIN_SIZES => {
            " The form E + a·N^(−α) is not identified by these points.".to_owned()
        }
        None => " The form E + a·N^(−α) needs at least 4 sizes.".to_owned(),
    }));
    if let Some(held_out) = &law.extrapolation {
        line.0.push(Span::Text(format!(
            " Held out, N = {} is predicted as {:.4} and measured as {:.4}: error {}.",
            size_text(held_out.size),
            held_out.predicted,
            held_out.measured,
            percent(held_out)
        )));
    }
    line
}

/// The p-value of α = 0, and what is left of it after correction.
pub(crate) fn probability(law: &Law) -> String {
    let p = |value: f64| match value {
        small if small < 0.0001 => "< .0001".to_owned(),
        value => format!("= {value:.4}"),
    };
    match law.verdicts {
        1 => format!("p {}", p(law.alpha.p)),
        verdicts => format!(
            "p {}, {} after correction for {verdicts} verdicts",
            p(law.alpha.p),
            p(law.alpha.adjusted).trim_start_matches("= ")
        ),
    }
}

fn freedom(law: &Law) -> String {
    let of = match law.pooled {
        1 => "of this task".to_owned(),
        tasks => format!("pooled over {tasks} tasks"),
    };
    format!("df {:.0}, {of}", law.scatter.1)
}

/// A value with its profile interval; an end that the points do not bound is said.
pub(crate) fn with_ends(value: f64, (low, high): (Option<f64>, Option<f64>)) -> String {
    let end =
        |end: Option<f64>| end.map_or_else(|| "not bounded".to_owned(), |end| format!("{end:.4}"));
    format!("{value:.4} [{}, {}]", end(low), end(high))
}

/// A size as it was measured: a count whole, an effective dimension with two digits.
fn size_text(size: f64) -> String {
    if size.fract() == 0.0 && size >= 0.0 {
        group(size as u64)
    } else {
        format!("{size:.2}")
    }
}

/// The error of a prediction with its interval.
pub(crate) fn percent(held_out: &Extrapolation) -> String {
    let (low, high) = held_out.interval;
    format!(
        "{:+.1} % [{:+.1} %, {:+.1} %]",
        100.0 * held_out.error,
        100.0 * low,
        100.0 * high
    )
}

/// What the laws rest on.
pub(crate) fn basis(members: &[&Trained<'_>], laws: &[(&Loss, Law)]) -> String {
    let test = members.first().map(|member| member.test);
    let samples = test.map_or(0, |test| test.labels.len());
    let positives = test.map_or(0, |test| test.labels.iter().filter(|y| **y == 1.0).count());
    let seeds = laws.first().map_or_else(String::new, |(_, law)| {
        format!("at least {} seeds each", law.fewest_seeds)
    });
    let mut versions: Vec<&str> = members
        .iter()
        .flat_map(|member| &member.seeds)
        .filter_map(|run| run.row.code_version.as_deref())
        .collect();
    versions.sort_unstable();
    versions.dedup();
    let code = if versions.len() > 1 {
        format!(", code of {} versions", versions.len())
    } else {
        String::new()
    };
    let unknown = members
        .iter()
        .filter(|member| member.run().is_some_and(|run| run.spec().is_none()))
        .count();
    let specs = match unknown {
        0 => String::new(),
        _ => format!(", specs of {unknown} not recorded, which may differ in more"),
    };
    format!(
        " {} sizes, n {samples} test samples each, {positives} positive, {seeds}{code}{specs}.{}",
        members.len(),
        bayes_text(members)
    )
}

/// What a model beats by luck only, where it is known.
fn bayes_text(members: &[&Trained<'_>]) -> String {
    let known = members.first().and_then(|member| member.bayes.as_ref());
    known.map_or_else(String::new, |bayes| {
        format!(
            " The market is simulated: Bayes, which a model beats by luck only, has log-loss {}.",
            with_interval(bayes.value, bayes.interval())
        )
    })
}

/// How many finished seeds a law does not have.
pub(crate) fn left_out_note(seeds: usize) -> String {
    match seeds {
        0 => String::new(),
        _ => format!(
            " {seeds} finished {} left out: {} missing or test days differ (see the flags).",
            if seeds == 1 { "seed is" } else { "seeds are" },
            if seeds == 1 {
                "its record is"
            } else {
                "their records are"
            }
        ),
    }
}
