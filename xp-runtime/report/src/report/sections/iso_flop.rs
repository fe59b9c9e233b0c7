//! Which size and how many steps a compute budget buys best, by parabolas through the losses of sizes that had the same compute.

use xp_scaling::{FiellerInterval, IsoFlopPoint, MIN_SIZES, Optimum, optimum};
use xp_spec::count::group;

use crate::{
    document::{Block, Line, Table},
    report::{numbers::mean_sd, phase::Phase, trained::Trained},
};

/// Rows of a question: compute budgets between the least and the most that three sizes had.
const BUDGETS: u32 = 5;
/// A budget that is an evaluation's compute to rounding is that evaluation's.
const ROUNDING: f64 = 1e-9;

/// The seeds of one size: their losses against compute.
struct Size {
    parameters: f64,
    name: String,
    /// Validation samples.
    samples: Option<u64>,
    /// Operations of a step.
    step: f64,
    /// Of each seed, operations and validation loss of each evaluation.
    seeds: Vec<Vec<(f64, f64)>>,
}

/// A table of all questions; nothing where none has three sizes with recorded curves.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let questions = phase.questions.iter();
    let rows: Vec<Vec<Line>> = questions
        .flat_map(|question| rows(&question.name, &phase.members(question)))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![
        Block::Heading(4, "Size for a compute budget".to_owned()),
        Block::Table(Table {
            id: format!("{}_iso_flop", phase.id()),
            caption: "What a compute budget buys best: the lowest validation log-loss that each size had reached by then, mean over seeds, and the minimum of a parabola in ln N through them (Hoffmann et al., arXiv 2203.15556, approach 2) with Fieller's 95 % interval, from 4 sizes on. Losses are mean ± sd over seeds (n). Losses are of one schedule of each size, which had not ended, and not of a schedule for each budget. A parabola over a wide range of sizes is off by percents (Czech et al., arXiv 2603.22339).".into(),
            header: ["Question", "FLOP", "Sizes", "Validation samples", "Best measured size: log-loss", "N of least loss [95 %]", "Steps"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
    ]
}

fn rows(name: &str, members: &[&Trained<'_>]) -> Vec<Vec<Line>> {
    let mut sizes: Vec<Size> = members.iter().filter_map(|member| size(member)).collect();
    sizes.sort_by(|a, b| a.parameters.total_cmp(&b.parameters));
    let mut starts: Vec<f64> = sizes.iter().map(Size::start).collect();
    let mut ends: Vec<f64> = sizes.iter().map(Size::end).collect();
    starts.sort_by(f64::total_cmp);
    ends.sort_by(|a, b| b.total_cmp(a));
    let third = MIN_SIZES - 1;
    let (Some(first), Some(last)) = (starts.get(third).copied(), ends.get(third).copied()) else {
        return Vec::new();
    };
    if last <= first {
        return Vec::new();
    }
    let budget = |i| first * (last / first).powf(f64::from(i) / f64::from(BUDGETS - 1));
    (0..BUDGETS)
        .filter_map(|i| row(name, &sizes, budget(i)))
        .collect()
}

fn row(name: &str, sizes: &[Size], flops: f64) -> Option<Vec<Line>> {
    let measured: Vec<(&Size, IsoFlopPoint)> = sizes
        .iter()
        // One whose training ended before had less compute.
        .filter(|size| size.end() * (1.0 + ROUNDING) >= flops)
        .filter_map(|size| {
            let losses: Option<Vec<f64>> =
                size.seeds.iter().map(|seed| lowest(seed, flops)).collect();
            let point = IsoFlopPoint {
                size: size.parameters,
                losses: losses?,
            };
            Some((size, point))
        })
        .collect();
    let points: Vec<IsoFlopPoint> = measured.iter().map(|(_, point)| point.clone()).collect();
    if points.len() < MIN_SIZES {
        return None;
    }
    let (best, of_best) = measured
        .iter()
        .min_by(|a, b| a.1.mean().total_cmp(&b.1.mean()))?;
    let range = (points.first()?.size, points.last()?.size);
    let [optimal, steps] = match optimum(&points) {
        None => ["the parabola has no minimum".to_owned(), String::new()],
        Some(found) if !(range.0..=range.1).contains(&found.size) => {
            let beyond = if found.size < range.0 {
                "below the smallest"
            } else {
                "above the largest"
            };
            [beyond.to_owned(), String::new()]
        }
        Some(found) => {
            let steps = flops / step_at(sizes, found.size);
            let known = steps.is_finite() && steps >= 1.0;
            [
                with_interval(&found, range),
                if known {
                    group(steps.round() as u64)
                } else {
                    String::new()
                },
            ]
        }
    };
    let cells = [
        name.to_owned(),
        format!("{flops:.1e}"),
        points.len().to_string(),
        best.samples.map_or_else(String::new, group),
        format!("{}: {}", best.name, mean_sd(&of_best.losses)),
        optimal,
        steps,
    ];
    Some(cells.into_iter().map(Line::from).collect())
}

/// The size with its interval, which tells nothing of sizes that were not measured.
fn with_interval(found: &Optimum, (smallest, largest): (f64, f64)) -> String {
    let size = group(found.size.round() as u64);
    let (low, high) = match found.interval {
        FiellerInterval::Bounded(low, high) => (low, high),
        FiellerInterval::Unbounded => return format!("{size} [no size is excluded]"),
        FiellerInterval::TooFewSizes => return format!("{size} [needs 4 sizes]"),
    };
    let end = |end: f64, beyond: &str| {
        if (smallest..=largest).contains(&end) {
            group(end.round() as u64)
        } else {
            beyond.to_owned()
        }
    };
    format!(
        "{size} [{}, {}]",
        end(low, "below the smallest"),
        end(high, "above the largest")
    )
}

/// Operations of a step at a size between measured ones, straight in logarithms.
fn step_at(sizes: &[Size], parameters: f64) -> f64 {
    let between = sizes
        .array_windows()
        .find(|[_, above]| parameters <= above.parameters);
    let Some([below, above]) = between else {
        return sizes.last().map_or(f64::NAN, |size| size.step);
    };
    let share = (parameters / below.parameters).ln() / (above.parameters / below.parameters).ln();
    below.step * (above.step / below.step).powf(share)
}

fn size(member: &Trained<'_>) -> Option<Size> {
    let run = member.run()?;
    let seeds: Option<Vec<Vec<(f64, f64)>>> = member
        .seeds
        .iter()
        .map(|run| run.losses_by_flops())
        .collect();
    let last = run.record.as_ref()?.curve.last()?;
    Some(Size {
        parameters: run.row.param_count.filter(|n| *n > 0)? as f64,
        name: run.row.budget.clone(),
        samples: run.row.val_samples,
        step: last.flops? / f64::from(last.step.filter(|step| *step > 0)?),
        seeds: seeds?,
    })
}

impl Size {
    /// The compute from which on all seeds have a loss.
    fn start(&self) -> f64 {
        let firsts = self.seeds.iter().filter_map(|seed| Some(seed.first()?.0));
        firsts.fold(0.0, f64::max)
    }

    /// The compute up to which all seeds were trained.
    fn end(&self) -> f64 {
        let lasts = self.seeds.iter().filter_map(|seed| Some(seed.last()?.0));
        lasts.fold(f64::INFINITY, f64::min)
    }
}

/// The lowest loss that a seed had reached.
fn lowest(seed: &[(f64, f64)], flops: f64) -> Option<f64> {
    let reached = seed
        .iter()
        .filter(|(at, _)| *at <= flops * (1.0 + ROUNDING));
    reached.map(|(_, loss)| *loss).min_by(f64::total_cmp)
}
