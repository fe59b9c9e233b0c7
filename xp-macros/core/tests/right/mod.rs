//! The experiment that is right, and where it stands.

use std::{path::Path, sync::OnceLock};

use xp_macros_core::Source;
use xp_spec::files::Workspace;

/// A right experiment; tests change one thing of it.
#[allow(dead_code, reason = "not every test asks for it")]
pub(crate) const RIGHT: &str = r#"//! A search.
xp_macros::experiment! {
    phase: "phase6a",
    budget: "2M",
    task: threshold_1pct,
    horizon: 5,
    timescale: daily,
    data: "data/processed/nasdaq_daily.parquet",
    features: tier(20),
    context: 80,
    split: { val: "2007-01-01", test: "2010-01-01" },
    run: hpo {
        trials: 50,
        timeout: "4h",
        search: {
            architecture: grid,
            learning_rate: log(3e-6, 1e-3),
            weight_decay: log(1e-4, 5e-3),
            dropout: uniform(0.0, 0.5),
            warmup: [0.02, 0.05, 0.1],
            steps: [1000, 2000, 4000],
        },
    },
}
"#;

/// The real workspace, read once.
#[allow(dead_code, reason = "not every test asks for it")]
pub(crate) fn workspace() -> Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    WORKSPACE
        .get_or_init(|| Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap())
        .clone()
}

/// Source of a file that stands in no folder, so that it has no siblings.
#[allow(dead_code, reason = "not every test asks for it")]
pub(crate) fn source(binary: &str) -> Source {
    Source {
        file: None,
        binary: binary.to_owned(),
        workspace: workspace(),
    }
}
