//! The learning-curve problem: epochs of training until a trial reaches random search's best 1 %, at most 300 trials of 20
//! epochs, each of which is a step of the pruners. It chooses the default pair of sampler and pruner.

use xp_search::{Decision, Pruner, Sampler, Trial, TrialState, decide, suggest};
use xp_spec::space::SearchSpace;

use crate::{
    Plan,
    parallel::for_seeds,
    problems::{all, coordinates, lc_epoch},
};

const EPOCHS: u32 = 20;
const TRIALS: u32 = 300;
/// Random trials whose best 1 % is the target.
const POOL: u32 = 20_000;

pub(crate) fn run(plan: &Plan) {
    let Some(problem) = all().into_iter().find(|p| p.name == "hpo_mlp7") else {
        return;
    };
    let space = problem.space;
    let target = target(&space);
    let median = |fewest| Pruner::Median { fewest, warmup: 0 };
    let halving = |first, factor| Pruner::SuccessiveHalving { first, factor };
    let pruners = [
        ("no pruning", Pruner::None),
        ("median", median(1)),
        ("median of 5", median(5)),
        (
            "median w2",
            Pruner::Median {
                fewest: 1,
                warmup: 1,
            },
        ),
        ("halving 4", halving(1, 4)),
        ("halving 3", halving(1, 3)),
        ("halving 2", halving(1, 2)),
        (
            "hyperband",
            Pruner::Hyperband {
                first: 1,
                last: EPOCHS,
                factor: 3,
            },
        ),
    ];
    for (name, sampler) in &plan.samplers {
        for (rule, pruner) in pruners {
            let mut epochs = for_seeds(plan.seeds.clone(), |seed| {
                epochs_to_target(&space, *sampler, &pruner, seed, target)
            });
            epochs.sort_unstable();
            let reached = epochs.iter().filter(|epochs| **epochs < u32::MAX).count();
            println!(
                "{name:8}{rule:12} median {:>10} epochs; {:.0} % reach the target",
                epochs[epochs.len() / 2],
                100.0 * reached as f64 / epochs.len() as f64
            );
        }
    }
}

/// The best 1 % of what random trials end with.
fn target(space: &SearchSpace) -> f64 {
    let mut ends: Vec<f64> = (0..POOL)
        .filter_map(|number| suggest(space, &Sampler::Random.into(), 77, number, &[], &[]).ok())
        .zip(0..)
        .map(|(assignment, key)| lc_epoch(&coordinates(&assignment), EPOCHS, 1_000_000 + key))
        .collect();
    ends.sort_by(f64::total_cmp);
    ends[ends.len() / 100]
}

/// `u32::MAX` where no trial reaches it.
fn epochs_to_target(
    space: &SearchSpace,
    sampler: Sampler,
    pruner: &Pruner,
    seed: u64,
    target: f64,
) -> u32 {
    let mut history: Vec<Trial> = Vec::new();
    let mut spent = 0;
    for number in 0..TRIALS {
        let Ok(assignment) = suggest(space, &sampler.into(), seed, number, &history, &[]) else {
            break;
        };
        let x = coordinates(&assignment);
        let key = seed * 1000 + u64::from(number);
        let mut trial = Trial {
            number,
            state: TrialState::Complete,
            assignment,
            value: None,
            intermediate: Vec::new(),
        };
        for epoch in 1..=EPOCHS {
            spent += 1;
            trial.intermediate.push((epoch, lc_epoch(&x, epoch, key)));
            if epoch == EPOCHS {
                break;
            }
            match decide(pruner, number, &history, &trial.intermediate, epoch) {
                Decision::Continue => continue,
                Decision::Prune => trial.state = TrialState::Pruned,
                Decision::Complete => {}
            }
            break;
        }
        trial.value = trial.last_finite_value().map(|(_, value)| value);
        if trial.state == TrialState::Complete && trial.value.is_some_and(|v| v <= target) {
            return spent;
        }
        history.push(trial);
    }
    u32::MAX
}
