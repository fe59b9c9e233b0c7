//! RevIN without the level of the window.

use xp_spec::{architecture::Normalisation, files::DEFAULTS, vocabulary::allow};

use super::definition::{Judged, Lint};
use crate::diagnostic::Diagnostic;

pub(super) const LINT: Lint = Lint {
    name: allow::revin_removes_level,
    why: "the level of volatility is the strongest signal of these tasks: on NASDAQ, RevIN takes a logistic regression on the last bar from AUC .745 to .563",
    remedy: "`normalisation: zscore`",
    check,
};

fn check(judged: &Judged<'_>) -> Vec<Diagnostic> {
    if judged.checked.experiment.normalisation != Normalisation::Revin {
        return Vec::new();
    }
    let fields = &judged.resolved.fields;
    let message = "RevIN subtracts each window's mean and divides by its standard deviation: the level of every feature is lost";
    if fields.optional("normalisation").is_some() {
        return vec![Diagnostic::new(fields.value_span("normalisation"), message)];
    }
    let mut found = Diagnostic::new(fields.value_span("features"), message);
    found.at = Some(
        judged
            .resolved
            .source
            .workspace
            .line_of(DEFAULTS, "normalisation"),
    );
    vec![found]
}
