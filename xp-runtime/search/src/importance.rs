//! How much each parameter mattered: PED-ANOVA (Watanabe, Bansal & Hutter, IJCAI 2023). It suggests nothing.

use xp_spec::space::SearchSpace;

use crate::{
    error::SuggestError,
    space::{
        dimension::{Dimension, Kind},
        encoded::{EncodedSpace, Point},
        shapes::SHAPE_FEATURE_NAMES,
    },
    trial::{Trial, TrialState},
};

/// Share of the trials that counts as good, as in Optuna's evaluator.
const GOOD_SHARE: f64 = 0.1;
/// Trials with a value that are needed: of fewer, the best tenth is a handful, and chance alone makes parameters look important.
pub const MIN_TRIALS: usize = 50;
/// Bins of a real dimension.
const BINS: usize = 50;

/// Importance of each parameter, the largest first: its share of how far the good trials' distribution lies from that of all
/// trials (Pearson divergence of one-dimensional densities). A shape counts by its parts, as `architecture.d_model`.
///
/// Complete and pruned trials count with their value; `None` where fewer than [`MIN_TRIALS`] have one, or where nothing differs.
///
/// # Errors
/// A trial of another space.
pub fn importance(
    space: &SearchSpace,
    trials: &[Trial],
) -> Result<Option<Vec<(String, f64)>>, SuggestError> {
    let space = EncodedSpace::new(space)?;
    let mut measured: Vec<(f64, u32, Point)> = Vec::new();
    for trial in trials {
        let value = trial.value.filter(|value| value.is_finite());
        if let (TrialState::Complete | TrialState::Pruned, Some(value)) = (trial.state, value) {
            let whose = || format!("trial {}", trial.number);
            measured.push((value, trial.number, space.point(&trial.assignment, whose)?));
        }
    }
    if measured.len() < MIN_TRIALS {
        return Ok(None);
    }
    measured.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let good = (GOOD_SHARE * measured.len() as f64).ceil() as usize;
    let mut divergences: Vec<(String, f64)> = Vec::new();
    for (index, dimension) in space.dimensions.iter().enumerate() {
        let coordinates: Vec<f64> = measured.iter().map(|(_, _, point)| point[index]).collect();
        for (name, bins, ordered) in bins(dimension, &coordinates) {
            let count = bins.iter().max().map_or(0, |last| last + 1);
            let all = density(&bins, count, ordered);
            let best = density(&bins[..good.min(bins.len())], count, ordered);
            let divergence = all
                .iter()
                .zip(&best)
                .map(|(all, best)| all * (best / all - 1.0).powi(2))
                .sum();
            divergences.push((name, divergence));
        }
    }
    let total: f64 = divergences.iter().map(|(_, divergence)| divergence).sum();
    if total <= 0.0 || !total.is_finite() {
        return Ok(None);
    }
    for (_, divergence) in &mut divergences {
        *divergence /= total;
    }
    divergences.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Some(divergences))
}

/// The bin of each coordinate, and whether bins have an order: one list for a dimension, one for each part of a shape.
fn bins(dimension: &Dimension, coordinates: &[f64]) -> Vec<(String, Vec<usize>, bool)> {
    let by_level = |ordered| {
        let bins = coordinates.iter().map(|level| *level as usize).collect();
        vec![(dimension.name.clone(), bins, ordered)]
    };
    match &dimension.kind {
        Kind::Categorical { .. } => by_level(false),
        Kind::Ordinal { .. } => by_level(true),
        Kind::Real { .. } | Kind::Integer { .. } => {
            let last = BINS as f64 - 1.0;
            let bin = |c: &f64| {
                (dimension.unit_position(*c) * BINS as f64)
                    .floor()
                    .clamp(0.0, last) as usize
            };
            let bins = coordinates.iter().map(bin).collect();
            vec![(dimension.name.clone(), bins, true)]
        }
        Kind::Shapes { features, .. } => SHAPE_FEATURE_NAMES
            .iter()
            .enumerate()
            .map(|(part, name)| {
                let mut levels: Vec<f64> = features.iter().map(|shape| shape[part]).collect();
                levels.sort_by(f64::total_cmp);
                levels.dedup();
                let bin = |level: &f64| {
                    let feature = features
                        .get(*level as usize)
                        .map_or(0.0, |shape| shape[part]);
                    levels.partition_point(|known| *known < feature)
                };
                let bins = coordinates.iter().map(bin).collect();
                (format!("{}.{name}", dimension.name), bins, true)
            })
            .collect(),
    }
}

