//! Mean electrical power of an interval: Intel's and AMD's RAPL counters of packages through powercap. Absent where the kernel has none,
//! as on most virtual machines.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use xp_clock::Clock;

/// Folder of the kernel's counters.
const POWERCAP: &str = "/sys/class/powercap";

/// One package's counter: its file, where it wraps, its value at the start, all in microjoules.
#[derive(Debug)]
struct Counter {
    path: PathBuf,
    wraps_at: f64,
    first: f64,
}

/// A running measurement.
#[derive(Debug)]
pub struct Meter {
    clock: Clock,
    started: Instant,
    counters: Vec<Counter>,
}

impl Meter {
    /// Starts a measurement.
    pub fn start(clock: &Clock) -> Self {
        Self::of(Path::new(POWERCAP), clock)
    }

    fn of(folder: &Path, clock: &Clock) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let counters = entries
            .filter_map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                // Packages only: `intel-rapl:0:1` is a part of `intel-rapl:0`, and the zone `psys` is the whole machine.
                name.strip_prefix("intel-rapl:")?.parse::<u32>().ok()?;
                let zone = fs::read_to_string(entry.path().join("name")).ok()?;
                let package = zone.starts_with("package");
                let path = entry.path().join("energy_uj");
                let wraps_at = number(&entry.path().join("max_energy_range_uj"))?;
                let first = number(&path).filter(|_| package)?;
                Some(Counter {
                    path,
                    wraps_at,
                    first,
                })
            })
            .collect();
        Self {
            clock: clock.clone(),
            started: clock.now(),
            counters,
        }
    }

    /// Mean power of all packages since the start, watts, and the name of the meter; absent where a counter is missing or constant.
    pub fn watts(&self) -> Option<(f64, &'static str)> {
        let seconds = self.clock.since(self.started).as_secs_f64();
        let mut joules = 0.0;
        for counter in &self.counters {
            let now = number(&counter.path)?;
            let used = now - counter.first;
            let used = if used < 0.0 {
                used + counter.wraps_at
            } else {
                used
            };
            joules += used * 1e-6;
        }
        (joules > 0.0 && seconds > 0.0).then(|| (joules / seconds, "RAPL"))
    }
}

fn number(path: &Path) -> Option<f64> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packages_are_added_wrap_and_are_absent_where_there_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let set = |name: &str, value: u64| {
            let zone_folder = folder.path().join(name);
            fs::create_dir_all(&zone_folder).unwrap();
            let zone = match name {
                "intel-rapl:2" => "psys",
                "intel-rapl:0:0" => "core",
                _ => "package-0",
            };
            fs::write(zone_folder.join("name"), format!("{zone}\n")).unwrap();
            fs::write(zone_folder.join("energy_uj"), format!("{value}\n")).unwrap();
            fs::write(zone_folder.join("max_energy_range_uj"), "1000000000\n").unwrap();
        };
        let clock = Clock::manual();
        let absent = Meter::of(folder.path(), &clock);
        clock.advance(Duration::from_secs(1));
        assert!(absent.watts().is_none());
        set("intel-rapl:0", 5_000_000);
        set("intel-rapl:1", 990_000_000);
        set("intel-rapl:0:0", 1);
        set("intel-rapl:2", 1);
        let meter = Meter::of(folder.path(), &clock);
        clock.advance(Duration::from_secs(1));
        assert!(meter.watts().is_none(), "the counters are constant");
        set("intel-rapl:0", 65_000_000);
        set("intel-rapl:1", 10_000_000);
        set("intel-rapl:0:0", 999_000_000);
        set("intel-rapl:2", 999_000_000);
        clock.advance(Duration::from_secs(1));
        let (watts, _) = meter.watts().unwrap();
        assert!((watts - 40.0).abs() < 1e-9, "{watts}");
    }
}
