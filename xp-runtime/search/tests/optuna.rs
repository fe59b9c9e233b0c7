//! A study of ours and PyPI's optuna 5.0.0: same schema, every field equal, continued there and again here, and served by
//! optuna-dashboard; in a file, and on a PostgreSQL beside a worker of ours.
//!
//! Needs a python3 that imports optuna 5 (`XP_OPTUNA_PYTHON` names another one). On CI (`CI` is set) and as a long test
//! (`XP_LONG_TESTS`) it gets optuna by pip into a folder of its own; else it prints `skipped`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Map, Value as Json, json};
use xp_clock::Clock;
use xp_search::{
    Outcome, Sampler, Study, StudyIdentity, Trial, TrialState, counts, visibility::Visibility,
};
use xp_spec::{
    architecture::Architecture,
    space::{Domain, Parameter, SearchSpace, Value},
};
use xp_test_support::{Packages, Server};

/// A Python that has Optuna.
const OPTUNA: Packages = Packages {
    variable: "XP_OPTUNA_PYTHON",
    check: "import optuna; assert optuna.__version__ == '5.0.0'",
    requirements: &["optuna==5.0.0", "optuna-dashboard==0.21.0"],
};

fn identity() -> StudyIdentity {
    let shape = |d_model, n_layers| Architecture {
        d_model,
        n_layers,
        n_heads: 8,
        d_ff: 4 * d_model,
    };
    let domains = [
        (
            "architecture",
            Domain::Architecture {
                shapes: vec![shape(192, 4), shape(256, 2), shape(128, 9)],
            },
        ),
        (
            "learning_rate",
            Domain::Log {
                low: 1e-5,
                high: 0.1,
            },
        ),
        (
            "dropout",
            Domain::Uniform {
                low: 0.1,
                high: 0.5,
            },
        ),
        ("hidden", Domain::LogInt { low: 3, high: 900 }),
        (
            "steps",
            Domain::Int {
                low: 5,
                high: 52,
                step: 5,
            },
        ),
        (
            "loss",
            Domain::Choice {
                values: vec![Value::Text("bce".into()), Value::Int(2), Value::Float(2.5)],
            },
        ),
    ];
    StudyIdentity {
        name: "phase6a_hpo_2M_threshold_1pct".to_owned(),
        spec_hash: "abc".to_owned(),
        data_md5: "def".to_owned(),
        direction: Default::default(),
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({"context": 80}),
        space: SearchSpace {
            parameters: domains
                .into_iter()
                .map(|(name, domain)| Parameter {
                    name: name.to_owned(),
                    domain,
                })
                .collect(),
        },
    }
}

fn text(value: f64) -> Json {
    if value.is_finite() {
        json!(value)
    } else {
        json!(value.to_string())
    }
}

/// A trial as Optuna should see it.
fn expected(trial: &Trial, attributes: Map<String, Json>) -> Json {
    let params: Map<String, Json> = trial
        .assignment
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Architecture(shape) => json!(shape.to_string()),
                other => json!(other),
            };
            (name.clone(), value)
        })
        .collect();
    let curve: Vec<Json> = trial
        .intermediate
        .iter()
        .map(|(epoch, value)| json!([epoch, text(*value)]))
        .collect();
    json!({
        "number": trial.number,
        "state": match trial.state {
            TrialState::Complete => "COMPLETE",
            TrialState::Pruned => "PRUNED",
            TrialState::Running => "RUNNING",
            _ => "FAIL",
        },
        "params": params,
        "value": trial.value.map(text),
        "curve": curve,
        "attributes": attributes,
    })
}

/// Fills a study with trials of every state; what Optuna should see.
fn filled(study: &mut Study) -> Json {
    let message = "ä \"quoted\" 'text'".to_owned();
    for number in 0..24_u32 {
        study
            .start_suggested(&Sampler::Auto.into(), 11, Visibility::Window(1))
            .unwrap();
        study.report(number, 1, 1.0 / 3.0).unwrap();
        let strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.1 + 0.2];
        study
            .report(number, 2, strange[number as usize % 4])
            .unwrap();
        let outcome = match number % 12 {
            3 => Outcome::Pruned,
            4 => Outcome::Failed {
                message: message.clone(),
            },
            5 => Outcome::Nan,
            6 => Outcome::OutOfMemory,
            7 => Outcome::TimedOut,
            8 => Outcome::Thermal,
            9 => Outcome::Interrupted,
            10 => continue,
            _ => Outcome::Complete {
                value: 0.5 + f64::from(number) / 7.0,
            },
        };
        let mut attributes = Map::new();
        attributes.insert("param_count".to_owned(), json!(1_822_697));
        attributes.insert("duration_seconds".to_owned(), json!(0.1));
        study.finish(number, &outcome, &attributes).unwrap();
    }
    let trials = study.trials().unwrap().to_vec();
    let listed: Vec<Json> = trials
        .iter()
        .map(|trial| expected(trial, study.attributes(trial.number).unwrap()))
        .collect();
    json!({
        "direction": "MINIMIZE",
        "metric": identity().metric,
        "spec_hash": identity().spec_hash,
        "trials": listed,
    })
}

/// A script beside this file, for a study in a file or on a server.
fn script(python: &Path, name: &str, study: &str) -> Command {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/long");
    // SQLAlchemy takes another driver where none is named, which depends on its version.
    let study = study.replacen("postgresql://", "postgresql+psycopg2://", 1);
    let mut command = Command::new(python);
    command
        .arg(folder.join(name))
        .args([&study, &identity().name]);
    command
}

