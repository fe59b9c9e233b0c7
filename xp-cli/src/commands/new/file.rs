//! The text of a new experiment's file.

use xp_spec::{task::Task, train_part::TrainPart};

use super::{
    request::{One, Request},
    start::{Start, TRIALS},
};

/// What the experiments do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Hpo,
    Train,
}

/// The file of one experiment.
pub(super) fn text(
    (request, kind): (&Request, Kind),
    one: &One,
    (phase, start, architecture): (&str, &Start, &str),
    search_of: &dyn Fn(Task) -> String,
) -> String {
    let (budget, task, subject) = (one.budget, one.task, &request.subject);
    let what = match kind {
        Kind::Hpo => "Search",
        Kind::Train => "Training",
    };
    let days = match subject.horizon.days() {
        1 => "within one trading day".to_owned(),
        2 => "within two trading days".to_owned(),
        3 => "within three trading days".to_owned(),
        5 => "within five trading days".to_owned(),
        7 => "within seven trading days".to_owned(),
        days => format!("within {days} trading days"),
    };
    let mut text = format!(
        "//! {what} of the {budget}-parameter PatchTST for the +{} % task, {days}.\n",
        task.percent()
    );
    text.push_str("xp_macros::experiment! {\n");
    let mut line = |line: String| text.push_str(&format!("    {line}\n"));
    line(format!("phase: \"{}\",", phase.escape_default()));
    if let Some(variant) = &one.variant {
        line(format!("variant: \"{}\",", variant.escape_default()));
    }
    line(format!("budget: \"{budget}\","));
    line(format!("task: {task},"));
    line(format!(
        "horizon: {}, // trading days",
        subject.horizon.days()
    ));
    line(match subject.timescale.name() {
        // A name cannot start with a digit.
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("timescale: \"{name}\","),
        name => format!("timescale: {name},"),
    });
    line(format!("data: \"{}\",", subject.data.escape_default()));
    line(format!("features: tier({}),", subject.features));
    line(format!("context: {},", subject.context));
    line(format!(
        "patch: {{ length: {0}, stride: {0} }},",
        subject.patch
    ));
    let train = match one.part {
        TrainPart::Whole => String::new(),
        part => format!(", train: {part}"),
    };
    line(format!(
        "split: {{ val: \"{}\", test: \"{}\"{train} }},",
        subject.val.escape_default(),
        subject.test.escape_default()
    ));
    match kind {
        Kind::Hpo => text.push_str(&format!(
            "    run: hpo {{
        trials: {},
        timeout: \"{}\",
{}        search: {{
            architecture: {}
            learning_rate: log(3e-6, 1e-3),
            weight_decay: log(1e-4, 5e-3),
            dropout: uniform(0.0, 0.5),
            warmup: [0.02, 0.05, 0.1],
            steps: [1000, 2000, 4000],
        }},
    }},\n",
            request.trials.unwrap_or(TRIALS),
            request.timeout.as_deref().unwrap_or("4h").escape_default(),
            start_lines(start),
            architecture
        )),
        Kind::Train => {
            let params = match request.between {
                Some((a, b)) => format!("between({}, {})", search_of(a), search_of(b)),
                None => format!("best({})", search_of(task)),
            };
            let run = training(&params, request.seeds.as_deref());
            text.push_str(&format!("    run: {run},\n"));
        }
    }
    if !request.allow.is_empty() {
        let lints = request
            .allow
            .iter()
            .map(|(lint, reason)| format!("{lint}: \"{}\"", reason.escape_default()));
        let lints: Vec<_> = lints.collect();
        text.push_str(&format!("    allow: {{ {} }},\n", lints.join(", ")));
    }
    text.push_str("}\n");
    text
}

/// The run of a training with these hyperparameters.
pub(super) fn training(params: &str, seeds: Option<&[u64]>) -> String {
    let seeds = seeds.unwrap_or(&[1, 2, 3]).iter();
    let seeds: Vec<_> = seeds.map(ToString::to_string).collect();
    format!(
        "train {{ params: {params}, seeds: [{}] }}",
        seeds.join(", ")
    )
}

/// The lines of a search's start.
fn start_lines(start: &Start) -> String {
    let sampler = start
        .sampler
        .map(|sampler| ("sampler", sampler.name().to_owned()));
    let startup = start
        .startup_trials
        .map(|trials| ("startup_trials", trials.to_string()));
    sampler
        .into_iter()
        .chain(startup)
        .map(|(key, value)| format!("        {key}: {value},\n"))
        .collect()
}
