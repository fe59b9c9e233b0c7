//! The verdict on a law.

/// Whether a loss scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Loss falls with size: α is above 0.
    Scales,
    /// α cannot be told from 0.
    Flat,
    /// Loss rises with size: α is below 0 (F42).
    Inverse,
    /// Losses differ between sizes, but not as a power law.
    NoPowerLaw(NoPowerLaw),
}

/// Why losses follow no power law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPowerLaw {
    /// A straight line in logarithms is rejected at 1 % against a parabola.
    Curved,
    /// The standard deviation of sizes around the line exceeds the line's change from the smallest to the largest, and what days and seeds
    /// explain, at 1 %.
    Scattered,
}

/// What a verdict is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Fewer than [`MIN_SIZES`] different sizes; how many there are.
    Sizes(usize),
    /// A size has fewer than [`MIN_SEEDS`] seeds; the fewest.
    Seeds(usize),
    /// A loss is absent or not positive, or has no replicates.
    Losses,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Scales => "scales",
            Self::Flat => "flat",
            Self::Inverse => "inverse",
            Self::NoPowerLaw(_) => "no power law",
        })
    }
}

/// Fewest sizes that allow a verdict.
pub const MIN_SIZES: usize = 3;
/// Fewest seeds of each size that allow one.
pub const MIN_SEEDS: usize = 3;
/// Chance of a false verdict among all that are corrected together.
const LEVEL: f64 = 0.05;

/// By α, and its p-value after correction.
pub(crate) fn verdict(alpha: f64, adjusted: f64, no_power_law: Option<NoPowerLaw>) -> Verdict {
    match no_power_law {
        Some(why) => Verdict::NoPowerLaw(why),
        None if adjusted >= LEVEL => Verdict::Flat,
        None if alpha > 0.0 => Verdict::Scales,
        None => Verdict::Inverse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f42_verdicts_follow_sign_and_p_value() {
        let curved = NoPowerLaw::Curved;
        for (alpha, adjusted, why, expected) in [
            (0.03, 0.01, None, Verdict::Scales),
            (0.03, 0.06, None, Verdict::Flat),
            (-0.03, 0.01, None, Verdict::Inverse),
            (0.03, 0.01, Some(curved), Verdict::NoPowerLaw(curved)),
        ] {
            assert_eq!(verdict(alpha, adjusted, why), expected);
        }
    }
}
