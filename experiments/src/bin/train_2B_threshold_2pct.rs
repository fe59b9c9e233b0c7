//! Training of the 2B-parameter PatchTST for the +2 % task, within five trading days.
xp_macros::experiment! {
    phase: "phase6b",
    budget: "2B",
    task: threshold_2pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/sp500_daily.parquet",
    features: tier(20),
    context: 20,
    patch: { length: 5, stride: 5 },
    split: { val: "1995-01-01", test: "2005-01-01" },
    run: train { params: between(hpo_2B_threshold_1pct, hpo_2B_threshold_3pct), seeds: [1, 2, 3] },
    allow: { outlying_columns: "October 1987 is in train; values are clipped by its quantiles" },
}
