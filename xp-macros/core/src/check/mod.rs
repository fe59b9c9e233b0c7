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

use xp_spec::{
    experiment::Experiment,
    hash::{borrowing_hash, twin_hash},
    minima::MIN_CLASS_SAMPLES,
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
    /// Its spec hash; with those of the searches that it borrows from.
    pub hash: String,
    /// Equal for what is the same experiment in other words.
    pub(crate) twin: String,
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
    let model = model::model(&fields, workspace, &subject, errors);
    let training = training::training(&fields, &defaults, errors);
    // Where there are too few, that is the error.
    let samples = subject.regions.as_ref();
    let samples = samples.map(|regions| regions.train.samples.len());
    let samples = samples.filter(|samples| *samples >= MIN_CLASS_SAMPLES);
    let run = run::run(&fields, &training, &defaults, &model, samples, errors);
    let baselines = baselines::baselines(&fields, errors);
    let machine = machine::machine(&fields, &defaults, errors);
    let variant = variant(&fields, errors);
    let name_defaults = NameDefaults {
        horizon: defaults.name.horizon,
        timescale: defaults.name.timescale,
        n_features: defaults.name.n_features,
    };
    if let Some(told) = told(&fields, &subject, variant) {
        check_name(&fields, &told, &name_defaults, source, errors);
    }
    if let Some(budget) = subject.budget {
        training::check_execution(budget, &training, errors);
    }
    if scope == Scope::WithSiblings {
        siblings::exist(&fields, source, errors);
    }

    let data = subject.data?;
    let split = subject.split?;
    let borders = data.borders(&split);
    let budget = subject.budget?;
    let input = model.input?;
    let (thermal, device) = machine?;
    let experiment = Experiment {
        binary: source.binary.clone(),
        phase: subject.phase?,
        description: subject.description,
        budget,
        tolerance: subject.tolerance?,
        task: subject.task?,
        label_price: subject.label_price?,
        horizon: subject.horizon?,
        timescale: subject.timescale?,
        data: data.set(),
        features: subject.features?,
        context: subject.context?,
        patch: input.patch,
        stride: input.stride,
        channels: input.channels,
        normalisation: input.normalisation,
        split,
        training: training.resolved?,
        baselines: baselines?,
        thermal,
        device,
        run: run?,
    };
    let mut files = vec![
        xp_spec::files::MANIFEST.to_owned(),
        xp_spec::files::DEFAULTS.to_owned(),
        budget.config_path(),
    ];
    files.extend(data.files());
    let twin = twin_hash(&experiment, borders);
    let borrowed = if scope == Scope::WithSiblings && errors.is_empty() {
        siblings::check(&fields, &experiment, &twin, source, errors)
    } else {
        Vec::new()
    };
    let searches: Vec<_> = borrowed.iter().map(|search| search.hash.as_str()).collect();
    let hash = borrowing_hash(&experiment, &searches);
    let (regions, facts) = (subject.regions?, model.facts()?);
    errors.is_empty().then_some(Checked {
        experiment,
        hash,
        twin,
        regions,
        model: facts,
        borrowed,
        files,
    })
}

/// The word that ends the name, if one is said.
fn variant<'a>(fields: &Fields<'a>, errors: &mut Vec<Diagnostic>) -> Variant<'a> {
    let Some(node) = fields.optional("variant") else {
        return Ok(None);
    };
    let written = fields::text(node, "\"context60\"", errors).ok_or(())?;
    if is_variant(written) {
        return Ok(Some(written));
    }
    errors.push(
        Diagnostic::new(node.span(), format!("\"{written}\" is no variant")).help(format!(
            "a lower-case word of at most {MAX_VARIANT} letters and digits that no other part of a name looks like, such as \"context60\""
        )),
    );
    Err(())
}

/// A variant, none, or one that is wrong and was reported.
type Variant<'a> = Result<Option<&'a str>, ()>;

/// What the fields say of the name, where all of them are right.
fn told<'a>(
    fields: &Fields<'_>,
    subject: &subject::Subject,
    variant: Variant<'a>,
) -> Option<NameFields<'a>> {
    // Bars that are not the data's were reported: the name may well be right.
    if subject.data.as_ref().is_some_and(|data| !data.fits) {
        return None;
    }
    Some(NameFields {
        variant: variant.ok()?,
        search: run::is_search(fields)?,
        budget: subject.budget?,
        task: subject.task?,
        horizon: subject.horizon?.days(),
        timescale: subject.timescale?,
        n_features: subject.features.as_ref()?.len(),
    })
}

/// The file's name and the fields must agree (F01).
fn check_name(
    fields: &Fields<'_>,
    told: &NameFields<'_>,
    defaults: &NameDefaults,
    source: &Source,
    errors: &mut Vec<Diagnostic>,
) {
    let expected = binary_name(told, defaults);
    if expected == source.binary {
        return;
    }
    let span = contradicting_key(told, defaults, &source.binary)
        .and_then(|key| fields.optional(key))
        .map_or(fields.map().span, crate::syntax::Node::span);
    errors.push(
        Diagnostic::new(
            span,
            format!(
                "the file is named `{}`, its fields say `{expected}`",
                source.binary
            ),
        )
        .help(format!(
            "correct the field, or rename the file to `{expected}.rs`"
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
