//! A law in words.

use xp_spec::count::group;

use crate::{
    document::{Line, Span},
    report::{numbers::with_interval, trained::Trained},
    scaling::{Law, MIN_SIZES, Series, Verdict},
};

/// The verdict explained.
fn interpretation(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Scales => "larger is better",
        Verdict::Flat => "no difference is detected",
        Verdict::Inverse => "larger is worse",
        Verdict::InsufficientData => "no conclusion",
    }
}

pub(crate) fn describe(line: Line, loss: &str, law: &Law) -> Line {
    let range = law.alpha.interval().map_or_else(
        || " (no interval)".to_owned(),
        |(low, high)| format!(" [{low:.4}, {high:.4}]"),
    );
    let mut line = line.text(" ").strong(law.verdict.to_string()).text(format!(
        " by {loss} ({}): L = {:.3}·N^(−α), α = {:.4}{range}, R² = {:.3}.",
        interpretation(law.verdict),
        law.power.a,
        law.power.alpha,
        law.power.r2
    ));
    line.0.push(Span::Text(match &law.saturating {
        Some(fit) => {
            let (a, alpha) = fit.terms.first().copied().unwrap_or((f64::NAN, f64::NAN));
            format!(
                " With an irreducible loss: L = E + a·N^(−α), E = {:.4} (no interval), a = {a:.3}, α = {}.",
                fit.e,
                with_interval(alpha, law.saturating_alpha)
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
            percent(&held_out.error)
        )));
    }
    line
}

/// A size as it was measured: a count whole, an effective dimension with two digits.
fn size_text(size: f64) -> String {
    if size.fract() == 0.0 && size >= 0.0 {
        group(size as u64)
    } else {
        format!("{size:.2}")
    }
}

pub(crate) fn percent(series: &Series) -> String {
    let range = series.interval().map_or_else(
        || " (no interval)".to_owned(),
        |(low, high)| format!(" [{:+.1} %, {:+.1} %]", 100.0 * low, 100.0 * high),
    );
    format!("{:+.1} %{range}", 100.0 * series.value)
}

/// What the laws rest on.
pub(crate) fn basis(members: &[&Trained<'_>], laws: &[(&str, Law)]) -> String {
    let test = members.first().map(|member| member.test);
    let samples = test.map_or(0, |test| test.labels.len());
    let positives = test.map_or(0, |test| test.labels.iter().filter(|y| **y == 1.0).count());
    let seeds = match laws
        .first()
        .map(|(_, law)| (law.fewest_seeds, law.has_seed_variance()))
    {
        Some((seeds, true)) => {
            format!("at least {seeds} seeds each, whose variance is in the intervals")
        }
        Some((seeds, false)) => {
            format!("fewest seeds {seeds}: seed variance is not in the intervals")
        }
        None => String::new(),
    };
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
        " {} sizes, n {samples} test samples each, {positives} positive, {seeds}{code}{specs}.",
        members.len()
    )
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
