//! The figures of a finished run.

use super::{
    calibration::{bins, thresholds},
    curve::losses,
};
use crate::{
    document::Figure,
    figure::{precision_recall, reliability},
    report::run::Run,
};

/// Learning curve, reliability and precision-recall of a finished run.
pub(crate) fn of_run(run: &Run) -> Vec<Figure> {
    let Some(record) = &run.record else {
        return Vec::new();
    };
    let seed = run
        .row
        .seed
        .map_or_else(String::new, |seed| format!(", seed {seed}"));
    let title = format!("{}{seed}", run.title());
    let id = |kind: &str| {
        // The figures of an overridden run need names other than those of the experiment, and of other overridden runs.
        let seed = match (run.row.overridden, run.row.seed) {
            (true, _) => format!("+{}", run.row.run_id),
            (false, Some(seed)) => format!("_s{seed}"),
            (false, None) => String::new(),
        };
        format!("{}{seed}_{kind}", run.row.experiment)
    };
    let mut figures = Vec::new();
    if !record.curve.is_empty() {
        figures.push(Figure {
            id: id("curve"),
            caption: format!("Learning curve of {title}."),
            svg: losses(&title, &record.curve, &run.row),
        });
    }
    let test = record.test.as_ref().map(|set| (set, "test"));
    let Some((set, region)) = test.or_else(|| record.val.as_ref().map(|set| (set, "validation")))
    else {
        return figures;
    };
    let n = set.labels.len();
    let positives = set.labels.iter().filter(|y| **y == 1.0).count();
    let on = format!("on {region} (n {n}, {positives} positive)");
    if n == 0 || positives == 0 || set.probabilities.len() != n {
        return figures;
    }
    figures.push(Figure {
        id: id("reliability"),
        caption: format!("Reliability of {title} {on}; bars are Wilson intervals, which assume independent samples."),
        svg: reliability(&format!("{title}: reliability {on}"), &bins(set)),
    });
    figures.push(Figure {
        id: id("precision_recall"),
        caption: format!("Precision and recall of {title} {on}."),
        svg: precision_recall(
            &format!("{title}: precision and recall {on}"),
            &thresholds(set),
            positives as f64 / n as f64,
        ),
    });
    figures
}
