//! What trackers read back of a run: TensorBoard's own reader and a real MLflow server from PyPI, and a server that is not there.
//!
//! Versions are some months old: a mirror may have the newest of a package and not yet of the packages that it needs.
//! `XP_TRACKING_PYTHON` names a Python that has the packages; the gate (`CI`) and the long tests (`XP_LONG_TESTS`) get them by pip into a
//! folder of their own, else a test says `skipped`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]

mod synthetic;

use std::{
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::Duration,
};

use synthetic::{DAYS, predictions, training};
use xp_clock::Clock;
use xp_report::{
    LOG, RUNS,
    log::{self, LogRow},
    record::{self, RunRecord, TrialLine},
    tracking::{TENSORBOARD, TrackingError, send, write_events},
};
use xp_test_support::Packages;

fn run(folder: &Path) -> (LogRow, RunRecord) {
    training(folder, 0, 1, predictions(0.6, 1), |row| {
        row.val_auc = Some(0.75);
        row.hyperparameters =
            Some(r#"{"architecture": {"d_model": 64}, "learning_rate": 0.001}"#.to_owned());
    });
    let row = log::read(&folder.join(LOG)).unwrap().remove(0);
    let record = record::read(&folder.join(RUNS), &row.run_id, &row.experiment).unwrap();
    assert_eq!(record.test.as_ref().unwrap().labels.len(), DAYS);
    (row, record)
}

/// A Python that has a package; where there is none the reason is printed.
fn python(folder: &Path, package: &str, version: &str) -> Option<PathBuf> {
    let packages = Packages {
        variable: "XP_TRACKING_PYTHON",
        check: &format!("import {package}"),
        requirements: &[&format!("{package}=={version}")],
    };
    let python = packages.python(folder);
    python
        .inspect_err(|reason| println!("skipped: {reason}"))
        .ok()
}

fn output_of(python: &Path, script: &str, arguments: &[&str]) -> String {
    let output = Command::new(python)
        .args(["-c", script])
        .args(arguments)
        .env_remove("MLFLOW_TRACKING_URI")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn tensorboards_own_reader_reads_the_curves() {
    let folder = tempfile::tempdir().unwrap();
    let (row, record) = run(folder.path());
    // An earlier start of the same training, whose events this one's replace.
    let earlier = LogRow {
        run_id: "20250101_earlier".to_owned(),
        ..row.clone()
    };
    for row in [&earlier, &row] {
        write_events(folder.path(), &row.experiment, row, &record).unwrap();
    }
    let runs = folder
        .path()
        .join(TENSORBOARD)
        .join(&row.experiment)
        .join("seed_1");
    let files: Vec<_> = std::fs::read_dir(&runs)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].ends_with(&row.run_id), "{files:?}");
    let Some(python) = python(folder.path(), "tensorboard", "2.20.0") else {
        return;
    };
    let script = "
import sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
for tag in sorted(events.Tags()['scalars']):
    print(tag, *[f'{e.step}:{e.value:.4f}' for e in events.Scalars(tag)])
";
    assert_eq!(
        output_of(&python, script, &[runs.to_str().unwrap()]),
        "loss/train 50:0.7000 100:0.6600 150:0.6100\nloss/validation 50:0.6900 100:0.6700 150:0.6800\n"
    );
}

#[test]
fn tensorboards_table_of_hyperparameters_has_all_trials_of_a_search() {
    let folder = tempfile::tempdir().unwrap();
    let (mut row, mut record) = run(folder.path());
    row.run_type = "hpo".to_owned();
    row.seed = None;
    let trial = |number: u32, state: &str, value| {
        TrialLine {
        number,
        state: state.to_owned(),
        value,
        params: serde_json::from_str(&format!(
            r#"{{"architecture": {{"d_model": 64, "n_layers": 2, "n_heads": 4, "d_ff": 256}}, "learning_rate": 0.00{}, "schedule": "cosine"}}"#,
            number + 1
        ))
        .unwrap(),
    }
    };
    // A study of which one trial was taken away, and one ended.
    record.trials = vec![trial(0, "complete", Some(0.625)), trial(5, "nan", None)];
    write_events(folder.path(), &row.experiment, &row, &record).unwrap();
    record.trials[1] = trial(1, "nan", None);
    record.trials.push(trial(2, "pruned", Some(0.75)));
    record.trials.push(trial(3, "interrupted", None));
    write_events(folder.path(), &row.experiment, &row, &record).unwrap();
    let Some(python) = python(folder.path(), "tensorboard", "2.20.0") else {
        return;
    };
    let script = "
import sys
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups
events = plugin_event_multiplexer.EventMultiplexer()
events.AddRunsFromDirectory(sys.argv[1])
events.Reload()
provider = data_provider.MultiplexerDataProvider(events, sys.argv[1])
backend = backend_context.Context(base_plugin.TBContext(data_provider=provider, logdir=sys.argv[1]))
context = RequestContext()
metadata = backend.hparams_metadata(context, '')
experiment = backend.experiment_from_metadata(context, '', True, metadata, [])
columns = [api_pb2.ColParams(metric=metric.name) for metric in experiment.metric_infos]
request = api_pb2.ListSessionGroupsRequest(allowed_statuses=[0, 1, 2, 3], col_params=columns, slice_size=10)
groups = list_session_groups.Handler(context, backend, '', request).run().session_groups
for group in groups:
    of = {name: value.number_value or value.string_value for name, value in group.hparams.items()}
    found = [f'{name}={of[name]}' for name in sorted(of)]
    values = [metric.value for metric in group.metric_values if metric.name.tag == 'objective']
    print(group.name, group.sessions[0].status, values, *found)
";
    let shape = "architecture.d_ff=256.0 architecture.d_model=64.0 architecture.n_heads=4.0 architecture.n_layers=2.0";
    let tensorboard = folder.path().join(TENSORBOARD);
    assert_eq!(
        output_of(&python, script, &[tensorboard.to_str().unwrap()]),
        format!(
            "{experiment}/search/trial_0000 1 [0.625] {shape} learning_rate=0.001 schedule=cosine state=complete\n\
             {experiment}/search/trial_0001 2 [] {shape} learning_rate=0.002 schedule=cosine state=nan\n\
             {experiment}/search/trial_0002 1 [0.75] {shape} learning_rate=0.003 schedule=cosine state=pruned\n\
             {experiment}/search/trial_0003 0 [] {shape} learning_rate=0.004 schedule=cosine state=interrupted\n",
            experiment = row.experiment
        )
    );
}

