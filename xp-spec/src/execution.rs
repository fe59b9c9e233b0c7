//! How training steps are computed and what the optimizer remembers: the rule, by budget and memory.
//!
//! - A budget of 1B or more always trains layer by layer with compact moments: this changes results, so it depends on the budget alone.
//! - Any other budget has full moments. Where the whole does not fit into the machine's memory it trains layer by layer; else small
//!   `mixed` models on a CPU train by fused kernels, and the rest by autograd. This changes results by rounding only.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::{Channels, InputShape},
    budget::Budget,
    training::{Loss, Precision},
};

/// Rows and columns from which a matrix has its second moment as sums of rows and columns.
pub const FACTORED_FROM: i64 = 16;

/// Parameters beyond which autograd takes over from the fused kernels: products are nearly all of a step then, and the fused kernels have
/// gradients per thread.
pub const FUSED_UP_TO: u64 = 50_000_000;

/// What the optimizer remembers of each parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moments {
    /// Both moments of AdamW in f32: 8 bytes.
    Full,
    /// Of matrices the first moment in bfloat16 and the second factored (Shazeer & Stern, arXiv 1804.04235): 2 bytes.
    Compact,
}

/// How a training step is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Execution {
    /// All gradients at once, by fused kernels on a CPU (`xp-step`). Checkpoints have it as `by_hand`.
    #[serde(rename = "by_hand")]
    Fused,
    /// All gradients at once, by autograd.
    Whole,
    /// The gradients of one encoder layer at a time, and the best weights on disk.
    Layerwise(Moments),
}

impl Execution {
    /// As it is printed.
    pub fn text(self) -> &'static str {
        match self {
            Self::Fused => "fused CPU kernels",
            Self::Whole => "all gradients at once, by autograd",
            Self::Layerwise(Moments::Full) => "layer by layer, full moments",
            Self::Layerwise(Moments::Compact) => "layer by layer, compact moments",
        }
    }
}

/// Nominal parameters from which on moments are compact: full ones and all gradients at once need 28 GB there.
pub const COMPACT_FROM: u64 = 1_000_000_000;

/// What the optimizer remembers at a budget.
pub fn moments(budget: Budget) -> Moments {
    if budget.nominal() >= COMPACT_FROM {
        Moments::Compact
    } else {
        Moments::Full
    }
}

/// Why a model of `count` parameters does not train by fused kernels, where it does not.
pub fn why_not_fused(
    input: &InputShape,
    count: u64,
    precision: Precision,
    cpu: bool,
) -> Option<&'static str> {
    if !cpu {
        Some("the device is no CPU")
    } else if input.channels != Channels::Mixed {
        Some("its channels are independent")
    } else if precision != Precision::Fp32 {
        Some("its products are in bfloat16")
    } else if count > FUSED_UP_TO {
        Some("it has more than 50M parameters")
    } else {
        None
    }
}

/// How a model trains: `whole` bytes are what it needs at once, `memory` the bytes of the machine, where they are known; `fused` is
/// whether the fused kernels are made for it.
pub fn execution(budget: Budget, fused: bool, whole: u64, memory: Option<u64>) -> Execution {
    match moments(budget) {
        Moments::Compact => Execution::Layerwise(Moments::Compact),
        Moments::Full if memory.is_some_and(|memory| whole > memory) => {
            Execution::Layerwise(Moments::Full)
        }
        Moments::Full if fused => Execution::Fused,
        Moments::Full => Execution::Whole,
    }
}

/// Samples of a batch that are worth a thread of their own.
const SAMPLES_OF_A_THREAD: u64 = 8;
/// Parallel trials by default: with 50 in all, a sampler that knows the results of fewer does worse.
const MOST_JOBS: usize = 4;

/// Parallel trials by default on so many cores, each of which needs `bytes` of the available `memory`. Measured on two cores, batch 32: two
/// trials of one thread each process 1.5 (2M) and 1.4 (20M) times the samples per second of one trial with two threads. On a GPU, and by
/// autograd, which uses all cores for large products, one trial runs at a time.
pub fn default_jobs(
    execution: Execution,
    cores: usize,
    (bytes, memory): (u64, Option<u64>),
) -> usize {
    if execution != Execution::Fused {
        return 1;
    }
    // In addition to the estimate, a process holds libtorch and the data.
    let room = memory.map_or(u64::MAX, |memory| memory / bytes.max(1) / 2);
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    cores.min(MOST_JOBS).min(room).max(1)
}

/// Threads by default of one training on so many cores.
pub fn default_threads(execution: Execution, cores: usize, batch: u64) -> usize {
    let most = match execution {
        Execution::Fused => usize::try_from(batch / SAMPLES_OF_A_THREAD).unwrap_or(usize::MAX),
        Execution::Whole | Execution::Layerwise(_) => usize::MAX,
    };
    cores.min(most).max(1)
}

