//! A first training, of a minute: the 20K-parameter PatchTST for the +3 % task with the hyperparameters of the first search, three seeds.
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
    run: train { params: best(hpo_20K_threshold_3pct), seeds: [1, 2, 3] },
    allow: { outlying_columns: "October 1987 is in train; values are clipped by its quantiles" },
}
