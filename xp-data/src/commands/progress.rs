//! Progress and results, for people.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};
use xp_data::build::Changed;

/// A progress bar on a terminal, removed when it is full; a line each fifth when piped.
pub(super) fn progress(name: &str) -> Box<dyn FnMut(usize, usize)> {
    let name = name.to_owned();
    if !std::io::stderr().is_terminal() {
        return Box::new(move |done, total| {
            if total >= 5 && done.is_multiple_of(total / 5) {
                complain!("{name}: {done} of {total} features");
            }
        });
    }
    let style =
        ProgressStyle::with_template("{prefix} {bar:40} {pos} of {len} features, {elapsed}");
    let bar = ProgressBar::no_length()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_prefix(name);
    Box::new(move |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        if done == total {
            bar.finish_and_clear();
        }
    })
}

/// The files that were written, for people.
pub(super) fn written(changed: Changed) -> String {
    let files: Vec<_> = [
        ("parquet", changed.parquet),
        ("lock", changed.lock),
        ("manifest", changed.manifest),
    ]
    .iter()
    .filter_map(|(what, changed)| changed.then_some(*what))
    .collect();
    if files.is_empty() {
        return "nothing changed".to_owned();
    }
    format!("wrote {}", files.join(", "))
}

/// Says what became of a raw file that was to be added.
pub(super) fn say_added(dry_run: bool, moved: Option<&str>, path: &str, name: &str) {
    if dry_run {
        say!("dry run: nothing was written");
        return;
    }
    if let Some(moved) = moved {
        say!("the earlier prices were moved to {moved}");
    }
    say!("wrote {path} and data/manifest.yaml");
    xp_terminal::next(&format!("cargo xp data build {name}"));
}
