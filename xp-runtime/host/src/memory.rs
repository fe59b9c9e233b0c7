//! The memory watchdog: what this process uses against its estimate, and what the machine has left, so that a run stops before the
//! machine swaps (F24). The judgement is pure; reading is at the edge.

use std::fs;

use crate::resources::{bytes, free_memory, total_memory};

/// Memory that is left to the machine: with less it swaps, or the kernel kills processes. A 32nd of all, 512 MiB at most.
const MOST_RESERVE: u64 = 512 << 20;
/// Multiple of the estimate above which a warning is due.
const WARN_ABOVE: f64 = 1.5;

/// A reading, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Resident memory of this process.
    pub resident: u64,
    /// What programs may still allocate.
    pub available: u64,
    /// All memory.
    pub total: u64,
}

/// What a reading means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Continue.
    Ok,
    /// Continue, and warn once: the process uses far more than was estimated.
    AboveEstimate(String),
    /// Stop before the machine swaps.
    Stop(String),
}

impl Reading {
    /// Reads this process and machine; absent where the system does not report it.
    pub fn now() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let resident = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()?;
        Some(Self {
            resident: resident << 10,
            available: free_memory()?,
            total: total_memory()?,
        })
    }
}

/// Judges a reading against the estimate of pre-flight.
pub fn judge(reading: &Reading, estimate: Option<u64>) -> Verdict {
    let Reading {
        resident,
        available,
        total,
    } = *reading;
    if available < MOST_RESERVE.min(total / 32) {
        let remedy = match estimate {
            Some(estimate) if (resident as f64) < 1.15 * estimate as f64 => {
                "as estimated: other programs use the rest, close them"
            }
            _ => "use a smaller batch_size or budget, or a machine with more memory",
        };
        return Verdict::Stop(format!(
            "memory is nearly full: {} of {} left, this run uses {}; {remedy}",
            bytes(available),
            bytes(total),
            bytes(resident)
        ));
    }
    match estimate {
        Some(estimate) if resident as f64 > WARN_ABOVE * estimate as f64 => {
            Verdict::AboveEstimate(format!(
                "this run uses {} of memory, the estimate was {}",
                bytes(resident),
                bytes(estimate)
            ))
        }
        _ => Verdict::Ok,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    const GIB: u64 = 1 << 30;

    /// F24
    #[test]
    fn a_run_stops_before_the_machine_swaps() {
        for (resident, available, estimate, expected) in [
            (GIB, 20 * GIB, Some(GIB), "fine"),
            (GIB, 20 * GIB, None, "fine"),
            (2 * GIB, 20 * GIB, Some(GIB), "beyond"),
            (GIB, GIB / 4, Some(GIB), "stop: close them"),
            (20 * GIB, GIB / 4, Some(GIB), "stop: smaller"),
            (20 * GIB, GIB / 4, None, "stop: smaller"),
        ] {
            let reading = Reading {
                resident,
                available,
                total: 24 * GIB,
            };
            let right = match judge(&reading, estimate) {
                Verdict::Ok => expected == "fine",
                Verdict::AboveEstimate(text) => {
                    expected == "beyond" && text.contains("2.0 GiB") && text.contains("1.0 GiB")
                }
                Verdict::Stop(text) => expected
                    .strip_prefix("stop: ")
                    .is_some_and(|remedy| text.contains(remedy)),
            };
            assert!(right, "{resident} {available} {estimate:?}");
        }
        // A small machine keeps less in reserve.
        let small = Reading {
            resident: GIB / 8,
            available: GIB / 16,
            total: GIB,
        };
        assert_eq!(judge(&small, None), Verdict::Ok);
    }

    #[test]
    fn this_process_can_be_read() {
        let reading = Reading::now().unwrap();
        assert!(reading.resident > 1 << 20 && reading.resident < reading.total);
    }
}
