//! The sources of the formulas.

use crate::document::{Block, Line};

/// Where the formulas come from.
pub(super) fn references() -> Vec<Block> {
    vec![
        Block::Heading(2, "Formulas".to_owned()),
        Block::List(
            [
                "Intervals: 95 % percentiles of 1000 moving-block bootstrap replicates (Künsch 1989), blocks of max(20, 2h) trading days, the same draws for all models and baselines on the same days; where there are at least 3 seeds they are drawn too, deviations scaled by √(k/(k−1)) (Rao & Wu 1988).",
                "L = a·N^(−α): least squares in log-log (Kaplan et al., arXiv 2001.08361). L = E + a·N^(−α) (Hoffmann et al., arXiv 2203.15556): variable projection (Golub & Pereyra 1973); a mean of Huber losses stops early (Besiroglu et al., arXiv 2404.10102). Verdict: scales, flat or inverse by whether α's interval lies above, around or below 0.",
                "ROC-AUC: Mann & Whitney 1947, ties counting half; independent interval by DeLong et al. 1988 with midranks (Sun & Xu 2014). PR-AUC: average precision without interpolation. Precision and recall without a bootstrap interval: Wilson 1927.",
                "Brier score: Brier 1950. Expected calibration error: ten bins of equal width (Guo et al., arXiv 1706.04599).",
                "Model: Nie et al., arXiv 2211.14730; RevIN: Kim et al., ICLR 2022; AdamW: Loshchilov & Hutter, arXiv 1711.05101.",
            ]
            .map(Line::from)
            .to_vec(),
        ),
    ]
}
