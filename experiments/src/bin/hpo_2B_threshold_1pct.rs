//! Search of the 2B-parameter PatchTST for the +1 % task, within five trading days.
xp_macros::experiment! {
    phase: "phase6a",
    budget: "2B",
    task: threshold_1pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/sp500_daily.parquet",
    features: tier(20),
    context: 20,
    patch: { length: 5, stride: 5 },
    split: { val: "1995-01-01", test: "2005-01-01" },
    run: hpo {
        trials: 50,
        timeout: "4h",
        search: {
            architecture: grid, // every shape within ±25 % of the budget
            learning_rate: log(3e-6, 1e-3),
            weight_decay: log(1e-4, 5e-3),
            dropout: uniform(0.0, 0.5),
            warmup: [0.02, 0.05, 0.1],
            steps: [1000, 2000, 4000],
        },
    },
    allow: { outlying_columns: "October 1987 is in train; values are clipped by its quantiles" },
}
