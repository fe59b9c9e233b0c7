//! Training of the 2M-parameter PatchTST for the +5 % task, within five trading days.
xp_macros::experiment! {
    phase: "phase6d",
    budget: "2M",
    task: threshold_5pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/sp500_daily.parquet",
    features: tier(20),
    context: 20,
    patch: { length: 5, stride: 5 },
    split: { val: "1995-01-01", test: "2005-01-01" },
    run: train { params: best(hpo_2M_threshold_5pct), seeds: [1, 2, 3] },
    allow: { outlying_columns: "October 1987 is in train; values are clipped by its quantiles" },
}
