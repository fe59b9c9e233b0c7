//! Scaling analysis: the laws of test log-loss and of 1 − AUC against the exact parameter count, against the number of features, and
//! against their effective dimension.

use std::collections::{BTreeMap, BTreeSet};

use xp_spec::count::group;

use super::{
    Dimension, Run,
    differences::{OVER_BUDGETS, OVER_FEATURES, differing, question},
    drawings, mean_sd,
    trained::Trained,
    with_interval,
};
use crate::{
    document::{Block, Line, Span, Table},
    scaling::{Law, LawPoint, MIN_SIZES, Series, Verdict, study},
};

/// The two losses, with their names.
type Loss = (&'static str, fn(&Trained<'_>) -> Vec<Series>);

/// What a loss is plotted against.
type Size<'a> = &'a dyn Fn(&Trained<'_>) -> Option<f64>;

const LOSSES: [Loss; 2] = [
    ("test log-loss", |trained| trained.losses.clone()),
    ("1 − AUC", |trained| trained.errors.clone()),
];

/// Laws over budgets, one for each question: experiments that differ in nothing but their budget.
pub(super) fn over_budgets(phase: &str, trained: &[Trained<'_>], left_out: &[&Run]) -> Vec<Block> {
    let groups = grouped(trained, |run| run.across_budgets());
    let lost = |key: &str| {
        let lost = left_out.iter().filter(|run| run.across_budgets() == key);
        said_lost(lost.count())
    };
    if groups.is_empty() && left_out.is_empty() {
        return vec![Block::Paragraph(
            "Insufficient data: no training has finished, and only trainings are judged on test data.".into(),
        )];
    }
    let mut blocks = Vec::new();
    let mut items = Vec::new();
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for (key, members) in &groups {
        let Some(run) = members.first().and_then(|trained| trained.run()) else {
            continue;
        };
        let features = run
            .row
            .n_features
            .map_or_else(String::new, |n| format!(", {n} features"));
        let name = format!(
            "{}, horizon {}, {}{features}",
            run.row.task, run.row.horizon, run.row.timescale
        );
        let size = |trained: &Trained<'_>| trained.run()?.row.param_count.map(|n| n as f64);
        let laws = match laws(members, "budgets", &OVER_BUDGETS, &size) {
            Ok(laws) => laws,
            Err(reason) => {
                let reason = format!(": {reason}{}", lost(key));
                items.push(Line::default().strong(&name).text(reason));
                continue;
            }
        };
        let mut line = Line::default().strong(&name).text(":");
        for (loss, law) in &laws {
            line = said(line, loss, law);
            rows.push(law_row(&name, loss, law));
            let id = format!("{key}_scaling_{}", short(loss));
            figures.push(drawings::law(
                &id,
                &name,
                loss,
                "trainable parameters N",
                law,
            ));
        }
        items.push(line.text(basis(members, &laws)).text(lost(key)));
    }
    let unseen: BTreeSet<String> = left_out.iter().map(|run| run.across_budgets()).collect();
    for key in unseen.iter().filter(|key| !groups.contains_key(*key)) {
        items.push(Line::default().strong(key).text(format!(":{}", lost(key))));
    }
    blocks.push(Block::List(items));
    if !rows.is_empty() {
        blocks.push(Block::Table(Table {
            id: format!("{phase}_scaling"),
            caption: "Scaling laws over budgets: L = a·N^(−α) by least squares in log-log, and L = E + a·N^(−α) by variable projection where at least 4 budgets identify it.".into(),
            header: ["Question", "Loss", "α [95 %]", "R²", "Verdict", "E", "α with E [95 %]", "R² with E", "Largest budget foretold from the others"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }));
    }
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

/// Trends over feature tiers, against their number and against their effective dimension.
pub(super) fn over_features(
    phase: &str,
    trained: &[Trained<'_>],
    left_out: &[&Run],
    dimension: Dimension<'_>,
) -> Vec<Block> {
    let groups = grouped(trained, |run| run.across_features());
    let mut items = Vec::new();
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    for (key, members) in groups.iter().filter(|(_, members)| members.len() > 1) {
        let lost = left_out.iter().filter(|run| run.across_features() == *key);
        let lost = said_lost(lost.count());
        let count = |trained: &Trained<'_>| trained.run()?.row.n_features;
        let effective = |trained: &Trained<'_>| {
            let spec = trained.run()?.record.as_ref()?.spec.as_ref()?;
            dimension(spec.get("data")?.get("name")?.as_str()?, count(trained)?)
        };
        for member in members {
            let n = count(member).map_or_else(|| "unknown".to_owned(), |n| n.to_string());
            let rank = effective(member)
                .map_or_else(|| "not in the lock".to_owned(), |rank| format!("{rank:.2}"));
            let values = |series: &[Series]| {
                mean_sd(&series.iter().map(|seed| seed.value).collect::<Vec<_>>())
            };
            let cells = [
                key.clone(),
                n,
                rank,
                values(&member.losses),
                values(&member.errors),
            ];
            rows.push(cells.into_iter().map(Line::from).collect());
        }
        let sizes: [(&str, Size<'_>); 2] = [
            ("number of features", &|trained| {
                count(trained).map(|n| n as f64)
            }),
            ("effective dimension", &effective),
        ];
        for (axis, size) in sizes {
            let name = format!("{key} against the {axis}");
            match laws(members, "feature tiers", &OVER_FEATURES, size) {
                Ok(laws) => {
                    let mut line = Line::default().strong(&name).text(":");
                    for (loss, law) in &laws {
                        line = said(line, loss, law);
                        let id = format!("{key}_{}_{}", axis.replace(' ', "_"), short(loss));
                        figures.push(drawings::law(&id, key, loss, axis, law));
                    }
                    items.push(line.text(basis(members, &laws)).text(lost.clone()));
                }
                Err(reason) => items.push(
                    Line::default()
                        .strong(&name)
                        .text(format!(": {reason}{lost}")),
                ),
            }
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading(4, "Feature scaling".to_owned()),
        Block::Table(Table {
            id: format!("{phase}_features"),
            caption: "Test losses by feature tier, mean ± sd over seeds (n). Effective dimension: entropy rank of the correlation matrix (Roy & Vetterli 2007).".into(),
            header: ["Experiment", "Features", "Effective dimension", "Test log-loss", "1 − AUC"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
        Block::List(items),
    ];
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

fn grouped<'a, 'b>(
    trained: &'b [Trained<'a>],
    key: impl Fn(&Run) -> String,
) -> BTreeMap<String, Vec<&'b Trained<'a>>> {
    let mut groups: BTreeMap<String, Vec<&Trained<'a>>> = BTreeMap::new();
    for member in trained {
        if let Some(run) = member.run() {
            groups.entry(key(run)).or_default().push(member);
        }
    }
    groups
}

/// Both laws of a group, or why there are none.
fn laws(
    members: &[&Trained<'_>],
    what: &str,
    varies: &[&str],
    size: Size<'_>,
) -> Result<Vec<(&'static str, Law)>, String> {
    if members.len() < MIN_SIZES {
        return Err(format!(
            "insufficient data: {} of at least {MIN_SIZES} {what} have finished trainings with predictions.",
            members.len()
        ));
    }
    if members
        .first()
        .is_some_and(|first| members.iter().any(|member| !first.pairs_with(member)))
    {
        return Err("insufficient data: the trainings were judged on different test samples, so they cannot be paired.".to_owned());
    }
    let newest = members.iter().filter_map(|member| member.run()?.spec());
    let questions: Vec<_> = newest.map(|spec| question(spec, varies)).collect();
    let others = differing(&questions);
    if !others.is_empty() {
        return Err(format!(
            "no law over {what}: the experiments also differ in {}.",
            others.join(", ")
        ));
    }
    let found: Vec<(&str, Law)> = LOSSES
        .iter()
        .filter_map(|(name, of)| {
            let points: Option<Vec<LawPoint>> = members
                .iter()
                .map(|member| {
                    Some(LawPoint {
                        size: size(member)?,
                        seeds: of(member),
                    })
                })
                .collect();
            Some((*name, study(&points?)?))
        })
        .collect();
    if found.is_empty() {
        return Err("no fit: a size is unknown, or a loss is absent or 0.".to_owned());
    }
    Ok(found)
}

/// What a law lacks, at the end of a line.
fn said_lost(seeds: usize) -> String {
    match seeds {
        0 => String::new(),
        _ => format!(
            " {seeds} finished {} left out, whose records are lost or whose test days are others: see their flags.",
            if seeds == 1 { "seed is" } else { "seeds are" }
        ),
    }
}

fn short(loss: &str) -> &'static str {
    if loss.contains("AUC") { "auc" } else { "loss" }
}

/// What the verdict means in words.
fn interpretation(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Scales => "larger is better",
        Verdict::Flat => "no difference is shown",
        Verdict::Inverse => "larger is worse",
        Verdict::InsufficientData => "nothing can be said",
    }
}

fn said(line: Line, loss: &str, law: &Law) -> Line {
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
    if let Some(held) = &law.extrapolation {
        line.0.push(Span::Text(format!(
            " Held out, N = {} is foretold as {:.4} and measured as {:.4}: error {}.",
            size_text(held.size),
            held.foretold,
            held.measured,
            percent(&held.error)
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

fn percent(series: &Series) -> String {
    let range = series.interval().map_or_else(
        || " (no interval)".to_owned(),
        |(low, high)| format!(" [{:+.1} %, {:+.1} %]", 100.0 * low, 100.0 * high),
    );
    format!("{:+.1} %{range}", 100.0 * series.value)
}

fn law_row(name: &str, loss: &str, law: &Law) -> Vec<Line> {
    let (e, alpha, r2) = match &law.saturating {
        Some(fit) => {
            let (_, alpha) = fit.terms.first().copied().unwrap_or((f64::NAN, f64::NAN));
            (
                format!("{:.4}", fit.e),
                with_interval(alpha, law.saturating_alpha),
                format!("{:.3}", fit.r2),
            )
        }
        None => {
            let why = if law.points.len() > MIN_SIZES {
                "not identified"
            } else {
                "needs 4 budgets"
            };
            (why.to_owned(), why.to_owned(), String::new())
        }
    };
    let held = law
        .extrapolation
        .as_ref()
        .map_or_else(|| "needs 4 budgets".to_owned(), |held| percent(&held.error));
    [
        name.to_owned(),
        loss.to_owned(),
        with_interval(law.power.alpha, law.alpha.interval()),
        format!("{:.3}", law.power.r2),
        law.verdict.to_string(),
        e,
        alpha,
        r2,
        held,
    ]
    .into_iter()
    .map(Line::from)
    .collect()
}

/// What the laws rest on.
fn basis(members: &[&Trained<'_>], laws: &[(&str, Law)]) -> String {
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
            format!("fewest seeds {seeds}: seed variance is missing in the intervals")
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
        _ => format!(", specs of {unknown} not recorded, so that they may differ in more"),
    };
    format!(
        " {} sizes, n {samples} test samples each, {positives} positive, {seeds}{code}{specs}.",
        members.len()
    )
}
