//! Samples per second of a run against its own median (F45). Pauses for heat are not in it: only the time of steps is given.

use xp_spec::scalar::rounded;

use super::monitor::slow;

/// Seconds of steps that make a measurement between evaluations.
const SECONDS: f64 = 30.0;

/// Measurements so far and the running one.
#[derive(Debug, Default)]
pub(super) struct Throughput {
    rates: Vec<f64>,
    samples: usize,
    seconds: f64,
    slow: bool,
}

impl Throughput {
    /// Adds a step; a warning where a measurement is complete and far below the median.
    pub(super) fn add(&mut self, samples: usize, seconds: f64) -> Option<String> {
        self.samples += samples;
        self.seconds += seconds;
        if self.seconds < SECONDS {
            return None;
        }
        self.close()
    }

    /// Ends a measurement, as an evaluation does. Warns once per slow phase.
    pub(super) fn close(&mut self) -> Option<String> {
        if self.samples == 0 {
            return None;
        }
        let rate = self.samples as f64 / self.seconds.max(1e-9);
        (self.samples, self.seconds) = (0, 0.0);
        let usual = slow(&self.rates, rate);
        let new = usual.is_some() && !self.slow;
        self.slow = usual.is_some();
        self.rates.push(rate);
        usual.filter(|_| new).map(|usual| {
            format!(
                "slow: {} samples/s, usually {}; is another program on this machine's cores, or are they throttled?",
                rounded(rate),
                rounded(usual)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Throughput;

    #[test]
    fn warns_once_when_a_run_becomes_slow() {
        let mut throughput = Throughput::default();
        let mut warned = Vec::new();
        for seconds in [1.0, 1.0, 1.0, 1.1, 5.0, 5.0, 1.0, 5.0] {
            assert_eq!(throughput.add(100, seconds), None);
            warned.push(throughput.close().is_some());
        }
        assert_eq!(
            warned,
            [false, false, false, false, true, false, false, true]
        );
        // Long intervals are measured within.
        let mut throughput = Throughput::default();
        let warnings: Vec<_> = [31.0, 31.0, 31.0, 99.0]
            .into_iter()
            .filter_map(|seconds| throughput.add(32, seconds))
            .collect();
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].contains("0.3232 samples/s, usually 1.032"),
            "{warnings:?}"
        );
        assert_eq!(throughput.close(), None, "nothing was added since");
    }
}
