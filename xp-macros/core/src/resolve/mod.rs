//! Reads each field of an experiment by itself: wrong keys, types, names and ranges, and defaults for what is left out. What is right is
//! known in spite of other faults, so that one hides no other (F17). It must not judge fields together: that is what `check` is for.

mod allowances;
mod baselines;
mod budget;
mod data;
mod features;
mod fields;
mod hpo;
mod infeasible;
mod machine;
mod model;
mod normalisation;
mod patching;
mod points;
mod pruner;
mod renamed;
mod run;
mod space;
mod split;
mod strategy;
mod subject;
mod train;
mod train_part;
mod training;
mod value;
mod variant;

use xp_spec::{
    baseline::Baseline,
    experiment::Experiment,
    files::{DEFAULTS, MANIFEST},
    hash::{equivalence_hash, spec_hash},
    machine::{DeviceChoice, Thermal},
    name::NameDefaults,
    vocabulary,
};

pub(crate) use allowances::Allowance;
pub(crate) use fields::Fields;
pub(crate) use hpo::Search;
pub(crate) use infeasible::infeasible_value;
pub(crate) use model::budget_span;
pub(crate) use patching::Patching;
pub(crate) use run::RunFields;

use crate::{
    checked::Checked, diagnostic::Diagnostic, siblings::Siblings, source::Source, syntax::Map,
};
use allowances::allowances;
use model::Model;
use subject::Subject;
use training::TrainingFields;
use variant::Variant;

/// An experiment, each part as far as it is right.
pub(crate) struct Resolved<'a> {
    /// The tokens to blame.
    pub(crate) fields: Fields<'a>,
    pub(crate) source: &'a Source,
    /// The experiments in its folder; absent where they are not considered.
    pub(crate) siblings: Option<Siblings>,
    /// Values at which the file's name leaves a part out.
    pub(crate) names: NameDefaults,
    pub(crate) subject: Subject,
    pub(crate) model: Model,
    pub(crate) training: TrainingFields,
    pub(crate) run: Option<RunFields<'a>>,
    pub(crate) variant: Variant<'a>,
    pub(crate) allowances: Vec<Allowance>,
    baselines: Option<Vec<Baseline>>,
    machine: Option<(Thermal, DeviceChoice)>,
}

/// Resolves the body of a call; `None` where the workspace's defaults cannot be read.
pub(crate) fn resolve<'a>(
    map: &'a Map,
    source: &'a Source,
    siblings: Option<Siblings>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Resolved<'a>> {
    let workspace = &source.workspace;
    let fields = Fields::new(map, "the experiment", vocabulary::experiment::ALL, errors);
    let defaults = workspace
        .defaults()
        .map_err(|error| errors.push(Diagnostic::file(map.span, &error)))
        .ok()?;
    let subject = subject::subject(&fields, workspace, &defaults, errors);
    let model = model::model(&fields, workspace, &subject, errors);
    let samples = subject.regions.as_ref();
    let samples = samples.map(|regions| regions.train.samples.len() as u64);
    let training = training::training(&fields, &defaults, samples, errors);
    let run = run::run(&fields, &training, &defaults, &model, errors);
    let baselines = baselines::baselines(&fields, errors);
    let machine = machine::machine(&fields, &defaults, errors);
    let variant = variant::variant(&fields, errors);
    let allowances = allowances(&fields, errors);
    Some(Resolved {
        fields,
        source,
        siblings,
        names: defaults.name,
        subject,
        model,
        training,
        run,
        variant,
        allowances,
        baselines,
        machine,
    })
}

impl Resolved<'_> {
    /// The experiment by itself, where nothing of it is unknown: what it borrows is not in it yet.
    pub(crate) fn checked(&self) -> Option<Checked> {
        let subject = &self.subject;
        let data = subject.data.as_ref()?;
        let split = subject.split?;
        let budget = subject.budget?;
        let input = self.model.input?;
        let (thermal, device) = self.machine?;
        let experiment = Experiment {
            binary: self.source.binary.clone(),
            phase: subject.phase.clone()?,
            description: subject.description.clone(),
            budget,
            tolerance: subject.tolerance?,
            task: subject.task?,
            label_price: subject.label_price?,
            horizon: subject.horizon?,
            timescale: subject.timescale?,
            data: data.set(),
            features: subject.features.clone()?,
            context: subject.context?,
            patch: input.patch,
            stride: input.stride,
            channels: input.channels,
            normalisation: input.normalisation,
            split,
            training: self.training.resolved.clone()?,
            baselines: self.baselines.clone()?,
            thermal,
            device,
            run: self.run.as_ref()?.resolved()?,
        };
        let mut files = vec![
            MANIFEST.to_owned(),
            DEFAULTS.to_owned(),
            budget.config_path(),
        ];
        files.extend(data.files());
        let borders = data.borders(&split);
        let regions = subject.regions.clone()?;
        let samples = regions.train.samples.len() as u64;
        Some(Checked {
            hash: spec_hash(&experiment),
            equivalence: equivalence_hash(&experiment, borders, samples),
            experiment,
            borders,
            regions,
            model: self.model.facts()?,
            borrowed: Vec::new(),
            findings: Vec::new(),
            files,
        })
    }
}
