//! Runs trials on a study for ever and prints each operation once it is stored, a line each: the crash test kills it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may state what it believes"
)]
#![expect(
    clippy::print_stdout,
    reason = "its output is what the crash test reads"
)]

use std::io::Write;

use serde_json::{Map, json};
use xp_clock::Clock;
use xp_search::{Outcome, Sampler, Study, StudyIdentity, visibility::Visibility};
use xp_spec::space::{Domain, Parameter, SearchSpace, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("usage: crash_study FILE")?;
    let space = SearchSpace {
        parameters: vec![Parameter {
            name: "x".to_owned(),
            domain: Domain::Uniform {
                low: 0.0,
                high: 1.0,
            },
        }],
    };
    let identity = StudyIdentity {
        name: "crash".to_owned(),
        spec_hash: "1".to_owned(),
        data_md5: "2".to_owned(),
        direction: Default::default(),
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({"context": 80}),
        space,
    };
    let mut study = Study::open(path.as_ref(), identity, &Clock::system())?;
    let print = |line: String| {
        println!("{line}");
        std::io::stdout().flush()
    };
    loop {
        let (number, assignment) =
            study.start_suggested(&Sampler::Random.into(), 5, Visibility::Window(1))?;
        print(format!("started {number} 0 0"))?;
        let Some(Value::Float(x)) = assignment.get("x").cloned() else {
            return Err("no x".into());
        };
        for epoch in 1..=3_u32 {
            let value = x / f64::from(epoch);
            study.report(number, epoch, value)?;
            print(format!("reported {number} {epoch} {value:?}"))?;
        }
        let mut attributes = Map::new();
        attributes.insert("steps".to_owned(), json!(3));
        study.finish(number, &Outcome::Complete { value: x }, &attributes)?;
        print(format!("finished {number} 3 {x:?}"))?;
    }
}
