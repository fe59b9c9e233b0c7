//! One worker process of ours. `optuna_workers.py` has that of Optuna. It says `ready`, waits for a line, and says how many trials it has finished in
//! how many seconds.

use std::time::Duration;

use serde_json::Map;
use xp_clock::Clock;
use xp_search::{Outcome, Sampler, StudyError, visibility::Visibility};

use crate::{filled::open, searched::objective};

/// Hidden argument that makes a process a worker.
pub(crate) const NAME: &str = "--worker";

pub(crate) fn run(arguments: &[String]) {
    let [url, most, seconds] = arguments else {
        panic!("{NAME} takes an address, a number of trials and one of seconds");
    };
    let most = most.parse().unwrap();
    let limit = Duration::from_secs(seconds.parse().unwrap());
    let clock = Clock::system();
    let mut study = open(url);
    study.trials().unwrap();
    println!("ready");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let began = clock.now();
    let mut finished = 0;
    while clock.since(began) < limit {
        let visibility = Visibility::All { most };
        match study.start_suggested(&Sampler::Tpe.into(), 1, visibility) {
            Ok((number, point)) => {
                let value = objective(&point);
                let outcome = Outcome::Complete { value };
                study.finish(number, &outcome, &Map::new()).unwrap();
                finished += 1;
            }
            Err(StudyError::Enough { .. }) => break,
            Err(error) => panic!("{error}"),
        }
    }
    println!("{finished} {}", clock.since(began).as_secs_f64());
}
