//! Search of the 2M-parameter PatchTST with 250 features for the +1 % task on the NASDAQ Composite: does it profit from more features?
xp_macros::experiment! {
    phase: "phase9",
    variant: "nasdaq",
    budget: "2M",
    task: threshold_1pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/nasdaq_daily.parquet",
    features: tier(250),
    context: 80,
    split: { val: "2007-01-01", test: "2010-01-01" },
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
    allow: { outlying_columns: "the source has an eighth of the usual volume on 2012-05-29; values are clipped by train's quantiles" },
}
