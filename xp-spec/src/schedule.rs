//! The learning rate over the steps of a training.

choices! {
    /// Learning rate after the linear warm-up, from its peak.
    schedules: Schedule, default Cosine {
        /// Half a cosine to 0 (Loshchilov & Hutter, arXiv 1608.03983, without restarts).
        cosine => Cosine,
        /// A straight line to 0.
        linear => Linear,
        /// The peak throughout.
        constant => Constant,
    }
}

impl Schedule {
    /// Learning rate of step `step` (from 0) of `total` steps with `warmup` steps of linear warm-up.
    pub fn learning_rate(self, peak: f64, step: u64, warmup: u64, total: u64) -> f64 {
        if step < warmup {
            return peak * (step + 1) as f64 / warmup as f64;
        }
        let rest = total.saturating_sub(warmup).max(1);
        let progress = ((step - warmup) as f64 / rest as f64).min(1.0);
        match self {
            Self::Cosine => peak * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            Self::Linear => peak * (1.0 - progress),
            Self::Constant => peak,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_warm_up_and_then_go_their_way() {
        let rates = |schedule: Schedule| -> Vec<f64> {
            (0..=10)
                .map(|step| schedule.learning_rate(1.0, step, 4, 10))
                .collect()
        };
        for (schedule, middle, last) in [
            (Schedule::Cosine, 0.5, 0.0),
            (Schedule::Linear, 0.5, 0.0),
            (Schedule::Constant, 1.0, 1.0),
        ] {
            let rates = rates(schedule);
            assert_eq!(rates[..5], [0.25, 0.5, 0.75, 1.0, 1.0], "{schedule:?}");
            assert!((rates[7] - middle).abs() < 1e-12, "{schedule:?}");
            assert!((rates[10] - last).abs() < 1e-12, "{schedule:?}");
            // A warm-up longer than the run stays below the peak and never divides by zero.
            assert_eq!(schedule.learning_rate(1.0, 9, 20, 10), 0.5);
        }
    }
}
