//! Regions too small to answer the question, blamed on what would have to change (F11).

use xp_spec::{
    minima::{MIN_TRAIN_DAYS, Shortage, counts, shortages},
    split::{Labelling, Regions, Spine, Split, regions},
    train_part::TrainPart,
};

use crate::{diagnostic::Diagnostic, resolve::Resolved};

/// The minima that the regions do not meet.
pub(crate) fn check(resolved: &Resolved<'_>) -> Vec<Diagnostic> {
    let subject = &resolved.subject;
    let (Some(found), Some(data), Some(labelling)) =
        (&subject.regions, &subject.data, subject.labelling())
    else {
        return Vec::new();
    };
    let missed = shortages(found, labelling.timescale);
    let cure = cure(&missed, found, &data.spine, &labelling);
    // What cures all of them is to blame, and is reported once.
    let reported = if cure.is_some() { 1 } else { missed.len() };
    let note = format!(
        "{} within {} trading days, context {}: {}",
        labelling.task,
        labelling.horizon.days(),
        labelling.context,
        counts(found)
    );
    missed
        .into_iter()
        .take(reported)
        .map(|shortage| {
            let fields = &resolved.fields;
            let (span, remedy) = match cure {
                Some(Cure::Context) => (fields.value_span("context"), "a shorter `context`"),
                Some(Cure::Part) => (
                    fields.nested_span("split", "train"),
                    "a larger part of train",
                ),
                Some(Cure::Embargo) => (
                    fields.nested_span("split", "embargo"),
                    "a shorter `embargo`",
                ),
                None => {
                    let span = match shortage.region {
                        Some("test") => fields.nested_span("split", "test"),
                        Some(_) => fields.nested_span("split", "val"),
                        None => fields.value_span("data"),
                    };
                    (span, shortage.remedy)
                }
            };
            Diagnostic::new(span, shortage.message)
                .note(note.clone())
                .help(remedy)
        })
        .collect()
}

/// One field that, changed alone, would leave enough.
#[derive(Clone, Copy)]
enum Cure {
    Part,
    Context,
    Embargo,
}

fn cure(
    missed: &[Shortage],
    found: &Regions,
    spine: &Spine,
    labelling: &Labelling,
) -> Option<Cure> {
    let cures = |other: Labelling| {
        !missed.is_empty() && shortages(&regions(spine, &other), labelling.timescale).is_empty()
    };
    let context = Labelling {
        context: 1,
        ..*labelling
    };
    let embargo = Labelling {
        split: Split {
            embargo: 0,
            ..labelling.split
        },
        ..*labelling
    };
    let whole = Labelling {
        split: Split {
            train: TrainPart::Whole,
            ..labelling.split
        },
        ..*labelling
    };
    if !labelling.split.train.is_whole() && cures(whole) {
        Some(Cure::Part)
    } else if found.train.days >= MIN_TRAIN_DAYS && cures(context) {
        Some(Cure::Context)
    } else if cures(embargo) {
        Some(Cure::Embargo)
    } else {
        None
    }
}
