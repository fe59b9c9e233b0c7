//! Databases with so many finished trials, from which every cell starts. It measures nothing.

use std::{collections::HashMap, io::Write as _};

use postgres::{Client, NoTls};
use xp_clock::Clock;
use xp_postgres::Settings;
use xp_search::{Sampler, Study, suggest};
use xp_spec::space::{Domain, Value};
use xp_test_support::{Server, ServerOptions};

use crate::searched::{identity, objective, space};

/// A server with the databases of the cells.
pub(crate) struct Databases {
    server: Server,
}

impl Databases {
    /// With PostgreSQL's defaults but for the connections that the most workers need; absent without PostgreSQL.
    pub(crate) fn begin() -> Option<Self> {
        let options = ServerOptions {
            settings: &["max_connections = 300"],
            ..ServerOptions::default()
        };
        let server = Server::begin(&options)?;
        Some(Self { server })
    }

    pub(crate) fn version(&self) -> String {
        self.server.sql("SHOW server_version").trim().to_owned()
    }

    /// What the server has logged so far.
    pub(crate) fn log(&self) -> String {
        self.server.log()
    }

    /// Address of a database.
    pub(crate) fn url(&self, database: &str) -> String {
        let port = self.server.port();
        format!("postgresql://postgres@127.0.0.1:{port}/{database}")
    }

    /// Makes the database from which those with so many finished trials are copied: points of the Sobol sequence.
    pub(crate) fn fill(&self, trials: u32) {
        let name = original(trials);
        self.server.sql(&format!("DROP DATABASE IF EXISTS {name}"));
        self.server.sql(&format!("CREATE DATABASE {name}"));
        let url = self.url(&name);
        drop(open(&url));
        let mut client = client(&url);
        let (mut rows, mut values, mut parameters) = (String::new(), String::new(), String::new());
        let (space, choices) = (space(), choices());
        let texts = distributions(&url);
        for number in 0..trials {
            let sampler = Sampler::Sobol.into();
            let point = suggest(&space, &sampler, 1, number, &[], &[]).unwrap();
            let trial = number + 1;
            rows += &format!("{number}\t1\tCOMPLETE\t2026-01-01 00:00:00\t2026-01-01 00:00:01\n");
            values += &format!("{trial}\t0\t{}\tFINITE\n", objective(&point));
            for (name, value) in &point {
                let stored = match value {
                    Value::Float(value) => *value,
                    Value::Int(value) => *value as f64,
                    other => choices[&other.to_string()],
                };
                parameters += &format!("{trial}\t{name}\t{stored}\t{}\n", texts[name]);
            }
        }
        for (table, text) in [
            (
                "trials (number, study_id, state, datetime_start, datetime_complete)",
                rows,
            ),
            (
                "trial_values (trial_id, objective, value, value_type)",
                values,
            ),
            (
                "trial_params (trial_id, param_name, param_value, distribution_json)",
                parameters,
            ),
        ] {
            let mut writer = client.copy_in(&format!("COPY {table} FROM STDIN")).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
            writer.finish().unwrap();
        }
        client.batch_execute("VACUUM ANALYZE").unwrap();
    }

    /// A fresh copy of the database with so many finished trials; its address.
    pub(crate) fn copy(&self, trials: u32) -> String {
        self.server.sql("DROP DATABASE IF EXISTS cell WITH (FORCE)");
        let name = original(trials);
        self.server
            .sql(&format!("CREATE DATABASE cell TEMPLATE {name}"));
        self.server.sql("CHECKPOINT");
        self.url("cell")
    }
}

fn original(trials: u32) -> String {
    format!("finished_{trials}")
}

/// Opens the study of a database.
pub(crate) fn open(url: &str) -> Study {
    let (settings, _) = Settings::of_process(url).unwrap();
    let patient = Box::new(|_: xp_search::Wait<'_>, _| true);
    Study::open_server(&settings, identity(), &Clock::system(), patient).unwrap()
}

pub(crate) fn client(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

/// The numbers that are stored for names.
fn choices() -> HashMap<String, f64> {
    let parameters = space().parameters.into_iter();
    let lists = parameters.filter_map(|parameter| match parameter.domain {
        Domain::Choice { values } => Some(values),
        _ => None,
    });
    lists
        .flat_map(|values| (0..).zip(values))
        .map(|(index, value)| (value.to_string(), f64::from(index)))
        .collect()
}

/// The text that the study stores for each domain, as a trial of it has them; the trial is removed.
fn distributions(url: &str) -> HashMap<String, String> {
    let point = suggest(&space(), &Sampler::Sobol.into(), 1, 0, &[], &[]).unwrap();
    open(url).start_trial(&point).unwrap();
    let mut client = client(url);
    let statement = "SELECT param_name, distribution_json FROM trial_params";
    let rows = client.query(statement, &[]).unwrap();
    let removed = "TRUNCATE trials, trial_params, trial_values RESTART IDENTITY CASCADE";
    client.batch_execute(removed).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
