//! What pre-flight finds in the data: lineage and hashes, a processed file that is absent and built, and features that have drifted.

use xp_data::{
    DataError, Hashing,
    build::ensure_processed,
    drift::drift,
    load::{Table, load},
    verify::{verify, verify_source},
};
use xp_host::{
    resources::{Finding, Severity},
    subnormals,
};
use xp_spec::{
    architecture::Normalisation,
    split::{Regions, regions},
};

use crate::{
    context::Context,
    journal::{Journal, Row},
};

/// The experiment's features, and its samples in them.
pub(super) struct Loaded {
    pub(super) table: Table,
    pub(super) regions: Regions,
}

/// Findings on the data and on each later region's drift, and the data where it is good.
pub(super) fn findings(context: &Context, journal: &Journal<'_>) -> (Vec<Finding>, Option<Loaded>) {
    let error = |text: String| (vec![Finding::new(Severity::Error, "data", text)], None);
    let (workspace, declared) = (&context.workspace, &context.experiment.data);
    let path = &declared.path;
    // A dry run writes nothing, not even what it has hashed.
    let hashing = if context.options.dry_run {
        Hashing::ReadOnly
    } else {
        Hashing::Cached
    };
    let absent = !workspace.root().join(path).is_file();
    let verified = if absent {
        verify_source(workspace, &declared.name, hashing, &context.clock)
    } else {
        verify(workspace, &declared.name, hashing, &context.clock)
    };
    let entry = match verified {
        Ok(entry) => entry,
        Err(cause) => return error(cause.to_string()),
    };
    let lock = match workspace.lock(&entry.lock) {
        Ok(lock)
            if lock.columns_md5 != declared.columns_md5
                || lock.spine.md5 != declared.prices_md5 =>
        {
            return error(format!(
                "{path} has changed since this experiment was validated against it; build the experiment again, which recounts its samples"
            ));
        }
        Ok(lock) => lock,
        Err(cause) => return error(cause.to_string()),
    };
    if absent && context.options.dry_run {
        let text = format!(
            "{path} is absent: it will be built from its raw file, and its drift and signal reported then"
        );
        return (vec![Finding::new(Severity::Good, "data", text)], None);
    }
    if absent && let Err(cause) = ensure_built(context, journal) {
        return error(cause.to_string());
    }
    let good = format!("{path}, {} rows, as its lock has it", entry.rows);
    let mut findings = vec![Finding::new(Severity::Good, "data", good)];
    let loaded = load(workspace, &entry, &context.experiment.features)
        .map_err(|cause| cause.to_string())
        .and_then(|table| {
            let spine = workspace.spine(&lock).map_err(|cause| cause.to_string())?;
            let regions = regions(&spine, &context.experiment.labelling());
            Ok(Loaded { table, regions })
        });
    match loaded {
        Ok(loaded) => {
            findings.extend(drifts(context, &loaded.table));
            (findings, Some(loaded))
        }
        Err(cause) => {
            findings.push(Finding::new(Severity::Error, "data", cause));
            (findings, None)
        }
    }
}

/// Builds the data set from its raw file where it is absent: with subnormal numbers, so that it has the bits that its lock is of.
pub(crate) fn ensure_built(context: &Context, journal: &Journal<'_>) -> Result<(), DataError> {
    let declared = &context.experiment.data;
    let name = &declared.name;
    let mut built = false;
    subnormals::kept(|| {
        let mut on_wait = |text: &str| journal.info(text);
        ensure_processed(
            &context.workspace,
            name,
            &mut on_wait,
            &mut |done, total| {
                built = true;
                journal.show_progress(&[Row {
                    subject: format!("building {name}"),
                    share: Some((done as u64, total as u64)),
                    text: "features".to_owned(),
                }]);
            },
        )
    })?;
    if built {
        journal.show_progress(&[]);
        journal.info(&format!("built {} from its raw file", declared.path));
    }
    Ok(())
}

/// How far inputs have moved after train (F23), by the experiment's own split.
fn drifts(context: &Context, table: &Table) -> Vec<Finding> {
    let experiment = &context.experiment;
    let remedy = match experiment.normalisation {
        Normalisation::Revin => "; RevIN removes each window's level, and what it says with it",
        Normalisation::RevinLevel => {
            "; RevIN removes each window's level, which is an input of its own, clipped to what train had"
        }
        Normalisation::Zscore => {
            "; values beyond those of train are clipped, and `normalisation: revin(level: true)` tells the level from what happens in a window"
        }
        Normalisation::None => {
            "; `normalisation: none` leaves it to the model, `zscore` clips values beyond those of train"
        }
    };
    drift(table, experiment.split)
        .iter()
        .map(|region| {
            if region.is_large() {
                Finding::new(
                    Severity::Warning,
                    "drift",
                    format!("{}{remedy}", region.summary()),
                )
            } else {
                Finding::new(Severity::Good, "drift", region.summary())
            }
        })
        .collect()
}
