//! Training of the 200K-parameter PatchTST for the +3 % task on a simulated market with something to learn: its Bayes log-loss is known.
xp_macros::experiment! {
    phase: "phase10a",
    budget: "200K",
    task: threshold_3pct,
    horizon: 5, // trading days
    timescale: daily,
    variant: "simulated",
    data: "data/processed/simulated_daily.parquet",
    features: tier(20),
    context: 20,
    patch: { length: 5, stride: 5 },
    split: { val: "2009-01-01", test: "2012-01-01" },
    run: train {
        params: {
            architecture: fixed,
            learning_rate: 0.0003,
            weight_decay: 0.01,
            dropout: 0.1,
            warmup: 0.05,
            steps: 400,
        },
        seeds: [1, 2, 3],
    },
}
