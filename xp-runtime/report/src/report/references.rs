//! The sources of the formulas.

use crate::document::{Block, Line};

/// Where the formulas come from.
pub(super) fn references() -> Vec<Block> {
    vec![
        Block::Heading(2, "Formulas".to_owned()),
        Block::List(
            [
                "Intervals: 95 % percentiles of 1000 moving-block bootstrap replicates (Künsch 1989), blocks of max(20, 2h) trading days, the same draws for all models and baselines on the same days; blocks of a paired difference are longer where its autocorrelation demands it (Politis & White 2004; Patton, Politis & White 2009); where there are at least 3 seeds, each replicate moves by Student's t of their spread.",
                "L = a·N^(−α): least squares in log-log (Kaplan et al., arXiv 2001.08361). L = E + a·N^(−α) (Hoffmann et al., arXiv 2203.15556): variable projection (Golub & Pereyra 1973); a mean of Huber losses stops early (Besiroglu et al., arXiv 2404.10102). α's interval: the wider of what sizes scatter around the line (Student's t, pooled over tasks) and of what days and seeds explain (degrees of freedom: Satterthwaite 1946). Verdict: by α's p-value after Holm's correction (1979), unless a parabola is better at 1 % or sizes scatter more than the line changes.",
                "ROC-AUC: Mann & Whitney 1947, ties counting half; independent interval by DeLong et al. 1988 with midranks (Sun & Xu 2014). PR-AUC: average precision without interpolation. Precision and recall without a bootstrap interval: Wilson 1927.",
                "Brier score: Brier 1950. Expected calibration error: ten bins of equal width (Guo et al., arXiv 1706.04599).",
                "Model: Nie et al., arXiv 2211.14730; RevIN: Kim et al., ICLR 2022; AdamW: Loshchilov & Hutter, arXiv 1711.05101.",
            ]
            .map(Line::from)
            .to_vec(),
        ),
    ]
}