#[test]
fn a_server_that_is_not_there_or_no_server_is_said_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (row, record) = run(folder.path());
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (uri, reason) in [
        (format!("http://user:secret@127.0.0.1:{port}"), "Connection"),
        ("file:///tmp/mlruns".to_owned(), "not an http://"),
    ] {
        let failed = send(&uri, |_| None, &row, &record, &Clock::system());
        let message = failed.unwrap_err().to_string();
        assert!(
            message.contains(reason) && message.contains(&row.run_id),
            "{message}"
        );
        assert!(!message.contains("secret"), "{message}");
    }
    assert_eq!(log::read(&folder.path().join(LOG)).unwrap(), [row]);
}

/// Ends the server and its workers with the test: they are a process group of their own.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

/// A server that accepts and never answers is asked once: the next connection after it is the test's own.
#[test]
fn a_server_that_hangs_is_not_asked_twice() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let uri = format!("http://{address}");
    let (asked, connections) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = asked.send(stream.unwrap());
        }
    });
    let (row, record) = run(folder.path());
    let failed = send(&uri, |_| None, &row, &record, &Clock::system());
    assert!(
        matches!(failed, Err(TrackingError::Mlflow { silent: true, .. })),
        "{failed:?}"
    );
    let own = TcpStream::connect(address).unwrap().local_addr().unwrap();
    let others = connections
        .iter()
        .take_while(|stream: &TcpStream| stream.peer_addr().ok() != Some(own));
    assert_eq!(others.count(), 1);
}

#[test]
fn a_real_mlflow_server_takes_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let Some(python) = python(folder.path(), "mlflow", "3.16.1") else {
        return;
    };
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let store = format!("sqlite:///{}", folder.path().join("mlflow.db").display());
    let server = Command::new(&python)
        .args([
            "-m",
            "mlflow",
            "server",
            "--host",
            "127.0.0.1",
            "--workers",
            "1",
            "--port",
        ])
        .args([&port.to_string(), "--backend-store-uri", &store])
        .current_dir(folder.path())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut server = Killed(server);
    let (row, record) = run(folder.path());
    let uri = format!("http://127.0.0.1:{port}");
    let clock = Clock::system();
    while let Err(failed) = send(&uri, |_| None, &row, &record, &clock) {
        // A server that starts refuses connections, or accepts them and does not answer yet.
        let is_silent = matches!(failed, TrackingError::Mlflow { silent: true, .. });
        assert!(is_silent, "{failed}");
        let exited = server.0.try_wait().unwrap();
        assert!(exited.is_none(), "the server exited: {exited:?}");
        clock.sleep(Duration::from_secs(1));
    }
    let script = "
import sys, mlflow
client = mlflow.MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2])
run = [r for r in client.search_runs([experiment.experiment_id]) if r.info.status == 'FINISHED'][0]
print(run.info.run_name, run.data.params['architecture.d_model'], run.data.params['learning_rate'], run.data.metrics['val_auc'], run.data.tags['spec_hash'])
print(*[f'{m.step}:{m.value}' for m in client.get_metric_history(run.info.run_id, 'loss/validation')])
";
    assert_eq!(
        output_of(&python, script, &[&uri, &row.experiment]),
        format!(
            "{} 64 0.001 0.75 spec-2M\n50:0.69 100:0.67 150:0.68\n",
            row.run_id
        )
    );
}
