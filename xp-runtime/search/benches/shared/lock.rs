//! How long a suggestion has the lock of the study, by sampler and finished trials, and what a trial asks of the server. One worker, so that
//! nobody waits: starting a trial is the lock and one round trip.

use postgres::Client;
use serde_json::Map;
use xp_search::{Outcome, Sampler, Study, visibility::Visibility};

use crate::{
    Plan,
    filled::{Databases, client, open},
    median,
};

/// Trials of other workers in [`crowded`].
const RUNNING: u32 = 1000;
/// Trials beyond which there is no Gaussian process.
const GP_LIMIT: u32 = 200;

pub(crate) fn run(plan: &Plan) {
    let Some(databases) = Databases::begin() else {
        return;
    };
    println!("| finished trials | sampler | start, ms | finish, ms |\n|---|---|---|---|");
    let samplers = [
        ("sobol", Sampler::Sobol),
        ("tpe", Sampler::Tpe),
        ("gp", Sampler::Gp),
    ];
    let sizes = [100].into_iter().chain(plan.trials.iter().copied());
    for trials in sizes {
        databases.fill(trials);
        for (name, sampler) in samplers {
            if sampler == Sampler::Gp && trials > GP_LIMIT {
                continue;
            }
            let mut study = open(&databases.copy(trials));
            study.trials().unwrap();
            let (mut starts, mut ends) = (Vec::new(), Vec::new());
            for _ in 0..plan.timed {
                let [start, end] = timed(plan, &mut study, sampler);
                starts.push(start);
                ends.push(end);
            }
            let [start, end] = [starts, ends].map(|times| median(times).unwrap_or(f64::NAN));
            println!("| {trials} | {name} | {start:.2} | {end:.2} |");
        }
    }
    asked(plan, &databases);
    crowded(plan, &databases);
}

/// Prints what is asked of the server while a thousand trials run, which every look and suggestion goes through.
fn crowded(plan: &Plan, databases: &Databases) {
    let url = databases.copy(plan.trials.first().copied().unwrap_or(0));
    let mut study = open(&url);
    let visibility = Visibility::All { most: u32::MAX };
    for _ in 0..RUNNING {
        let started = study.start_suggested(&Sampler::Sobol.into(), 1, visibility);
        let (number, _) = started.unwrap();
        study.report(number, 1, 0.5).unwrap();
    }
    let elsewhere = r#"{"pid": 1, "host": "elsewhere", "boot_id": "b", "started": 1}"#;
    let moved = format!("UPDATE trial_system_attributes SET value_json = '{elsewhere}'");
    client(&url).batch_execute(&moved).unwrap();
    let mut other = open(&url);
    other.trials().unwrap();
    type Ask = fn(&mut Study);
    let asks: [(&str, Ask); 3] = [
        ("start at a quasi-random point", |study| {
            let visibility = Visibility::All { most: u32::MAX };
            let started = study.start_suggested(&Sampler::Sobol.into(), 1, visibility);
            started.unwrap();
        }),
        ("look", |study| {
            study.trials().unwrap();
        }),
        ("heartbeat", |study| drop(study.heartbeat().unwrap())),
    ];
    for (name, ask) in asks {
        let times = (0..plan.timed).map(|_| {
            let began = plan.clock.now();
            ask(&mut other);
            plan.clock.since(began).as_secs_f64() * 1e3
        });
        let time = median(times.collect()).unwrap_or(f64::NAN);
        println!("{name} while {RUNNING} trials run: {time:.2} ms");
    }
}

/// Milliseconds of a trial's start and end.
fn timed(plan: &Plan, study: &mut Study, sampler: Sampler) -> [f64; 2] {
    let visibility = Visibility::All { most: u32::MAX };
    let began = plan.clock.now();
    let (number, _) = study
        .start_suggested(&sampler.into(), 1, visibility)
        .unwrap();
    let start = plan.clock.since(began).as_secs_f64() * 1e3;
    let began = plan.clock.now();
    let outcome = Outcome::Complete { value: 0.5 };
    study.finish(number, &outcome, &Map::new()).unwrap();
    [start, plan.clock.since(began).as_secs_f64() * 1e3]
}

/// Prints what each operation asks of the server: statements by its log, and the rows that a look at running trials reads.
fn asked(plan: &Plan, databases: &Databases) {
    let url = databases.copy(plan.trials.first().copied().unwrap_or(0));
    let mut admin = client(&url);
    admin
        .batch_execute("ALTER DATABASE cell SET log_statement = 'all'")
        .unwrap();
    let mut study = open(&url);
    let sampler = Sampler::Sobol;
    // Statements are prepared at their first use.
    for number in 0..3 {
        let first = plan.trials.first().copied().unwrap_or(0);
        let visibility = Visibility::All { most: u32::MAX };
        study
            .start_suggested(&sampler.into(), 1, visibility)
            .unwrap();
        study.report(first + number, 1, 0.5).unwrap();
        let outcome = Outcome::Complete { value: 0.5 };
        study.finish(first + number, &outcome, &Map::new()).unwrap();
        study.trials().unwrap();
        drop(study.heartbeat().unwrap());
    }
    let mut counted = |name: &str, study: &mut Study, what: &mut dyn FnMut(&mut Study)| {
        let before = statements(databases);
        what(study);
        settle(&mut admin);
        println!("{name}: {} messages", statements(databases) - before);
    };
    let visibility = Visibility::All { most: u32::MAX };
    let mut number = 0;
    counted("start", &mut study, &mut |study| {
        let started = study.start_suggested(&sampler.into(), 1, visibility);
        number = started.unwrap().0;
    });
    counted("look while it runs", &mut study, &mut |study| {
        study.trials().unwrap();
    });
    counted("report", &mut study, &mut |study| {
        study.report(number, 1, 0.5).unwrap();
    });
    counted("heartbeat", &mut study, &mut |study| {
        drop(study.heartbeat().unwrap());
    });
    counted("finish", &mut study, &mut |study| {
        let outcome = Outcome::Complete { value: 0.5 };
        study.finish(number, &outcome, &Map::new()).unwrap();
    });
    counted("look", &mut study, &mut |study| {
        study.trials().unwrap();
    });
}

/// Messages with statements in the log of the server so far: prepared ones, and those that are sent as text.
fn statements(databases: &Databases) -> usize {
    let log = databases.log();
    let is_message =
        |line: &&str| line.contains("LOG:  execute ") || line.contains("LOG:  statement: ");
    let messages = log.lines().filter(is_message);
    // Two statements of one message are two lines.
    messages
        .filter(|line| !line.contains("statement: SELECT 1 FROM studies"))
        .count()
}

/// The log is written before the answer; this only asks once more, in a session that is not logged.
fn settle(admin: &mut Client) {
    admin.batch_execute("SELECT 1").unwrap();
}
