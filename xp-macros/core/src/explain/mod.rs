//! A resolved experiment, value by value, each with its source: the line that specifies it, or the file whose default it is.

mod row;

use proc_macro2::Span;
use xp_spec::{
    count::{group, per_sample},
    experiment::{Experiment, Params, Run},
    files::{DEFAULTS, Workspace},
    minima::counts,
};

use row::line_in;
pub use row::{Row, ValueSource};

use crate::{
    analyse::analyse,
    checked::Checked,
    diagnostic::Diagnostic,
    source::Source,
    syntax::{Map, Node},
};

/// Resolves an experiment's file and lists every value with its source.
pub fn explain(text: &str, source: &Source) -> Result<(Checked, Vec<Row>), Vec<Diagnostic>> {
    let (checked, map) = analyse(text, source)?;
    let rows = Rows::new(&map, source).all(&checked);
    Ok((checked, rows))
}

struct Rows<'a> {
    map: &'a Map,
    file: String,
    defaults: String,
    workspace: &'a Workspace,
    rows: Vec<Row>,
}

impl<'a> Rows<'a> {
    fn new(map: &'a Map, source: &'a Source) -> Self {
        let workspace = &source.workspace;
        Self {
            map,
            file: source.relative_file(),
            defaults: workspace.text(DEFAULTS, "").unwrap_or_default(),
            workspace,
            rows: Vec::new(),
        }
    }

    fn push(&mut self, name: &str, value: String, source: ValueSource) {
        self.rows.push(Row {
            name: name.to_owned(),
            value,
            source,
        });
    }

    /// A value that the experiment specifies at `path`; else it comes from `otherwise`.
    fn specified(&mut self, path: &[&str], value: impl ToString, otherwise: ValueSource) {
        let source = match find(self.map, path) {
            Some(span) => ValueSource::Line {
                path: self.file.clone(),
                line: span.start().line,
                default: false,
            },
            None => otherwise,
        };
        self.push(&path.join("."), value.to_string(), source);
    }

    /// A value with a default in the workspace's defaults.
    fn defaulted(&mut self, path: &[&str], value: impl ToString) {
        let source = line_in(DEFAULTS, &self.defaults, path);
        self.specified(path, value, source);
    }

    fn all(mut self, checked: &Checked) -> Vec<Row> {
        let experiment = &checked.experiment;
        self.subject(checked);
        self.model(experiment, checked);
        self.training(experiment);
        self.extent(checked);
        match &experiment.run {
            Run::Hpo(_) => self.search(experiment),
            Run::Train(_) => self.train(experiment),
        }
        let baselines: Vec<_> = experiment.baselines.iter().map(|one| one.name()).collect();
        self.specified(&["baselines"], baselines.join(", "), ValueSource::BuiltIn);
        let thermal = &experiment.thermal;
        self.machine(
            "sensor",
            "required",
            if thermal.required {
                "required"
            } else {
                "optional"
            },
        );
        self.machine("pause_above", "pause_above", thermal.pause_above);
        self.machine("resume_below", "resume_below", thermal.resume_below);
        self.machine("abort_above", "abort_above", thermal.abort_above);
        self.defaulted(&["device"], experiment.device.name());
        self.push("spec hash", checked.hash.clone(), ValueSource::Derived);
        self.findings(checked);
        self.rows
    }

    /// What the lints found, each with the line that it is about.
    fn findings(&mut self, checked: &Checked) {
        for finding in &checked.findings {
            let value = match &finding.reason {
                Some(reason) => format!("{} (allowed: {reason})", finding.message()),
                None => finding.message().to_owned(),
            };
            let source = ValueSource::Line {
                path: self.file.clone(),
                line: finding.diagnostic.span.start().line,
                default: false,
            };
            self.push(&format!("lint {}", finding.lint), value, source);
        }
    }

    /// A thermal value: `thermal: required` specifies the sensor without a map.
    fn machine(&mut self, key: &str, yaml: &str, value: impl ToString) {
        let otherwise = match find(self.map, &["thermal"]) {
            Some(span) if key == "sensor" && find(self.map, &["thermal", "sensor"]).is_none() => {
                ValueSource::Line {
                    path: self.file.clone(),
                    line: span.start().line,
                    default: false,
                }
            }
            _ => line_in(DEFAULTS, &self.defaults, &["thermal", yaml]),
        };
        self.specified(&["thermal", key], value, otherwise);
    }

