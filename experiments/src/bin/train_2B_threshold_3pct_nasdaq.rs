//! Training of the 2B-parameter PatchTST for the +3 % task on the NASDAQ Composite, within five trading days.
xp_macros::experiment! {
    phase: "phase8c",
    variant: "nasdaq",
    budget: "2B",
    task: threshold_3pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/nasdaq_daily.parquet",
    features: tier(20),
    context: 80,
    split: { val: "2007-01-01", test: "2010-01-01" },
    run: train { params: best(hpo_2B_threshold_3pct_nasdaq), seeds: [1, 2, 3] },
}