/// Probability of each bin: a mixture of one component for each trial and a uniform one. Ordered bins have normal kernels with
/// Scott's bandwidth, of at least half a bin; names have their own bin.
fn density(bins: &[usize], count: usize, ordered: bool) -> Vec<f64> {
    let n = bins.len() as f64;
    let mean = bins.iter().map(|bin| *bin as f64).sum::<f64>() / n;
    let variance = bins
        .iter()
        .map(|bin| (*bin as f64 - mean).powi(2))
        .sum::<f64>()
        / n;
    let width = (1.059 * variance.sqrt() * n.powf(-0.2)).max(0.5);
    let mut density = vec![1.0 / count as f64; count];
    for centre in bins {
        let kernel: Vec<f64> = (0..count)
            .map(|bin| match ordered {
                true => {
                    let distance = (bin as f64 - *centre as f64) / width;
                    (-0.5 * distance * distance).exp()
                }
                false => f64::from(u8::from(bin == *centre)),
            })
            .collect();
        let mass: f64 = kernel.iter().sum();
        for (slot, value) in density.iter_mut().zip(kernel) {
            *slot += value / mass;
        }
    }
    density.iter_mut().for_each(|value| *value /= n + 1.0);
    density
}

#[cfg(test)]
mod tests {
    use xp_spec::{
        architecture::Architecture,
        space::{Domain, Parameter, Value},
    };

    use super::*;
    use crate::{Sampler, suggest};

    fn space() -> SearchSpace {
        let shape = |d_model, n_layers| Architecture {
            d_model,
            n_layers,
            n_heads: 8,
            d_ff: 4 * d_model,
        };
        let uniform = Domain::Uniform {
            low: 0.0,
            high: 1.0,
        };
        let parameters = [
            ("x", uniform.clone()),
            ("y", uniform),
            (
                "loss",
                Domain::Choice {
                    values: ["a", "b"].map(|name| Value::Text(name.into())).to_vec(),
                },
            ),
            (
                "architecture",
                Domain::Architecture {
                    shapes: [(64, 2), (64, 8), (128, 2), (128, 8)]
                        .map(|(width, depth)| shape(width, depth))
                        .to_vec(),
                },
            ),
        ];
        SearchSpace {
            parameters: parameters
                .map(|(name, domain)| Parameter {
                    name: name.to_owned(),
                    domain,
                })
                .to_vec(),
        }
    }

    fn trials(count: u32, objective: impl Fn(&Trial) -> f64) -> Vec<Trial> {
        (0..count)
            .map(|number| {
                let assignment =
                    suggest(&space(), &Sampler::Sobol.into(), 1, number, &[], &[]).unwrap();
                let mut trial = Trial {
                    number,
                    state: TrialState::Complete,
                    assignment,
                    value: None,
                    intermediate: Vec::new(),
                };
                trial.value = Some(objective(&trial));
                trial
            })
            .collect()
    }

    fn real(trial: &Trial, name: &str) -> f64 {
        match trial.assignment[name] {
            Value::Float(value) => value,
            _ => f64::NAN,
        }
    }

    #[test]
    fn what_decides_comes_first_and_shares_are_one() {
        let by_x = trials(50, |trial| real(trial, "x"));
        let by_loss = trials(50, |trial| {
            let bad = trial.assignment["loss"] == Value::Text("b".into());
            f64::from(u8::from(bad)) + 1e-3 * real(trial, "y")
        });
        let by_depth = trials(50, |trial| match trial.assignment["architecture"] {
            Value::Architecture(shape) => f64::from(shape.n_layers) + 1e-3 * real(trial, "x"),
            _ => f64::NAN,
        });
        for (trials, first, least) in [
            (by_x, "x", 0.5),
            // Of two names the divergence is at most 1; `y` decides among the good.
            (by_loss, "loss", 0.0),
            (by_depth, "architecture.n_layers", 0.0),
        ] {
            let shares = importance(&space(), &trials).unwrap().unwrap();
            let names: Vec<&str> = shares.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names.len(), 7);
            assert!(names[..2].contains(&first), "{shares:?}");
            assert!(shares[0].1 > least && shares.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            let total: f64 = shares.iter().map(|(_, share)| share).sum();
            assert!((total - 1.0).abs() < 1e-9, "{shares:?}");
        }
    }

    #[test]
    fn little_evidence_is_no_importance() {
        let few = trials(9, |trial| real(trial, "x"));
        assert_eq!(importance(&space(), &few), Ok(None));
        let mut failed = trials(30, |_| f64::NAN);
        failed[3].value = None;
        assert_eq!(importance(&space(), &failed), Ok(None));
    }
}
