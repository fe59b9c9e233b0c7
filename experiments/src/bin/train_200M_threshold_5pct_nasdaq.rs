//! Training of the 200M-parameter PatchTST for the +5 % task on the NASDAQ Composite, within five trading days.
xp_macros::experiment! {
    phase: "phase8d",
    variant: "nasdaq",
    budget: "200M",
    task: threshold_5pct,
    horizon: 5, // trading days
    timescale: daily,
    data: "data/processed/nasdaq_daily.parquet",
    features: tier(20),
    context: 80,
    split: { val: "2007-01-01", test: "2010-01-01" },
    run: train { params: best(hpo_200M_threshold_5pct_nasdaq), seeds: [1, 2, 3] },
}