/// Whether a batch may be split into parts; the message says why not.
pub fn check_accumulation(
    execution: Execution,
    loss: Loss,
    accumulation: u32,
) -> Result<(), String> {
    match execution {
        _ if accumulation <= 1 => Ok(()),
        Execution::Layerwise(_) => Err(format!(
            "`accumulation: {accumulation}` keeps the sum of all gradients, and this model trains {}",
            execution.text()
        )),
        _ if loss == Loss::SoftAuc => Err(format!(
            "`soft_auc` compares all pairs of samples in a batch, and the parts of `accumulation: {accumulation}` have only the pairs within each"
        )),
        _ => Ok(()),
    }
}

/// Samples that go forward and backward at once in the fused kernels, where the loss is a mean over samples. The activations of a small model
/// stay in the processor's cache; the weights of a large one do not, and are read once for more samples.
pub fn samples_at_once(parameters: u64) -> u64 {
    if parameters <= 8_000_000 { 64 } else { 256 }
}

/// Samples that a thread evaluates at once by the fused kernels.
pub const EVALUATED_BY_A_THREAD: u64 = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_decides_moments_and_memory_only_the_order() {
        use Execution::{Fused, Layerwise, Whole};
        let compact = Layerwise(Moments::Compact);
        for (budget, whole, memory, by_autograd, fused) in [
            ("600K", 1, Some(2), Whole, Fused),
            ("2M", 2, Some(2), Whole, Fused),
            ("999M", 3, None, Whole, Fused),
            ("1B", 1, Some(u64::MAX), compact, compact),
            ("2B", 9, None, compact, compact),
        ] {
            let budget = Budget::parse(budget).unwrap_or(Budget::SMALLEST);
            assert_eq!(execution(budget, false, whole, memory), by_autograd);
            assert_eq!(execution(budget, true, whole, memory), fused);
        }
        for fused in [false, true] {
            let small = execution(Budget::SMALLEST, fused, 3, Some(2));
            assert_eq!(small, Layerwise(Moments::Full));
        }
        let full = Layerwise(Moments::Full);
        for (execution, loss, parts, is_good) in [
            (Whole, Loss::Bce, 8, true),
            (Fused, Loss::Focal(2.0), 8, true),
            (full, Loss::Bce, 1, true),
            (compact, Loss::Bce, 2, false),
            (Whole, Loss::SoftAuc, 1, true),
            (full, Loss::SoftAuc, 1, true),
            (Whole, Loss::SoftAuc, 2, false),
            (Fused, Loss::SoftAuc, 2, false),
        ] {
            let found = check_accumulation(execution, loss, parts);
            assert_eq!(found.is_ok(), is_good, "{execution:?} {loss:?} {parts}");
        }
    }

    #[test]
    fn small_trainings_get_a_core_each_and_large_ones_all() {
        let (fused, whole) = (Execution::Fused, Execution::Whole);
        for (cores, bytes, memory, jobs) in [
            (2, 1, None, 2),
            (64, 1, Some(1000), 4),
            (4, 10, Some(40), 2),
            (4, 10, Some(10), 1),
            (0, 1, None, 1),
        ] {
            assert_eq!(default_jobs(fused, cores, (bytes, memory)), jobs);
            assert_eq!(default_jobs(whole, cores, (bytes, memory)), 1);
        }
        for (cores, batch, threads) in [(1, 32, 1), (16, 32, 4), (16, 256, 16), (4, 4, 1)] {
            assert_eq!(default_threads(fused, cores, batch), threads);
            assert_eq!(default_threads(whole, cores, batch), cores);
        }
    }

    #[test]
    fn small_mixed_models_on_a_cpu_train_by_hand() {
        use crate::architecture::Normalisation;
        let input = |channels| InputShape {
            n_features: 20,
            context: 60,
            patch: 10,
            stride: 10,
            channels,
            normalisation: Normalisation::Revin,
        };
        let mixed = input(Channels::Mixed);
        let fp32 = Precision::Fp32;
        assert_eq!(why_not_fused(&mixed, FUSED_UP_TO, fp32, true), None);
        for (input, count, precision, cpu, word) in [
            (&mixed, 1, fp32, false, "device"),
            (&input(Channels::Independent), 1, fp32, true, "independent"),
            (&mixed, FUSED_UP_TO + 1, fp32, true, "50M"),
            (&mixed, 1, Precision::Bf16, true, "bfloat16"),
        ] {
            let why = why_not_fused(input, count, precision, cpu);
            assert!(why.is_some_and(|why| why.contains(word)), "{why:?}");
        }
    }

    /// Checkpoints of earlier builds have these names.
    #[test]
    fn executions_are_serialised_by_their_first_names() {
        for (execution, name) in [
            (Execution::Fused, r#""by_hand""#),
            (Execution::Whole, r#""whole""#),
            (
                Execution::Layerwise(Moments::Compact),
                r#"{"layerwise":"compact"}"#,
            ),
        ] {
            let written = serde_json::to_string(&execution).unwrap_or_default();
            assert_eq!(written, name);
            let read = serde_json::from_str::<Execution>(name).ok();
            assert_eq!(read, Some(execution));
        }
    }
}
