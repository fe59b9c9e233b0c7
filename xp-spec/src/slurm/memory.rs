//! Memory and cores that a task is given.

use super::time::number;

/// Cores of a task where nothing else is said: two, with which lists estimate memory, too.
pub const CORES: usize = 2;

/// Whether a text is an amount of memory as Slurm reads it: `4G`, `800M`, or a number of MiB; 0 is all of a node's.
pub fn check_memory(text: &str) -> Result<(), String> {
    let digits = text.strip_suffix(['K', 'M', 'G', 'T']).unwrap_or(text);
    if !digits.is_empty() && digits.len() <= 12 && number(digits).is_some() {
        return Ok(());
    }
    Err("`auto`, or an amount such as 4G or 800M".to_owned())
}

/// Bytes of a process that trains nothing itself: a search between its workers, baselines, the report.
const PROCESS_BYTES: u64 = 1 << 30;
/// What memory is asked for in multiples of, MiB.
const STEP_MIB: u64 = 256;

/// MiB of a task in which `jobs` trainings of `bytes` each run at the same time: a quarter more than the estimate, since Slurm kills at the
/// limit, and what the process itself needs.
pub fn memory_mib(bytes: u64, jobs: usize) -> u64 {
    let needed = bytes
        .saturating_mul(jobs as u64)
        .saturating_add(PROCESS_BYTES);
    let with_room = needed.saturating_add(needed / 4);
    (with_room >> 20)
        .saturating_add(1)
        .div_ceil(STEP_MIB)
        .saturating_mul(STEP_MIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_has_room_and_is_a_multiple() {
        assert_eq!(memory_mib(0, 1), 1536);
        assert_eq!(memory_mib(1 << 30, 2), 4096);
        assert!(memory_mib(u64::MAX, 2) > 1 << 40);
        for text in ["4G", "800M", "4096", "0"] {
            assert_eq!(check_memory(text), Ok(()));
        }
        for text in ["", "G", "4GB", "-1", "4 G", "1.5G"] {
            assert!(check_memory(text).is_err(), "{text}");
        }
    }
}