    fn subject(&mut self, checked: &Checked) {
        let experiment = &checked.experiment;
        self.specified(&["phase"], &experiment.phase, ValueSource::BuiltIn);
        if let Some(description) = &experiment.description {
            self.specified(&["description"], description, ValueSource::BuiltIn);
        }
        self.specified(&["task"], experiment.task, ValueSource::BuiltIn);
        self.defaulted(&["label_price"], experiment.label_price.name());
        let days = format!("{} trading days", experiment.horizon.days());
        self.specified(&["horizon"], days, ValueSource::BuiltIn);
        self.specified(&["timescale"], experiment.timescale, ValueSource::BuiltIn);
        self.specified(&["data"], &experiment.data.path, ValueSource::BuiltIn);
        let features = format!(
            "{}: {}",
            experiment.features.len(),
            preview(&experiment.features)
        );
        self.specified(&["features"], features, ValueSource::BuiltIn);
        self.specified(
            &["split", "val"],
            experiment.split.val,
            ValueSource::BuiltIn,
        );
        self.specified(
            &["split", "test"],
            experiment.split.test,
            ValueSource::BuiltIn,
        );
        let embargo = format!("{} trading days", experiment.split.embargo);
        self.specified(&["split", "embargo"], embargo, ValueSource::BuiltIn);
        self.specified(
            &["split", "train"],
            experiment.split.train,
            ValueSource::BuiltIn,
        );
        self.push("samples", counts(&checked.regions), ValueSource::Derived);
    }

    fn model(&mut self, experiment: &Experiment, checked: &Checked) {
        let path = experiment.budget.config_path();
        let yaml = self.workspace.text(&path, "").unwrap_or_default();
        self.specified(&["budget"], experiment.budget, ValueSource::BuiltIn);
        self.specified(&["tolerance"], experiment.tolerance, ValueSource::BuiltIn);
        let range = format!(
            "{} to {}",
            group(checked.model.low),
            group(checked.model.high)
        );
        self.push("parameters", range, ValueSource::Derived);
        let ratio = parameters_per_sample(checked);
        self.push(
            "parameters per training sample",
            ratio,
            ValueSource::Derived,
        );
        let bars = format!("{} bars", experiment.context);
        self.specified(&["context"], bars, ValueSource::BuiltIn);
        for (key, name, bars) in [
            ("length", "patch", experiment.patch),
            ("stride", "stride", experiment.stride),
        ] {
            let otherwise = line_in(&path, &yaml, &[name]);
            self.specified(&["patch", key], format!("{bars} bars"), otherwise);
        }
        let channels = experiment.channels.name();
        self.specified(
            &["channels"],
            channels,
            line_in(&path, &yaml, &["channels"]),
        );
        let normalisation = experiment.normalisation.name();
        self.defaulted(&["normalisation"], normalisation);
    }

    fn training(&mut self, experiment: &Experiment) {
        let training = &experiment.training;
        let objective = training.objective.name();
        self.defaulted(&["objective"], objective);
        let loss = serde_json::to_string(&training.loss).unwrap_or_default();
        self.defaulted(&["training", "loss"], loss.replace('"', ""));
        let schedule = training.schedule.name();
        self.defaulted(&["training", "schedule"], schedule);
        self.defaulted(&["training", "evaluate"], training.evaluate);
        self.defaulted(&["training", "patience"], training.patience);
        self.defaulted(&["training", "min_delta"], training.min_delta);
        self.defaulted(&["training", "accumulation"], training.accumulation);
        let precision = training.precision.name();
        self.defaulted(&["training", "precision"], precision);
    }

    /// How long trainings are in epochs, and how far evaluations are apart, where the file says how many steps they have.
    fn extent(&mut self, checked: &Checked) {
        let samples = checked.regions.train.samples.len() as u64;
        let Some(extent) = checked.experiment.extent(samples) else {
            return;
        };
        let range = |(low, high): (u32, u32)| {
            if low == high {
                low.to_string()
            } else {
                format!("{low} to {high}")
            }
        };
        let text = format!(
            "{} steps, evaluated every {} steps, longest warm-up {} steps",
            range((extent.shortest, extent.longest)),
            range(extent.intervals),
            extent.warmup
        );
        self.push("trainings", text, ValueSource::Derived);
    }

