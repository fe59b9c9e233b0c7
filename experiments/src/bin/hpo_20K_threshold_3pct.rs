//! A first search, of a minute: the 20K-parameter PatchTST for the +3 % task; 12 trials of a small model find hyperparameters, not a result.
xp_macros::experiment! {
    phase: "phase1",
    budget: "20K",
    task: threshold_3pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/sp500_daily.parquet",
    features: tier(20),
    context: 20,
    patch: { length: 5, stride: 5 },
    split: { val: "1995-01-01", test: "2005-01-01" },
    run: hpo {
        trials: 12,
        timeout: "15m",
        startup_trials: 6,
        search: {
            architecture: fixed,
            learning_rate: log(1e-4, 1e-2),
            weight_decay: log(1e-4, 1e-1),
            dropout: uniform(0.0, 0.3),
            warmup: [0.05],
            steps: [400],
        },
    },
    allow: { outlying_columns: "October 1987 is in train; values are clipped by its quantiles" },
}
