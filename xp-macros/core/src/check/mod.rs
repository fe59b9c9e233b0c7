//! Turns a parsed experiment into a resolved one. The rules themselves are `xp-spec`'s; here they meet the tokens to blame.

mod baselines;
mod fields;
mod machine;
mod model;
mod run;
mod siblings;
mod space;
mod strategy;
mod subject;
mod training;

use proc_macro2::Span;
use xp_spec::{
    experiment::{Experiment, Run},
    hash::spec_hash,
    name::{MAX_VARIANT, NameDefaults, NameFields, binary_name, is_variant},
    split::Regions,
    vocabulary,
};

use crate::{Source, diagnostic::Diagnostic, syntax::Map};
use fields::Fields;
pub use model::ModelFacts;
pub use siblings::Borrowed;

/// A valid experiment with what was learned about it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The resolved experiment.
    pub experiment: Experiment,
    /// Its spec hash.
    pub hash: String,
    /// Samples and labels of each region.
    pub regions: Regions,
    /// Exact parameter counts.
    pub model: ModelFacts,
    /// Searches whose results are borrowed.
    pub borrowed: Vec<Borrowed>,
    /// Files whose change must recompile the experiment, relative to the workspace.
    pub files: Vec<String>,
}

/// Whether rules that read other experiments are checked, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Alone,
    WithSiblings,
}

/// Checks an experiment; all faults are reported at once, and the result is there if there are none.
pub(crate) fn check(
    map: &Map,
    source: &Source,
    scope: Scope,
    errors: &mut Vec<Diagnostic>,
) -> Option<Checked> {
    let before = errors.len();
    let workspace = &source.workspace;
    let fields = Fields::new(map, "the experiment", vocabulary::experiment::ALL, errors);
    let defaults = match workspace.defaults() {
        Ok(defaults) => defaults,
        Err(error) => {
            errors.push(Diagnostic::file(map.span, &error));
            return None;
        }
    };
    let subject = subject::subject(&fields, workspace, &defaults, errors);
    let model = model::model(&fields, workspace, subject.as_ref(), errors);
    let training = training::training(&fields, &defaults, errors);
    let run = run::run(&fields, &training, &defaults, model.as_ref(), errors);
    let baselines = baselines::baselines(&fields, errors);
    let machine = machine::machine(&fields, &defaults, errors);

    let subject = subject?;
    let run = run?;
    let name_defaults = NameDefaults {
        horizon: defaults.name.horizon,
        timescale: defaults.name.timescale,
        n_features: defaults.name.n_features,
    };
    check_name(&fields, &subject, &run, &name_defaults, source, errors);
    training::check_execution(subject.budget, &training, errors);
    let model = model?;
    let training = training.resolved?;
    let baselines = baselines?;
    let (thermal, device) = machine?;
    let files = vec![
        xp_spec::files::MANIFEST.to_owned(),
        xp_spec::files::DEFAULTS.to_owned(),
        subject.budget.config_path(),
        subject.lock_path.clone(),
        subject.spine_path.clone(),
    ];
    let experiment = Experiment {
        binary: source.binary.clone(),
        phase: subject.phase,
        description: subject.description,
        budget: subject.budget,
        tolerance: subject.tolerance,
        task: subject.task,
        label_price: subject.label_price,
        horizon: subject.horizon,
        timescale: subject.timescale,
        data: subject.data,
        features: subject.features,
        context: subject.context,
        patch: model.input.patch,
        stride: model.input.stride,
        channels: model.input.channels,
        normalisation: subject.normalisation,
        split: subject.split,
        training,
        baselines,
        thermal,
        device,
        run,
    };
    let hash = spec_hash(&experiment);
    let borrowed = if scope == Scope::WithSiblings && errors.len() == before {
        siblings::check(&fields, &experiment, &hash, source, errors)
    } else {
        Vec::new()
    };
    (errors.len() == before).then_some(Checked {
        experiment,
        hash,
        regions: subject.regions,
        model: model.facts,
        borrowed,
        files,
    })
}

/// The file's name and the fields must agree (F01).
fn check_name(
    fields: &Fields<'_>,
    subject: &subject::Subject,
    run: &Run,
    defaults: &NameDefaults,
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) {
    let variant = match fields.optional("variant") {
        Some(node) => {
            let Some(written) = fields::text(node, "\"context60\"", errors) else {
                return;
            };
            if !is_variant(written) {
                errors.push(
                    Diagnostic::new(node.span(), format!("\"{written}\" is no variant")).help(format!(
                        "a lower-case word of at most {MAX_VARIANT} letters and digits that no other part of a name looks like, such as \"context60\""
                    )),
                );
                return;
            }
            Some(written)
        }
        None => None,
    };
    let told = NameFields {
        variant,
        search: matches!(run, Run::Hpo(_)),
        budget: subject.budget,
        task: subject.task,
        horizon: subject.horizon.days(),
        timescale: subject.timescale,
        n_features: subject.features.len(),
    };
    let expected = binary_name(&told, defaults);
    if expected == source.binary {
        return;
    }
    let span = contradicting_key(&told, defaults, &source.binary)
        .and_then(|key| fields.optional(key))
        .map_or_else(Span::call_site, crate::syntax::Node::span);
    errors.push(
        Diagnostic::new(
            span,
            format!(
                "the file is named `{}`, its fields say `{expected}`",
                source.binary
            ),
        )
        .help(format!(
            "correct this field, or rename the file to `{expected}.rs`"
        ))
        .help("`variant: \"…\"` ends a name, to tell apart what differs in no other part of it"),
    );
}

/// The one field that, changed alone, would make the name right.
fn contradicting_key(
    told: &NameFields<'_>,
    defaults: &NameDefaults,
    binary: &str,
) -> Option<&'static str> {
    use xp_spec::{
        budget::Budget,
        task::{Horizon, Task},
        timescale::Timescale,
    };
    let named = |fields: NameFields<'_>| binary_name(&fields, defaults) == binary;
    if named(NameFields {
        search: !told.search,
        ..*told
    }) {
        return Some("run");
    }
    if Budget::ALL
        .into_iter()
        .any(|budget| named(NameFields { budget, ..*told }))
    {
        return Some("budget");
    }
    if Task::ALL
        .into_iter()
        .any(|task| named(NameFields { task, ..*told }))
    {
        return Some("task");
    }
    if Horizon::ALL
        .into_iter()
        .any(|horizon| named(NameFields { horizon, ..*told }))
    {
        return Some("horizon");
    }
    if Timescale::ALL
        .into_iter()
        .any(|timescale| named(NameFields { timescale, ..*told }))
    {
        return Some("timescale");
    }
    let stem = binary_name(
        &NameFields {
            n_features: defaults.n_features,
            variant: None,
            ..*told
        },
        defaults,
    );
    binary
        .strip_prefix(&stem)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("_f"))
        .then_some("features")
}