    fn search(&mut self, experiment: &Experiment) {
        let Run::Hpo(hpo) = &experiment.run else {
            return;
        };
        self.specified(&["run", "trials"], hpo.trials, ValueSource::BuiltIn);
        let seconds = format!("{} s", hpo.timeout_seconds);
        self.specified(&["run", "timeout"], seconds, ValueSource::BuiltIn);
        self.defaulted(&["training", "seed"], hpo.seed);
        let strategy = &hpo.strategy;
        for (key, value) in [
            ("sampler", strategy.sampler.name().to_owned()),
            ("startup_trials", strategy.startup_trials.to_string()),
            ("pruner", strategy.pruner.to_string()),
        ] {
            let otherwise = line_in(DEFAULTS, &self.defaults, &["search", key]);
            self.specified(&["run", key], value, otherwise);
        }
        for (key, points) in [("first", &strategy.first), ("exclude", &strategy.exclude)] {
            if !points.is_empty() {
                self.specified(
                    &["run", key],
                    format!("{} points", points.len()),
                    ValueSource::BuiltIn,
                );
            }
        }
        for parameter in &hpo.space.parameters {
            self.specified(
                &["run", "search", &parameter.name],
                &parameter.domain,
                ValueSource::BuiltIn,
            );
        }
        for (name, value) in &hpo.fixed {
            self.hyperparameter("search", name, value);
        }
    }

    /// A hyperparameter of the run, of `training`, or of the defaults.
    fn hyperparameter(&mut self, part: &str, name: &str, value: &xp_spec::space::Value) {
        if find(self.map, &["run", part, name]).is_some() {
            self.specified(&["run", part, name], value, ValueSource::BuiltIn);
        } else {
            self.defaulted(&["training", name], value);
        }
    }

    fn train(&mut self, experiment: &Experiment) {
        let Run::Train(train) = &experiment.run else {
            return;
        };
        let seeds: Vec<_> = train.seeds.iter().map(ToString::to_string).collect();
        self.specified(&["run", "seeds"], seeds.join(", "), ValueSource::BuiltIn);
        match &train.params {
            Params::Best(search) => {
                self.specified(
                    &["run", "params"],
                    format!("best({search})"),
                    ValueSource::BuiltIn,
                );
            }
            Params::Between(a, b) => {
                let value = format!("between({a}, {b})");
                self.specified(&["run", "params"], value, ValueSource::BuiltIn);
            }
            Params::Fixed(assignment) => {
                for (name, value) in assignment {
                    self.hyperparameter("params", name, value);
                }
            }
        }
    }
}

/// Of the smallest and the largest shape that may be built; of the budget's bounds where the shape is borrowed.
fn parameters_per_sample(checked: &Checked) -> String {
    let samples = checked.regions.train.samples.len() as u64;
    let (low, high) = checked
        .experiment
        .counts()
        .unwrap_or((checked.model.low, checked.model.high));
    let ratio = |count| per_sample(count, samples).unwrap_or_default();
    if low == high {
        return format!("{} ({} by {samples} samples)", ratio(low), group(low));
    }
    format!(
        "{} to {} ({} to {} by {samples} samples)",
        ratio(low),
        ratio(high),
        group(low),
        group(high)
    )
}

fn preview(features: &[String]) -> String {
    let shown: Vec<_> = features.iter().take(5).map(String::as_str).collect();
    match features.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        rest => format!("{}, and {rest} more", shown.join(", ")),
    }
}

/// The key at a path of nested maps.
fn find(map: &Map, path: &[&str]) -> Option<Span> {
    let (first, rest) = path.split_first()?;
    let (key, node) = map.entries.iter().find(|(key, _)| key == first)?;
    if rest.is_empty() {
        return Some(key.span());
    }
    match node {
        Node::Map(inner) | Node::Block(_, inner) => find(inner, rest),
        _ => None,
    }
}
