//! How the results were computed, from the specs that ran.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use xp_spec::{
    architecture::Normalisation,
    evaluate::{EVALUATIONS, Evaluate},
    experiment::{Experiment, Run as Kind},
    standardise::CLIPPED_AT,
    train_part::TrainPart,
    training::Precision,
};

use crate::{
    document::{Block, Line},
    report::{phase::Phase, run::Run},
};

/// Methods of a phase: a sentence that holds for all experiments is printed once, others with the experiments that they hold for.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let finished = phase.finished.as_slice();
    let mut specs: BTreeMap<&str, &Value> = BTreeMap::new();
    for run in finished {
        if let Some(spec) = run.record.as_ref().and_then(|record| record.spec.as_ref()) {
            specs.insert(&run.row.experiment, spec);
        }
    }
    // A record of another version of the program may have another schema: it is listed, not interpreted.
    let read: BTreeMap<&str, Experiment> = specs
        .iter()
        .filter_map(|(name, spec)| Some((*name, serde_json::from_value((*spec).clone()).ok()?)))
        .collect();
    if finished.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(3, "Methods".to_owned())];
    let unknown = finished
        .iter()
        .map(|run| run.row.experiment.as_str())
        .filter(|name| !read.contains_key(name))
        .collect::<BTreeSet<_>>();
    let mut items: Vec<Line> = Vec::new();
    for (title, sentence) in SENTENCES {
        let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, experiment) in &read {
            if let Some(text) = sentence(experiment) {
                texts.entry(text).or_default().push(name);
            }
        }
        let all = texts.len() == 1;
        for (text, names) in texts {
            let mut line = Line::default().strong(title).text(format!(": {text}"));
            if !all {
                line = line.text(format!(" ({})", names.join(", ")));
            }
            items.push(line);
        }
    }
    items.push(code(finished));
    blocks.push(Block::List(items));
    if !unknown.is_empty() {
        let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
        blocks.push(Block::Paragraph(
            format!("The specs of these runs were not recorded, or were recorded by another version of the program: {names}.").into(),
        ));
    }
    blocks
}

type Sentence = (&'static str, fn(&Experiment) -> Option<String>);

const SENTENCES: [Sentence; 8] = [
    ("Data", |e| {
        Some(format!(
            "{} ({} bars), {} features, columns {}, prices {}.",
            e.data.name,
            e.timescale,
            e.features.len(),
            e.data.columns_md5,
            e.data.prices_md5
        ))
    }),
    ("Label", |e| {
        Some(format!(
            "positive where the daily {} reaches the close · (1 + {} %) within {} trading days.",
            e.label_price.name(),
            e.task.percent(),
            e.horizon.days()
        ))
    }),
    ("Split", |e| {
        let embargo = match e.split.embargo {
            0 => "no embargo beyond it".to_owned(),
            days => format!("an embargo of {days} trading days beyond it"),
        };
        let part = match e.split.train {
            TrainPart::Whole => String::new(),
            part => format!(", of train {part}, its later part"),
        };
        Some(format!(
            "by date: validation from {}, test from {}{part}; samples whose label window crosses a border are purged, {embargo}.",
            e.split.val, e.split.test
        ))
    }),
    ("Model", |e| {
        let channels = lower(&e.channels);
        Some(format!(
            "PatchTST encoder (Nie et al.), {channels} channels, context {} bars, patches of {} by {}, normalisation {}.",
            e.context,
            e.patch,
            e.stride,
            normalisation(e.normalisation)
        ))
    }),
    ("Training", |e| {
        let loss = match serde_json::to_value(e.training.loss) {
            Ok(Value::String(name)) => name,
            Ok(other) => other.to_string(),
            Err(_) => String::new(),
        };
        let precision = match e.training.precision {
            Precision::Fp32 => "",
            Precision::Bf16 => {
                " Matrix products but the head's in bfloat16 (Kalamkar et al., arXiv 1905.12322), the rest in fp32."
            }
        };
        Some(format!(
            "AdamW, {} schedule after linear warm-up, loss {loss}; the evaluation ({}) with the lowest validation {} is selected, patience {} evaluations.{precision}",
            lower(&e.training.schedule),
            match e.training.evaluate {
                Evaluate::Auto => format!("at least {EVALUATIONS} in a training"),
                Evaluate::EachEpoch => "one each epoch".to_owned(),
                Evaluate::Every(steps) => format!("one every {steps} steps"),
            },
            e.training.objective.label(),
            e.training.patience
        ))
    }),
    ("Search", |e| match &e.run {
        Kind::Hpo(hpo) => {
            let space: Vec<String> = hpo
                .space
                .parameters
                .iter()
                .map(|parameter| format!("{} {}", parameter.name, parameter.domain))
                .collect();
            Some(format!(
                "{} trials, sampler {}, pruner {}, seed {}, over {}; it never sees test data.",
                hpo.trials,
                lower(&hpo.strategy.sampler),
                hpo.strategy.pruner,
                hpo.seed,
                space.join(", ")
            ))
        }
        Kind::Train(_) => None,
    }),
    ("Hyperparameters", |e| match &e.run {
        Kind::Train(train) => Some(match train.params.sources().as_slice() {
            [] => "as written in the experiment.".to_owned(),
            [one] => format!("the best trial of {one}."),
            more => format!("between the best trials of {}.", more.join(" and ")),
        }),
        Kind::Hpo(_) => None,
    }),
    ("Seeds", |e| match &e.run {
        Kind::Train(train) => {
            let seeds: Vec<String> = train.seeds.iter().map(ToString::to_string).collect();
            Some(format!(
                "one training for each of {}; test data is opened once per seed, after selection.",
                seeds.join(", ")
            ))
        }
        Kind::Hpo(_) => None,
    }),
];

/// The name that serde writes.
fn lower(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// As it is written, and where it clips.
fn normalisation(normalisation: Normalisation) -> String {
    let name = normalisation.name();
    match normalisation {
        Normalisation::Zscore => {
            let [low, high] = CLIPPED_AT.map(|share| 100.0 * share);
            format!(
                "{name}, clipped at the {low:.1} % and {high:.1} % quantiles of the training region"
            )
        }
        Normalisation::Revin | Normalisation::RevinLevel | Normalisation::None => name.to_owned(),
    }
}

/// `1 run`, `2 runs`.
fn count(runs: usize) -> String {
    let plural = if runs == 1 { "" } else { "s" };
    format!("{runs} run{plural}")
}

fn code(finished: &[&Run]) -> Line {
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unknown = 0;
    for run in finished {
        match &run.row.code_version {
            Some(version) => *versions.entry(version).or_insert(0) += 1,
            None => unknown += 1,
        }
    }
    let mut names: Vec<String> = versions
        .iter()
        .map(|(version, runs)| format!("{version} ({})", count(*runs)))
        .collect();
    if unknown > 0 {
        names.push(format!("unknown ({})", count(unknown)));
    }
    Line::default()
        .strong("Code")
        .text(format!(": {}.", names.join(", ")))
}
