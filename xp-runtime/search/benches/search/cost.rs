//! What a suggestion and the bookkeeping of a trial cost, by the number of trials before it.

use serde_json::Map;
use xp_clock::Clock;
use xp_search::{
    Direction, Outcome, Sampler, Study, StudyIdentity, Trial, TrialState, suggest,
    visibility::Visibility,
};

use crate::{
    Plan,
    problems::{all, coordinates},
};

/// Epochs that each trial reports.
const EPOCHS: u32 = 10;
/// Trials that are timed at each size.
const TIMED: u32 = 20;

pub(crate) fn run(plan: &Plan) {
    let Some(problem) = all().into_iter().find(|p| p.name == "hpo_tf9") else {
        return;
    };
    let clock = &plan.clock;
    for (name, sampler) in &plan.samplers {
        for size in [50, 200, 1000] {
            let history: Vec<Trial> = (0..size)
                .filter_map(|number| {
                    let point =
                        suggest(&problem.space, &Sampler::Sobol.into(), 1, number, &[], &[])
                            .ok()?;
                    Some(Trial {
                        number,
                        state: TrialState::Complete,
                        value: Some((problem.objective)(&coordinates(&point))),
                        assignment: point,
                        intermediate: Vec::new(),
                    })
                })
                .collect();
            let start = clock.now();
            let asked = (0..5)
                .filter(|seed| {
                    suggest(
                        &problem.space,
                        &(*sampler).into(),
                        *seed,
                        size,
                        &history,
                        &[],
                    )
                    .is_ok()
                })
                .count();
            let each = clock.since(start).as_secs_f64() * 1e3 / asked.max(1) as f64;
            println!("{name:8}{size:>5} trials: {each:8.2} ms a suggestion");
        }
    }
    if let Err(error) = bookkeeping(&problem.space, clock) {
        println!("bookkeeping failed: {error}");
    }
}

fn bookkeeping(
    space: &xp_spec::space::SearchSpace,
    clock: &Clock,
) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let identity = StudyIdentity {
        name: "cost".to_owned(),
        spec_hash: "1".to_owned(),
        data_md5: "2".to_owned(),
        direction: Direction::Minimize,
        metric: "val_loss".to_owned(),
        spec: serde_json::json!({"context": 80}),
        space: space.clone(),
    };
    let mut study = Study::open(&folder.path().join("study.db"), identity, clock)?;
    let (mut asking, mut reporting, mut ending) = (0.0, 0.0, 0.0);
    for number in 0..1000 + TIMED {
        if number == 1000 {
            (asking, reporting, ending) = (0.0, 0.0, 0.0);
        }
        study.trials()?;
        let start = clock.now();
        study.start_suggested(&Sampler::Random.into(), 1, Visibility::Window(1))?;
        asking += clock.since(start).as_secs_f64();
        let start = clock.now();
        for epoch in 1..=EPOCHS {
            study.report(number, epoch, 0.5)?;
        }
        reporting += clock.since(start).as_secs_f64();
        let start = clock.now();
        study.finish(number, &Outcome::Complete { value: 0.5 }, &Map::new())?;
        ending += clock.since(start).as_secs_f64();
    }
    let each = |total: f64| total * 1e3 / f64::from(TIMED);
    println!(
        "study at 1000 trials: start at a random point {:.2} ms, {EPOCHS} reports {:.2} ms, finish with fsync {:.2} ms",
        each(asking),
        each(reporting),
        each(ending)
    );
    Ok(())
}
