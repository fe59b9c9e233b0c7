//! Coverage, width, false verdicts and power over all cells of the simulation study:
//! `cargo bench -p xp-scaling --bench coverage -- [--studies 2000] [--each]`.

use xp_scaling::simulation::{Noise, Score, Truth, ladder, score, score_first};

const LADDERS: [(&str, f64, f64); 2] = [("2M–2B", 2e6, 2e9), ("200K–20M", 2e5, 2e7)];
const SIZES: [usize; 3] = [3, 4, 5];
const SEEDS: [usize; 3] = [3, 5, 10];
const DAYS: [f64; 2] = [0.001, 0.3];
const LUCK: [f64; 3] = [0.0, 0.003, 0.01];
const ALPHA: [f64; 3] = [-0.02, 0.0, 0.03];

struct Cell {
    name: &'static str,
    truth: Truth,
    noise: Noise,
    score: Score,
}

fn noise(seeds: usize, luck: Vec<f64>, day: f64) -> Noise {
    Noise {
        seeds,
        seed: 0.003,
        luck,
        day,
        market: 0.2,
        slope: 0.0,
        days: 3750,
        horizon: 5,
        block: 20,
        replicates: 300,
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let studies = arguments
        .iter()
        .position(|argument| argument == "--studies")
        .and_then(|at| arguments.get(at + 1)?.parse().ok())
        .unwrap_or(2000);
    let each = arguments.iter().any(|argument| argument == "--each");
    for tasks in [3, 1] {
        let cells = grid(tasks, studies);
        println!("\n{tasks} task(s), {studies} studies a cell, worst of each row's cells\n");
        println!(
            "| sizes | seeds | luck | coverage ≥ | half-width / oracle's ≤ | false verdicts ≤ | power at α .03 ≥ | wrongly no law ≤ |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        for sizes in SIZES {
            for seeds in SEEDS {
                for luck in LUCK {
                    let of: Vec<&Cell> = cells
                        .iter()
                        .filter(|cell| {
                            cell.truth.sizes.len() == sizes
                                && cell.noise.seeds == seeds
                                && cell.noise.luck[0] == luck
                        })
                        .collect();
                    println!("| {sizes} | {seeds} | {luck} | {} |", row(&of));
                }
            }
        }
        if each {
            for cell in &cells {
                println!(
                    "{} {} sizes, {} seeds, day {}, luck {}, α {}: {}",
                    cell.name,
                    cell.truth.sizes.len(),
                    cell.noise.seeds,
                    cell.noise.day,
                    cell.noise.luck[0],
                    cell.truth.alpha,
                    row(&[cell])
                );
            }
        }
        println!("| all | | | {} |", row(&cells.iter().collect::<Vec<_>>()));
    }
    unequal(studies);
}

fn grid(tasks: usize, studies: usize) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (name, from, to) in LADDERS {
        for sizes in SIZES {
            for seeds in SEEDS {
                for day in DAYS {
                    for luck in LUCK {
                        for alpha in ALPHA {
                            let truth = Truth {
                                sizes: ladder(from, to, sizes),
                                alpha,
                                losses: vec![0.7; tasks],
                            };
                            let noise = noise(seeds, vec![luck; tasks], day);
                            let score = score(&truth, &noise, studies, 1);
                            cells.push(Cell {
                                name,
                                truth,
                                noise,
                                score,
                            });
                        }
                    }
                }
            }
        }
    }
    cells
}

/// The worst of some cells.
fn row(cells: &[&Cell]) -> String {
    let worst = |of: &dyn Fn(&Cell) -> Option<f64>, least: bool| {
        let values = cells.iter().filter_map(|cell| of(cell));
        values.reduce(if least { f64::min } else { f64::max })
    };
    let text =
        |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    [
        worst(&|cell| Some(cell.score.share(cell.score.covered)), true),
        worst(&|cell| Some(cell.score.median_width()), false),
        worst(&|cell| Some(cell.score.share(cell.score.wrong)), false),
        worst(
            &|cell| (cell.truth.alpha == 0.03).then(|| cell.score.share(cell.score.found)),
            true,
        ),
        worst(
            &|cell| (cell.truth.alpha != 0.0).then(|| cell.score.share(cell.score.no_power_law)),
            false,
        ),
    ]
    .map(text)
    .join(" | ")
}

/// Where pooling over tasks is not as assumed: tasks of unequal losses and unequal luck, and days on which larger models do better.
fn unequal(studies: usize) {
    println!("\nThree tasks that differ, 5 seeds, day .001, α 0, {studies} studies: worst task\n");
    println!(
        "| sizes | losses | luck | days' slope | coverage | half-width / oracle's | false verdicts |"
    );
    println!("|---|---|---|---|---|---|---|");
    for sizes in SIZES {
        for (losses, luck, slope) in [
            ([0.64, 0.39, 0.13], [0.003, 0.003, 0.003], 0.0),
            ([0.64, 0.39, 0.13], [0.0064, 0.0039, 0.0013], 0.0),
            ([0.7; 3], [0.003, 0.003, 0.006], 0.0),
            ([0.7; 3], [0.003, 0.003, 0.009], 0.0),
            ([0.7; 3], [0.003; 3], 0.02),
            ([0.7; 3], [0.0; 3], 0.05),
        ] {
            let mut worst: Option<Score> = None;
            // Each task is scored alone, beside the two others.
            for task in 0..3 {
                let turned =
                    |values: [f64; 3]| (0..3).map(|k| values[(task + k) % 3]).collect::<Vec<_>>();
                let truth = Truth {
                    sizes: ladder(2e6, 2e9, sizes),
                    alpha: 0.0,
                    losses: turned(losses),
                };
                let noise = Noise {
                    slope,
                    ..noise(5, turned(luck), 0.001)
                };
                let scored = score_first(&truth, &noise, studies, 1);
                if worst
                    .as_ref()
                    .is_none_or(|least| scored.covered < least.covered)
                {
                    worst = Some(scored);
                }
            }
            if let Some(score) = worst {
                println!(
                    "| {sizes} | {losses:?} | {luck:?} | {slope} | {:.3} | {:.2} | {:.3} |",
                    score.share(score.covered),
                    score.median_width(),
                    score.share(score.wrong)
                );
            }
        }
    }
}
