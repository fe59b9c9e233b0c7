//! The verdict on a law, by the interval of its exponent.

/// Whether a loss scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Loss falls with size: α's interval lies above 0.
    Scales,
    /// α's interval holds 0.
    Flat,
    /// Loss rises with size: α's interval lies below 0 (F42).
    Inverse,
    /// Fewer than three sizes, or no interval.
    InsufficientData,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Scales => "scales",
            Self::Flat => "flat",
            Self::Inverse => "inverse",
            Self::InsufficientData => "insufficient data",
        })
    }
}

/// Fewest sizes that allow a verdict.
pub const MIN_SIZES: usize = 3;

/// Verdict by α's 95 % interval.
pub fn verdict(sizes: usize, interval: Option<(f64, f64)>) -> Verdict {
    match interval {
        Some((low, _)) if sizes >= MIN_SIZES && low > 0.0 => Verdict::Scales,
        Some((_, high)) if sizes >= MIN_SIZES && high < 0.0 => Verdict::Inverse,
        Some(_) if sizes >= MIN_SIZES => Verdict::Flat,
        _ => Verdict::InsufficientData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f42_verdicts_follow_the_interval() {
        for (sizes, interval, expected) in [
            (4, Some((0.01, 0.05)), Verdict::Scales),
            (4, Some((-0.01, 0.05)), Verdict::Flat),
            (3, Some((-0.05, -0.01)), Verdict::Inverse),
            (2, Some((0.01, 0.05)), Verdict::InsufficientData),
            (4, None, Verdict::InsufficientData),
        ] {
            assert_eq!(verdict(sizes, interval), expected);
        }
    }
}
