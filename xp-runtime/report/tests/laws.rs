//! Laws in the report, of synthetic logs whose truth is known.

#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod synthetic;

use synthetic::{fill_law, report};

/// Report of [`fill_law`].
fn of_law(alpha: f64, budgets: usize, seeds: u64) -> String {
    let folder = tempfile::tempdir().unwrap();
    fill_law(folder.path(), alpha, budgets, seeds);
    report(folder.path())
}

#[test]
fn f42_verdicts_match_known_laws() {
    for (alpha, verdict) in [(0.05, "scales"), (0.0, "flat"), (-0.05, "inverse")] {
        let text = of_law(alpha, 4, 3);
        assert!(
            text.contains(&format!("**{verdict}** by test log-loss")),
            "{text}"
        );
        assert!(text.contains("by 1 − AUC"), "{text}");
        assert!(text.contains("4 sizes, n 600 test samples each, 400 positive, at least 3 seeds"));
    }
    let two = of_law(0.05, 2, 3);
    assert!(two.contains("insufficient data: 2 of at least 3 budgets") && !two.contains("α ="));
}

/// F52: a verdict was given on one seed, and on two sizes.
#[test]
fn f52_a_verdict_says_what_it_misses_and_what_that_costs() {
    let seeds = of_law(0.05, 3, 2);
    assert!(
        seeds.contains("insufficient data: a verdict needs at least 3 seeds of each; missing: 1 more of phase6a_train_2M_threshold_1pct, which has 2,")
            && seeds.contains("about 3 min by the seeds that have finished"),
        "{seeds}"
    );
    let sizes = of_law(0.05, 2, 3);
    assert!(
        sizes.contains("missing: 1 more, with at least 3 seeds each; 3 seeds of the largest took about 3 min, of ten times its parameters they take about 30 min."),
        "{sizes}"
    );
    // Both losses are verdicts.
    assert!(of_law(0.05, 3, 3).contains("after correction for 2 verdicts"));
}
