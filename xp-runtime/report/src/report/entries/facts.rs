//! The provenance of a run's numbers, as a list.

use xp_metrics::{Gain, Signal};
use xp_spec::count::group;

use crate::{
    document::Line,
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
    let mut plain = |name: &str, value: Option<String>| {
        lines.extend(value.map(|value| Line::new(format!("{name}: {value}"))));
    };
    plain("code", row.code_version.clone());
    plain("seed", row.seed.map(|seed| seed.to_string()));
    plain("device", row.device.clone());
    plain("threads", row.threads.map(|threads| threads.to_string()));
    plain("parameters", row.param_count.map(group));
    plain("best epoch", row.best_epoch.map(|epoch| epoch.to_string()));
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
