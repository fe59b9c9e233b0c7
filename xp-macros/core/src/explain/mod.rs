//! A resolved experiment, value by value, each with its origin: the line that says it, or the file whose default it is.

mod row;

use proc_macro2::Span;
use xp_spec::{
    count::group,
    experiment::{Experiment, Params, Run},
    files::{DEFAULTS, Workspace},
    minima::counts,
    strategy::Sampler,
    training::{Objective, Precision, Schedule},
};

use row::line_in;
pub use row::{Origin, Row};

use crate::{
    analyse::analyse,
    checked::Checked,
    diagnostic::Diagnostic,
    source::Source,
    syntax::{Map, Node},
};

/// Resolves an experiment's file and tells the origin of every value.
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

    fn push(&mut self, name: &str, value: String, origin: Origin) {
        self.rows.push(Row {
            name: name.to_owned(),
            value,
            origin,
        });
    }

    /// A value that the experiment says at `path`, or leaves to `otherwise`.
    fn said(&mut self, path: &[&str], value: impl ToString, otherwise: Origin) {
        let origin = match find(self.map, path) {
            Some(span) => Origin::Line {
                path: self.file.clone(),
                line: span.start().line,
                default: false,
            },
            None => otherwise,
        };
        self.push(&path.join("."), value.to_string(), origin);
    }

    /// A value with a default in the workspace's defaults.
    fn defaulted(&mut self, path: &[&str], value: impl ToString) {
        let origin = line_in(DEFAULTS, &self.defaults, path);
        self.said(path, value, origin);
    }

    fn all(mut self, checked: &Checked) -> Vec<Row> {
        let experiment = &checked.experiment;
        self.subject(checked);
        self.model(experiment, checked);
        self.training(experiment);
        match &experiment.run {
            Run::Hpo(_) => self.search(experiment),
            Run::Train(_) => self.train(experiment),
        }
        let baselines: Vec<_> = experiment.baselines.iter().map(|one| one.name()).collect();
        self.said(&["baselines"], baselines.join(", "), Origin::BuiltIn);
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
        self.defaulted(
            &["device"],
            format!("{:?}", experiment.device).to_lowercase(),
        );
        self.push("spec hash", checked.hash.clone(), Origin::Derived);
        self.rows
    }

    /// A thermal value: `thermal: required` says the sensor without a map.
    fn machine(&mut self, key: &str, yaml: &str, value: impl ToString) {
        let otherwise = match find(self.map, &["thermal"]) {
            Some(span) if key == "sensor" && find(self.map, &["thermal", "sensor"]).is_none() => {
                Origin::Line {
                    path: self.file.clone(),
                    line: span.start().line,
                    default: false,
                }
            }
            _ => line_in(DEFAULTS, &self.defaults, &["thermal", yaml]),
        };
        self.said(&["thermal", key], value, otherwise);
    }

    fn subject(&mut self, checked: &Checked) {
        let experiment = &checked.experiment;
        self.said(&["phase"], &experiment.phase, Origin::BuiltIn);
        if let Some(description) = &experiment.description {
            self.said(&["description"], description, Origin::BuiltIn);
        }
        self.said(&["task"], experiment.task, Origin::BuiltIn);
        self.defaulted(&["label_price"], experiment.label_price.name());
        let days = format!("{} trading days", experiment.horizon.days());
        self.said(&["horizon"], days, Origin::BuiltIn);
        self.said(&["timescale"], experiment.timescale, Origin::BuiltIn);
        self.said(&["data"], &experiment.data.path, Origin::BuiltIn);
        let features = format!(
            "{}: {}",
            experiment.features.len(),
            preview(&experiment.features)
        );
        self.said(&["features"], features, Origin::BuiltIn);
        self.said(&["split", "val"], experiment.split.val, Origin::BuiltIn);
        self.said(&["split", "test"], experiment.split.test, Origin::BuiltIn);
        let embargo = format!("{} trading days", experiment.split.embargo);
        self.said(&["split", "embargo"], embargo, Origin::BuiltIn);
        self.push("samples", counts(&checked.regions), Origin::Derived);
    }

    fn model(&mut self, experiment: &Experiment, checked: &Checked) {
        let path = experiment.budget.config_path();
        let yaml = self.workspace.text(&path, "").unwrap_or_default();
        self.said(&["budget"], experiment.budget, Origin::BuiltIn);
        self.said(&["tolerance"], experiment.tolerance, Origin::BuiltIn);
        let range = format!(
            "{} to {}",
            group(checked.model.low),
            group(checked.model.high)
        );
        self.push("parameters", range, Origin::Derived);
        let bars = format!("{} bars", experiment.context);
        self.said(&["context"], bars, Origin::BuiltIn);
        for (key, name, bars) in [
            ("length", "patch", experiment.patch),
            ("stride", "stride", experiment.stride),
        ] {
            let otherwise = line_in(&path, &yaml, &[name]);
            self.said(&["patch", key], format!("{bars} bars"), otherwise);
        }
        let channels = format!("{:?}", experiment.channels).to_lowercase();
        self.said(
            &["channels"],
            channels,
            line_in(&path, &yaml, &["channels"]),
        );
        let normalisation = format!("{:?}", experiment.normalisation).to_lowercase();
        self.defaulted(&["normalisation"], normalisation);
    }

    fn training(&mut self, experiment: &Experiment) {
        let training = &experiment.training;
        let objective = name_of(&Objective::ALL, &training.objective);
        self.defaulted(&["objective"], objective);
        let loss = serde_json::to_string(&training.loss).unwrap_or_default();
        self.defaulted(&["training", "loss"], loss.replace('"', ""));
        let schedule = name_of(&Schedule::ALL, &training.schedule);
        self.defaulted(&["training", "schedule"], schedule);
        self.defaulted(&["training", "patience"], training.patience);
        self.defaulted(&["training", "min_delta"], training.min_delta);
        self.defaulted(&["training", "accumulation"], training.accumulation);
        let precision = name_of(&Precision::ALL, &training.precision);
        self.defaulted(&["training", "precision"], precision);
    }

    fn search(&mut self, experiment: &Experiment) {
        let Run::Hpo(hpo) = &experiment.run else {
            return;
        };
        self.said(&["run", "trials"], hpo.trials, Origin::BuiltIn);
        let seconds = format!("{} s", hpo.timeout_seconds);
        self.said(&["run", "timeout"], seconds, Origin::BuiltIn);
        self.defaulted(&["training", "seed"], hpo.seed);
        let strategy = &hpo.strategy;
        for (key, value) in [
            (
                "sampler",
                name_of(&Sampler::ALL, &strategy.sampler).to_owned(),
            ),
            ("startup_trials", strategy.startup_trials.to_string()),
            ("pruner", strategy.pruner.to_string()),
        ] {
            let otherwise = line_in(DEFAULTS, &self.defaults, &["search", key]);
            self.said(&["run", key], value, otherwise);
        }
        for (key, points) in [("first", &strategy.first), ("exclude", &strategy.exclude)] {
            if !points.is_empty() {
                self.said(
                    &["run", key],
                    format!("{} points", points.len()),
                    Origin::BuiltIn,
                );
            }
        }
        for parameter in &hpo.space.parameters {
            self.said(
                &["run", "search", &parameter.name],
                &parameter.domain,
                Origin::BuiltIn,
            );
        }
        for (name, value) in &hpo.fixed {
            self.hyperparameter("search", name, value);
        }
    }

    /// A hyperparameter said in the run, in `training`, or by default.
    fn hyperparameter(&mut self, part: &str, name: &str, value: &xp_spec::space::Value) {
        if find(self.map, &["run", part, name]).is_some() {
            self.said(&["run", part, name], value, Origin::BuiltIn);
        } else {
            self.defaulted(&["training", name], value);
        }
    }

    fn train(&mut self, experiment: &Experiment) {
        let Run::Train(train) = &experiment.run else {
            return;
        };
        let seeds: Vec<_> = train.seeds.iter().map(ToString::to_string).collect();
        self.said(&["run", "seeds"], seeds.join(", "), Origin::BuiltIn);
        match &train.params {
            Params::Best(search) => {
                self.said(
                    &["run", "params"],
                    format!("best({search})"),
                    Origin::BuiltIn,
                );
            }
            Params::Between(a, b) => {
                let value = format!("between({a}, {b})");
                self.said(&["run", "params"], value, Origin::BuiltIn);
            }
            Params::Fixed(assignment) => {
                for (name, value) in assignment {
                    self.hyperparameter("params", name, value);
                }
            }
        }
    }
}

fn name_of<T: PartialEq>(all: &[(&'static str, T)], wanted: &T) -> &'static str {
    all.iter()
        .find(|(_, value)| value == wanted)
        .map_or("", |(name, _)| name)
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
