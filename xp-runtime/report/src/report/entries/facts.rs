//! The provenance of a run's numbers, as a list.

use serde_json::Value;
use xp_metrics::{Gain, Signal};
use xp_spec::count::{group, per_sample};

use crate::{
    document::Line,
    log::{LintFinding, LogRow},
    report::{numbers::with_interval, run::Run},
};

/// Facts of its row and record other than metrics.
pub(super) fn facts(run: &Run) -> Vec<Line> {
    let row = &run.row;
    let mut lines = vec![
        Line::new("run: ")
            .code(&row.run_id)
            .text(", spec ")
            .code(&row.spec_hash)
            .text(format!(
                ", {}, {:.1} s",
                row.timestamp, row.duration_seconds
            )),
    ];
    lines.push(Line::new(format!("data set: {}", run.data())));
    let mut plain = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| Line::new(format!("{name}: {value}"))));
    };
    plain("code", row.code_version.clone());
    plain("seed", row.seed.map(|seed| seed.to_string()));
    plain("device", row.device.clone());
    plain("threads", row.threads.map(|threads| threads.to_string()));
    plain("parameters", row.param_count.map(group));
    plain("parameters per training sample", ratio(row));
    plain("selected", selected(row));
    plain(
        "throughput",
        row.samples_per_second
            .map(|rate| format!("{rate:.0} samples/s")),
    );
    let counted = || {
        Some(format!(
            "{:.4} (n {}, {} positive)",
            row.val_loss?, row.val_samples?, row.val_positives?
        ))
    };
    plain("validation log-loss", counted());
    plain(
        "highest temperature",
        row.thermal_max_temp
            .map(|celsius| format!("{celsius:.1} °C")),
    );
    plain(
        "flags",
        (!run.flags.is_empty()).then(|| run.flags.join("; ")),
    );
    for finding in LintFinding::of_cell(row.lints.as_deref()) {
        plain("lint", Some(finding.text()));
    }
    let signal = run.record.as_ref().and_then(|record| record.signal);
    plain("signal of the last bar", signal.as_ref().map(signal_text));
    plain("error", row.error_message.clone());
    for (name, json) in [
        ("overrides", &row.overrides),
        ("hyperparameters", &row.hyperparameters),
    ] {
        lines.extend(
            json.as_ref()
                .map(|json| Line::new(format!("{name}: ")).code(json)),
        );
    }
    let origin = run.record.as_ref().map(|record| &record.origin);
    for (source, what) in origin.into_iter().flatten() {
        lines.push(Line::new(format!("borrowed from {source}: {what}")));
    }
    lines
}

/// The place of the selected weights in their training, such as `step 850 of 2000 (epoch 3.4)`; of older rows their epoch.
fn selected(row: &LogRow) -> Option<String> {
    let epoch = row.best_epoch?;
    let Some(step) = row.best_step else {
        return Some(format!("epoch {epoch}"));
    };
    // An overridden run may end before the steps of its hyperparameters.
    let hyperparameters: Option<Value> = row
        .hyperparameters
        .as_ref()
        .filter(|_| !row.overridden)
        .and_then(|json| serde_json::from_str(json).ok());
    let steps = hyperparameters.and_then(|it| it.get("steps")?.as_u64());
    let of = steps.map_or_else(String::new, |steps| format!(" of {steps}"));
    Some(format!("step {step}{of} (epoch {epoch:.1})"))
}

/// The exact count by the training samples that the run loaded.
fn ratio(row: &LogRow) -> Option<String> {
    let (parameters, samples) = (row.param_count?, row.train_samples?);
    let ratio = per_sample(parameters, samples)?;
    Some(format!(
        "{ratio} ({} by {samples} samples of train)",
        group(parameters)
    ))
}

/// What pre-flight's signal check found (F48).
fn signal_text(signal: &Signal) -> String {
    let by = |gain: &Gain| with_interval(gain.difference.value, gain.difference.interval);
    let normalised = signal.normalised.as_ref().map_or_else(String::new, |gain| {
        let removed = if signal.is_removed() {
            ": the normalisation removes the signal"
        } else {
            ""
        };
        format!(
            "; as the features are normalised in the window {}{removed}",
            by(gain)
        )
    });
    format!(
        "log-loss of a logistic regression less the class prior's {:.4} on validation: raw {}{normalised} (n {}, {} positive)",
        signal.prior_loss,
        by(&signal.raw),
        signal.n,
        signal.positives
    )
}
