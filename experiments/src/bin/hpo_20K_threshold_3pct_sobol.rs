//! A quasi-random design of 40 points on a simulated market, whose trials do not depend on each other: what many machines make of it is what
//! one makes of it.
xp_macros::experiment! {
    phase: "phase10a",
    budget: "20K",
    task: threshold_3pct,
    horizon: 5, // trading days
    timescale: daily,
    variant: "sobol",
    data: "data/processed/simulated_daily.parquet",
    features: tier(20),
    context: 20,
    patch: { length: 5, stride: 5 },
    split: { val: "2009-01-01", test: "2012-01-01" },
    run: hpo {
        trials: 40,
        timeout: "4h",
        sampler: sobol,
        pruner: none,
        search: {
            architecture: fixed,
            learning_rate: log(1e-4, 1e-2),
            weight_decay: log(1e-4, 1e-1),
            dropout: uniform(0.0, 0.3),
            warmup: [0.05],
            steps: [400],
        },
    },
}
