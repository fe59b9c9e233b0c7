//! How training steps are computed and what the optimizer remembers: the rule, by budget and memory.
//!
//! - The 2B budget always trains layer by layer with compact moments: this changes results, so it depends on the budget alone.
//! - Any other budget has full moments. It trains as a whole, or layer by layer where the whole does not fit into the machine's memory,
//!   which changes results by rounding only.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;

/// Rows and columns from which a matrix has its second moment as sums of rows and columns.
pub const FACTORED_FROM: i64 = 16;

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
    /// All gradients at once.
    Whole,
    /// The gradients of one encoder layer at a time, and the best weights on disk.
    Layerwise(Moments),
}

impl Execution {
    /// As it is printed.
    pub fn text(self) -> &'static str {
        match self {
            Self::Whole => "all gradients at once",
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

/// How a model trains: `whole` bytes are what it needs at once, `memory` the bytes of the machine, where they are known.
pub fn execution(budget: Budget, whole: u64, memory: Option<u64>) -> Execution {
    match moments(budget) {
        Moments::Compact => Execution::Layerwise(Moments::Compact),
        Moments::Full if memory.is_some_and(|memory| whole > memory) => {
            Execution::Layerwise(Moments::Full)
        }
        Moments::Full => Execution::Whole,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_decides_moments_and_memory_only_the_order() {
        use Execution::{Layerwise, Whole};
        for (budget, whole, memory, expected) in [
            (Budget::M2, 1, Some(2), Whole),
            (Budget::M2, 2, Some(2), Whole),
            (Budget::M200, 3, Some(2), Layerwise(Moments::Full)),
            (Budget::M200, 3, None, Whole),
            (Budget::B2, 1, Some(u64::MAX), Layerwise(Moments::Compact)),
            (Budget::B2, 9, None, Layerwise(Moments::Compact)),
        ] {
            assert_eq!(execution(budget, whole, memory), expected, "{budget}");
        }
        assert!(check_accumulation(Whole, 8).is_ok());
        assert!(check_accumulation(Layerwise(Moments::Full), 1).is_ok());
        assert!(check_accumulation(Layerwise(Moments::Compact), 2).is_err());
    }
}
