//! Processor, memory, limits, sensors, GPU and clocks, as the kernel tells them.

use std::{fs, path::Path, thread};

use xp_host::control_group;

use super::{fact::Fact, programs::output};
use crate::session::Session;

/// Extensions of processors that the kernels choose between.
const EXTENSIONS: [&str; 8] = [
    "sse4_2",
    "avx",
    "fma",
    "avx2",
    "avx512f",
    "avx512_bf16",
    "amx_tile",
    "amx_bf16",
];

/// Facts of the machine; what the kernel does not tell is left out or unknown.
pub(super) fn facts(session: &Session) -> Vec<Fact> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let memory = read("/proc/meminfo");
    vec![
        (
            "system",
            value(&read("/etc/os-release"), "PRETTY_NAME", '=').unwrap_or_default(),
        ),
        (
            "kernel",
            read("/proc/sys/kernel/osrelease").trim().to_owned(),
        ),
        (
            "processor",
            value(&cpu, "model name", ':').unwrap_or_default(),
        ),
        ("extensions", extensions(&cpu)),
        (
            "cores",
            format!(
                "{} usable of {}; load {}",
                thread::available_parallelism().map_or(1, usize::from),
                cpu.lines()
                    .filter(|line| line.starts_with("processor"))
                    .count(),
                read("/proc/loadavg").trim()
            ),
        ),
        (
            "memory",
            ["MemTotal", "MemAvailable", "SwapTotal", "SwapFree"]
                .iter()
                .filter_map(|key| Some(format!("{key} {}", value(&memory, key, ':')?)))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        ("memory limit", memory_limit(control_group::memory())),
        ("limits", limits(&read("/proc/self/limits"))),
        ("nice", nice(&read("/proc/self/stat"))),
        ("sensors", sensors(Path::new("/sys/class/hwmon"))),
        (
            "GPU",
            output(
                "nvidia-smi",
                &[
                    "--query-gpu=name,driver_version,memory.total",
                    "--format=csv,noheader",
                ],
            )
            .unwrap_or_else(|| "no nvidia-smi".to_owned()),
        ),
        (
            "time",
            format!("{} UTC, {}", session.clock.timestamp(), clocks()),
        ),
        (
            "uptime",
            format!(
                "{} s",
                read("/proc/uptime").split(' ').next().unwrap_or_default()
            ),
        ),
    ]
}

/// The value of a key in lines `key: value`, without quotes.
fn value(text: &str, key: &str, separator: char) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(separator)?;
        (name.trim() == key).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn extensions(cpu: &str) -> String {
    let flags = value(cpu, "flags", ':').unwrap_or_default();
    let flags: Vec<&str> = flags.split(' ').collect();
    let found: Vec<&str> = EXTENSIONS
        .into_iter()
        .filter(|name| flags.contains(name))
        .collect();
    found.join(" ")
}

/// What the group of this process, and those above it, leave of memory, as runs reckon with it.
fn memory_limit(memory: Option<control_group::Memory>) -> String {
    match memory {
        Some(control_group::Memory { limit, free }) => {
            format!("{} MiB, of which {} MiB are free", limit >> 20, free >> 20)
        }
        None => "none by a control group".to_owned(),
    }
}

/// The limits of a process that runs meet.
fn limits(text: &str) -> String {
    let wanted = [
        "Max address space",
        "Max open files",
        "Max processes",
        "Max file size",
    ];
    let line = |name: &&str| {
        let line = text.lines().find(|line| line.starts_with(*name))?;
        let soft = line.get(name.len()..)?.split_whitespace().next()?;
        Some(format!("{} {soft}", name.trim_start_matches("Max ")))
    };
    wanted
        .iter()
        .filter_map(line)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The niceness of a process, the 19th field of its `stat`, counted behind its name, which may hold blanks.
fn nice(stat: &str) -> String {
    let behind = stat.rsplit(") ").next().unwrap_or_default();
    behind.split(' ').nth(16).unwrap_or_default().to_owned()
}

/// Names and temperatures of all sensors, as they answer.
fn sensors(folder: &Path) -> String {
    let mut found = Vec::new();
    for chip in fs::read_dir(folder).into_iter().flatten().flatten() {
        let chip = chip.path();
        let read =
            |name: &str| fs::read_to_string(chip.join(name)).map(|text| text.trim().to_owned());
        let name = read("name").unwrap_or_default();
        for number in 1..=64 {
            let input = format!("temp{number}_input");
            if !chip.join(&input).exists() {
                continue;
            }
            let label = read(&format!("temp{number}_label")).unwrap_or_default();
            let answer = match read(&input) {
                Ok(text) => text
                    .parse::<f64>()
                    .map_or(text, |milli| format!("{} °C", milli / 1000.0)),
                Err(cause) => cause.to_string(),
            };
            found.push(format!("{name} {label} {answer}"));
        }
    }
    if found.is_empty() {
        "none".to_owned()
    } else {
        found.sort();
        found.join("\n")
    }
}

/// The source of the monotonic clock, and whether the time is synchronised.
fn clocks() -> String {
    let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    let source = fs::read_to_string(source).unwrap_or_default();
    let synchronised = output(
        "timedatectl",
        &["show", "--property=NTPSynchronized", "--value"],
    );
    format!(
        "clock source {}, synchronised {}",
        source.trim(),
        synchronised.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_tells_is_read() {
        assert_eq!(
            value("a: 1\nmodel name\t: X 7\n", "model name", ':').as_deref(),
            Some("X 7")
        );
        let limited = control_group::Memory {
            limit: 4 << 30,
            free: 3 << 20,
        };
        assert_eq!(
            memory_limit(Some(limited)),
            "4096 MiB, of which 3 MiB are free"
        );
        assert_eq!(memory_limit(None), "none by a control group");
        assert_eq!(
            extensions("flags : fpu avx avx2 avx512f\n"),
            "avx avx2 avx512f"
        );
        assert_eq!(
            nice("7 (a ) b) S 1 7 7 0 -1 4194304 1 0 0 0 0 0 0 0 20 5 1 0 99"),
            "5"
        );
        let text =
            "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024   4096   files\n";
        assert_eq!(limits(text), "open files 1024");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(sensors(folder.path()), "none");
        fs::create_dir(folder.path().join("hwmon0")).unwrap();
        fs::write(folder.path().join("hwmon0/name"), "chip\n").unwrap();
        fs::write(folder.path().join("hwmon0/temp1_input"), "45500\n").unwrap();
        fs::write(folder.path().join("hwmon0/temp2_input"), "warm\n").unwrap();
        assert_eq!(sensors(folder.path()), "chip  45.5 °C\nchip  warm");
    }
}
