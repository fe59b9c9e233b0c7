//! The study that the workers share: its space of six parameters and its empty objective. `optuna_workers.py` has the same.

use xp_search::StudyIdentity;
use xp_spec::space::{Assignment, Domain, Parameter, SearchSpace, Value};

/// Name of the study.
pub(crate) const STUDY: &str = "shared";

/// Its space.
pub(crate) fn space() -> SearchSpace {
    let uniform = Domain::Uniform {
        low: 0.0,
        high: 0.5,
    };
    let log = |low, high| Domain::Log { low, high };
    let names = ["bce", "focal", "mixed"].map(|name| Value::Text(name.to_owned()));
    let loss = Domain::Choice {
        values: names.to_vec(),
    };
    let epochs = Domain::Int {
        low: 1,
        high: 50,
        step: 1,
    };
    let domains = [
        ("dropout", uniform),
        ("epochs", epochs),
        ("hidden", Domain::LogInt { low: 8, high: 1024 }),
        ("learning_rate", log(1e-5, 1e-1)),
        ("loss", loss),
        ("weight_decay", log(1e-6, 1e-2)),
    ];
    let parameter = |(name, domain): (&str, Domain)| Parameter {
        name: name.to_owned(),
        domain,
    };
    SearchSpace {
        parameters: domains.into_iter().map(parameter).collect(),
    }
}

/// Which study it is.
pub(crate) fn identity() -> StudyIdentity {
    StudyIdentity {
        name: STUDY.to_owned(),
        spec_hash: "1".to_owned(),
        data_md5: "2".to_owned(),
        direction: Default::default(),
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({}),
        space: space(),
    }
}

/// The objective: it costs nothing, and has a slope that a sampler can follow.
pub(crate) fn objective(point: &Assignment) -> f64 {
    let number = |name: &str| match point.get(name) {
        Some(Value::Float(value)) => *value,
        Some(Value::Int(value)) => *value as f64,
        _ => 0.0,
    };
    let rate = (number("learning_rate").log10() + 3.0).powi(2);
    let hidden = (number("hidden").log2() - 8.0).powi(2);
    rate + hidden + number("dropout") + number("epochs") / 50.0
}