/// Lets optuna-dashboard serve a study, where Python has it.
fn serve(python: &Path, study: &str, trials: usize) {
    let has_dashboard = Command::new(python)
        .args(["-c", "import optuna_dashboard"])
        .output();
    if !has_dashboard.is_ok_and(|output| output.status.success()) {
        eprintln!(
            "skipped: {} does not import optuna_dashboard",
            python.display()
        );
        return;
    }
    let output = script(python, "dashboard_serves.py", study)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.starts_with(&format!("{trials} trials served")),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn optuna_reads_continues_and_hands_back() {
    let folder = tempfile::tempdir().unwrap();
    let python = match OPTUNA.python(folder.path()) {
        Ok(python) => python,
        Err(reason) => {
            eprintln!("skipped: {reason}");
            return;
        }
    };
    let file = folder.path().join("study.db");
    let mut study = Study::open(&file, identity(), &Clock::system()).unwrap();
    let expectation = filled(&mut study);
    let trials = study.trials().unwrap().to_vec();
    drop(study);
    let json_file = folder.path().join("expected.json");
    std::fs::write(&json_file, expectation.to_string()).unwrap();
    let path = file.to_str().unwrap();
    let output = script(&python, "optuna_parity.py", path)
        .arg(&json_file)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );

    let mut study = Study::open(&file, identity(), &Clock::system()).unwrap();
    let after = study.trials().unwrap().to_vec();
    assert_eq!(after.len(), 34);
    for (before, after) in trials.iter().zip(&after) {
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
    }
    let counts = counts(&after[24..]);
    let of = |state| counts.get(&state).copied();
    assert_eq!(of(TrialState::Complete), Some(8));
    assert_eq!(of(TrialState::Pruned), Some(1));
    assert_eq!(of(TrialState::Failed), Some(1));
    let (number, _) = study
        .start_suggested(&Sampler::Auto.into(), 11, Visibility::Window(1))
        .unwrap();
    assert_eq!(number, 34);
    let outcome = Outcome::Complete { value: 0.1 };
    study.finish(number, &outcome, &Map::new()).unwrap();
    drop(study);

    serve(&python, path, 35);
}

/// A Python that also has the driver of PostgreSQL.
#[cfg(feature = "postgres")]
const WITH_DRIVER: Packages = Packages {
    variable: "XP_OPTUNA_PYTHON",
    check: "import optuna, psycopg2; assert optuna.__version__ == '5.0.0'",
    requirements: &[
        "optuna==5.0.0",
        "optuna-dashboard==0.21.0",
        "psycopg2-binary==2.9.10",
    ],
};

/// On a server Optuna and a worker of ours go on with the same study at the same time.
#[cfg(feature = "postgres")]
#[test]
fn optuna_works_beside_us_on_a_server() {
    use std::io::{BufRead as _, BufReader};

    let folder = tempfile::tempdir().unwrap();
    let python = match WITH_DRIVER.python(folder.path()) {
        Ok(python) => python,
        Err(reason) => {
            eprintln!("skipped: {reason}");
            return;
        }
    };
    let Some(server) = Server::begin(&Default::default()) else {
        return;
    };
    let url = server.url();
    let (settings, _) = xp_postgres::Settings::of_process(&url).unwrap();
    let open = || {
        let patient = Box::new(|_: xp_search::Wait<'_>, _| true);
        Study::open_server(&settings, identity(), &Clock::system(), patient).unwrap()
    };
    let mut study = open();
    let expectation = filled(&mut study);
    let before = study.trials().unwrap().to_vec();
    assert_eq!(counts(&before).get(&TrialState::Running), Some(&2));
    let json_file = folder.path().join("expected.json");
    std::fs::write(&json_file, expectation.to_string()).unwrap();
    let mut optuna = script(&python, "optuna_parity.py", &url)
        .arg(&json_file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(optuna.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "checked\n");
    // While Optuna asks and tells its ten; it is slower by far.
    let mut own = BTreeSet::new();
    let most = Visibility::All { most: u32::MAX };
    while own.len() < 50 && optuna.try_wait().unwrap().is_none() {
        let (number, _) = study
            .start_suggested(&Sampler::Tpe.into(), 11, most)
            .unwrap();
        study.report(number, 1, 0.5).unwrap();
        let outcome = Outcome::Complete { value: 0.75 };
        study.finish(number, &outcome, &Map::new()).unwrap();
        assert!(own.insert(number), "trial {number} was started twice");
    }
    assert!(optuna.wait().unwrap().success());
    assert!(!own.is_empty());
    let trials = study.trials().unwrap().to_vec();
    // As text, since NaN is in curves.
    let again = format!("{:?}", open().trials().unwrap());
    assert!(again == format!("{trials:?}"), "{again}");
    assert_eq!(trials.len(), before.len() + 10 + own.len());
    let (old, new) = trials.split_at(before.len());
    assert_eq!(format!("{old:?}"), format!("{before:?}"));
    let theirs = new.iter().filter(|trial| !own.contains(&trial.number));
    let theirs: Vec<Trial> = theirs.cloned().collect();
    let states = counts(&theirs);
    let of = |state| states.get(&state).copied();
    assert_eq!(of(TrialState::Complete), Some(8));
    assert_eq!(of(TrialState::Pruned), Some(1));
    assert_eq!(of(TrialState::Failed), Some(1));
    let points = new.iter().map(|trial| format!("{:?}", trial.assignment));
    assert_eq!(points.collect::<BTreeSet<_>>().len(), new.len());
    serve(&python, &url, trials.len());
}
