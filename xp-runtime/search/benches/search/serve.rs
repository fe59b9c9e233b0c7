//! The thirteen problems for another program: their spaces on the first line of standard output, then the value of each point
//! that comes in as a line. `optuna_table.py` lets Optuna search them, so that there is one definition of each.

use std::io::{BufRead as _, Write as _};

use serde::Deserialize;
use serde_json::json;
use xp_spec::space::Assignment;

use crate::{
    problems::{all, coordinates, gauss},
    regret::random_medians,
};

#[derive(Deserialize)]
struct Question {
    problem: String,
    point: Assignment,
    seed: u64,
    number: u64,
}

pub(crate) fn run() {
    let problems = all();
    let random = random_medians(&problems);
    let listed: Vec<serde_json::Value> = problems
        .iter()
        .zip(random)
        .map(|(problem, random)| {
            json!({
                "name": problem.name,
                "space": problem.space,
                "hyperparameter_like": problem.hyper,
                "random": random,
            })
        })
        .collect();
    println!("{}", json!(listed));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let question: Question = serde_json::from_str(&line).expect("a question");
        let problem = problems.iter().find(|p| p.name == question.problem);
        let problem = problem.expect("a known problem");
        let clean = (problem.objective)(&coordinates(&question.point));
        let key = question
            .seed
            .wrapping_mul(100_000)
            .wrapping_add(question.number);
        let answer = json!({
            "observed": clean + problem.noise * gauss(key),
            "regret": clean - problem.optimum,
        });
        println!("{answer}");
        std::io::stdout().flush().expect("standard output is read");
    }
}
