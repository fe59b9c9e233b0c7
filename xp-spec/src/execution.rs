//! How training steps are computed and what the optimizer remembers: the rule, by budget and memory.
//!
//! - The 2B budget always trains layer by layer with compact moments: this changes results, so it depends on the budget alone.
//! - Any other budget has full moments. Where the whole does not fit into the machine's memory it trains layer by layer; else small
//!   `mixed` models on a CPU take steps written by hand, and the rest autograd's. This changes results by rounding only.

use serde::{Deserialize, Serialize};

use crate::{
    architecture::{Channels, InputShape},
    budget::Budget,
    training::Precision,
};

/// Rows and columns from which a matrix has its second moment as sums of rows and columns.
pub const FACTORED_FROM: i64 = 16;

/// Parameters beyond which autograd takes over from the steps by hand: products are nearly all of a step then, and those have gradients
/// per thread.
pub const BY_HAND_UP_TO: u64 = 50_000_000;

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
    /// All gradients at once, by kernels of our own on a CPU (`xp-step`).
    ByHand,
    /// All gradients at once, by autograd.
    Whole,
    /// The gradients of one encoder layer at a time, and the best weights on disk.
    Layerwise(Moments),
}

impl Execution {
    /// As it is printed.
    pub fn text(self) -> &'static str {
        match self {
            Self::ByHand => "steps by hand",
            Self::Whole => "all gradients at once, by autograd",
            Self::Layerwise(Moments::Full) => "layer by layer, full moments",
            Self::Layerwise(Moments::Compact) => "layer by layer, compact moments",
        }
    }
}

/// What the optimizer remembers at a budget.
pub fn moments(budget: Budget) -> Moments {
    match budget {
        Budget::B2 => Moments::Compact,
        Budget::M2 | Budget::M20 | Budget::M200 => Moments::Full,
    }
}

/// Why a model of `count` parameters does not train by steps by hand, where it does not.
pub fn not_by_hand(
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
    } else if count > BY_HAND_UP_TO {
        Some("it has more than 50M parameters")
    } else {
        None
    }
}

/// How a model trains: `whole` bytes are what it needs at once, `memory` the bytes of the machine, where they are known; `by_hand` is
/// whether steps by hand are made for it.
pub fn execution(budget: Budget, by_hand: bool, whole: u64, memory: Option<u64>) -> Execution {
    match moments(budget) {
        Moments::Compact => Execution::Layerwise(Moments::Compact),
        Moments::Full if memory.is_some_and(|memory| whole > memory) => {
            Execution::Layerwise(Moments::Full)
        }
        Moments::Full if by_hand => Execution::ByHand,
        Moments::Full => Execution::Whole,
    }
}

/// Samples of a batch that are worth a thread of their own.
const SAMPLES_OF_A_THREAD: u64 = 8;
/// Trials at a time by default: with 50 in all, a sampler that does not know more of them loses.
const MOST_JOBS: usize = 4;

/// Trials at a time by default on so many cores, each of which needs `bytes` of the `memory` there is. Measured on two cores, batch 32: two
/// trials of one thread each do 1.5 (2M) and 1.4 (20M) times the samples per second of one with two threads. A device, and trainings of
/// autograd, which fill the cores with large products, get one trial at a time.
pub fn usual_jobs(
    execution: Execution,
    cores: usize,
    (bytes, memory): (u64, Option<u64>),
) -> usize {
    if execution != Execution::ByHand {
        return 1;
    }
    // Beside what is estimated a process holds libtorch and the data.
    let room = memory.map_or(u64::MAX, |memory| memory / bytes.max(1) / 2);
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    cores.min(MOST_JOBS).min(room).max(1)
}

/// Threads by default of one training on so many cores.
pub fn usual_threads(execution: Execution, cores: usize, batch: u64) -> usize {
    let most = match execution {
        Execution::ByHand => usize::try_from(batch / SAMPLES_OF_A_THREAD).unwrap_or(usize::MAX),
        Execution::Whole | Execution::Layerwise(_) => usize::MAX,
    };
    cores.min(most).max(1)
}

/// Whether a batch may be split into parts; the message says why not.
pub fn check_accumulation(execution: Execution, accumulation: u32) -> Result<(), String> {
    match execution {
        Execution::Layerwise(_) if accumulation > 1 => Err(format!(
            "`accumulation: {accumulation}` keeps the sum of all gradients, and this model trains {}",
            execution.text()
        )),
        _ => Ok(()),
    }
}

/// Samples that go forward and backward at once in steps by hand, where the loss is a mean over samples. Of a small model what they keep
/// stays in the processor's cache; the weights of a large one do not, and are read once for more samples.
pub fn samples_at_once(parameters: u64) -> u64 {
    if parameters <= 8_000_000 { 64 } else { 256 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_decides_moments_and_memory_only_the_order() {
        use Execution::{ByHand, Layerwise, Whole};
        let compact = Layerwise(Moments::Compact);
        for (budget, whole, memory, by_autograd, by_hand) in [
            (Budget::M2, 1, Some(2), Whole, ByHand),
            (Budget::M2, 2, Some(2), Whole, ByHand),
            (Budget::M200, 3, None, Whole, ByHand),
            (Budget::B2, 1, Some(u64::MAX), compact, compact),
            (Budget::B2, 9, None, compact, compact),
        ] {
            assert_eq!(execution(budget, false, whole, memory), by_autograd);
            assert_eq!(execution(budget, true, whole, memory), by_hand);
        }
        for by_hand in [false, true] {
            let small = execution(Budget::M200, by_hand, 3, Some(2));
            assert_eq!(small, Layerwise(Moments::Full));
        }
        assert!(check_accumulation(Whole, 8).is_ok() && check_accumulation(ByHand, 8).is_ok());
        assert!(check_accumulation(Layerwise(Moments::Full), 1).is_ok());
        assert!(check_accumulation(Layerwise(Moments::Compact), 2).is_err());
    }

    #[test]
    fn small_trainings_get_a_core_each_and_large_ones_all() {
        let (by_hand, whole) = (Execution::ByHand, Execution::Whole);
        for (cores, bytes, memory, jobs) in [
            (2, 1, None, 2),
            (64, 1, Some(1000), 4),
            (4, 10, Some(40), 2),
            (4, 10, Some(10), 1),
            (0, 1, None, 1),
        ] {
            assert_eq!(usual_jobs(by_hand, cores, (bytes, memory)), jobs);
            assert_eq!(usual_jobs(whole, cores, (bytes, memory)), 1);
        }
        for (cores, batch, threads) in [(1, 32, 1), (16, 32, 4), (16, 256, 16), (4, 4, 1)] {
            assert_eq!(usual_threads(by_hand, cores, batch), threads);
            assert_eq!(usual_threads(whole, cores, batch), cores);
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
        assert_eq!(not_by_hand(&mixed, BY_HAND_UP_TO, fp32, true), None);
        for (input, count, precision, cpu, word) in [
            (&mixed, 1, fp32, false, "device"),
            (&input(Channels::Independent), 1, fp32, true, "independent"),
            (&mixed, BY_HAND_UP_TO + 1, fp32, true, "50M"),
            (&mixed, 1, Precision::Bf16, true, "bfloat16"),
        ] {
            let why = not_by_hand(input, count, precision, cpu);
            assert!(why.is_some_and(|why| why.contains(word)), "{why:?}");
        }
    }
}
