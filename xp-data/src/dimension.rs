//! Effective dimension of each tier: columns overlap, so that 25 times more of them have about 5 times more dimensions. A figure
//! over the number of features needs this axis.

use xp_spec::files::lock::Dimension;

use crate::{eigenvalues::eigenvalues, error::DataError};

/// Tiers by their number of columns, which come first in the registry's order.
pub(crate) use xp_spec::files::lock::TIERS;
/// Share of variance that [`Dimension::components_95`] explains.
const EXPLAINED: f64 = 0.95;
/// Rows that are added at a time, so that the matrix passes through the cache less often.
const AT_ONCE: usize = 4;

/// Dimensions of the tiers that the columns fill, by the eigenvalues of their correlation matrix.
pub fn dimensions(columns: &[&[f32]]) -> Result<Vec<Dimension>, DataError> {
    let (correlation, varies) = correlations(columns);
    let n = columns.len();
    TIERS
        .into_iter()
        .filter(|tier| *tier as usize <= n)
        .map(|tier| {
            let varying: Vec<usize> = (0..tier as usize).filter(|&column| varies[column]).collect();
            let part: Vec<f64> = varying
                .iter()
                .flat_map(|&i| varying.iter().map(move |&j| (i, j)))
                .map(|(i, j)| correlation[i * n + j])
                .collect();
            dimension(tier, part, varying.len()).ok_or_else(|| {
                DataError::Content(format!(
                    "the correlations of tier {tier} have no eigenvalues: its columns are constant or not finite"
                ))
            })
        })
        .collect()
}

/// The entropy rank of columns of one length, whatever their number. A column that does not vary, or that holds what is no number, is left
/// out; absent where none is left.
pub fn effective_dimension(columns: &[&[f32]]) -> Option<f64> {
    let (correlation, varies) = correlations(columns);
    let (all, n) = (
        columns.len(),
        varies.iter().filter(|varies| **varies).count(),
    );
    let pairs = (0..all * all).filter(|at| varies[at / all] && varies[at % all]);
    let part = pairs.map(|at| correlation[at]).collect();
    Some(dimension(all as u32, part, n)?.entropy_rank)
}

fn dimension(tier: u32, matrix: Vec<f64>, n: usize) -> Option<Dimension> {
    let mut shares = eigenvalues(matrix, n)?;
    // Rounding makes the zeros of a singular matrix slightly negative.
    for share in &mut shares {
        *share = (*share / n as f64).max(0.0);
    }
    shares.sort_by(|a, b| b.total_cmp(a));
    let entropy = shares
        .iter()
        .filter(|share| **share > 1e-12)
        .fold(0.0, |sum, share| sum - share * libm::log(*share));
    let mut explained = 0.0;
    let components = shares.iter().take_while(|share| {
        let before = explained;
        explained += **share;
        before < EXPLAINED - 1e-9
    });
    Some(Dimension {
        tier,
        columns: n as u32,
        components_95: components.count() as u32,
        entropy_rank: (libm::exp(entropy) * 100.0).round() / 100.0,
    })
}

/// Correlations `[columns, columns]`, and which columns are not constant.
fn correlations(columns: &[&[f32]]) -> (Vec<f64>, Vec<bool>) {
    let n = columns.len();
    let rows = columns.iter().map(|column| column.len()).min().unwrap_or(0);
    let (mut means, mut scales) = (Vec::with_capacity(n), Vec::with_capacity(n));
    for column in columns {
        let mean = column.iter().fold(0.0, |sum, x| sum + f64::from(*x)) / rows.max(1) as f64;
        let squares = column.iter().fold(0.0, |sum, x| {
            sum + (f64::from(*x) - mean) * (f64::from(*x) - mean)
        });
        means.push(mean);
        scales.push(squares.sqrt());
    }
    let varies: Vec<bool> = scales.iter().map(|scale| *scale > 0.0).collect();
    let mut matrix = vec![0.0; n * n];
    let mut block = vec![0.0; AT_ONCE * n];
    for first in (0..rows).step_by(AT_ONCE) {
        for (offset, line) in block.chunks_exact_mut(n.max(1)).enumerate() {
            for (column, z) in line.iter_mut().enumerate() {
                // Rows beyond the last add nothing.
                *z = match columns[column].get(first + offset) {
                    Some(x) if varies[column] => (f64::from(*x) - means[column]) / scales[column],
                    _ => 0.0,
                };
            }
        }
        let (a, rest) = block.split_at(n);
        let (b, rest) = rest.split_at(n);
        let (c, d) = rest.split_at(n);
        for i in 0..n {
            let (ai, bi, ci, di) = (a[i], b[i], c[i], d[i]);
            let others = a[..=i].iter().zip(&b[..=i]).zip(&c[..=i]).zip(&d[..=i]);
            for (sum, (((aj, bj), cj), dj)) in matrix[i * n..=i * n + i].iter_mut().zip(others) {
                *sum += (ai * aj + bi * bj) + (ci * cj + di * dj);
            }
        }
    }
    for i in 0..n {
        for j in 0..i {
            matrix[j * n + i] = matrix[i * n + j];
        }
    }
    (matrix, varies)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    /// Column `which` of 16 orthogonal ones: a square wave of Walsh's family.
    fn walsh(which: usize, scale: f32) -> Vec<f32> {
        (0..64)
            .map(|row: usize| {
                let sign = if (row & which).count_ones().is_multiple_of(2) {
                    1.0
                } else {
                    -1.0
                };
                scale * sign + 3.0
            })
            .collect()
    }

    #[test]
    fn copies_span_nothing_and_independent_columns_span_one_each() {
        let independent: Vec<_> = (1..=20).map(|which| walsh(which, which as f32)).collect();
        let pairs: Vec<_> = (0..20).map(|i| walsh(1 + i / 2, 1.0 + i as f32)).collect();
        let copies: Vec<_> = (0..20)
            .map(|i| walsh(1, 1.0 - 2.0 * (i % 2) as f32))
            .collect();
        let mut constant = independent.clone();
        constant[7] = vec![1.0; 64];
        for (name, columns, expected) in [
            ("independent", independent, (20, 20.0, 19)),
            ("pairs", pairs, (20, 10.0, 10)),
            ("copies", copies, (20, 1.0, 1)),
            ("one constant", constant, (19, 19.0, 19)),
        ] {
            let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
            let found = dimensions(&columns).unwrap()[0];
            assert_eq!(effective_dimension(&columns), Some(found.entropy_rank));
            assert_eq!(
                (found.columns, found.entropy_rank, found.components_95),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn constant_tiers_have_no_dimension() {
        let columns = vec![vec![2.0_f32; 9]; 20];
        let columns: Vec<&[f32]> = columns.iter().map(Vec::as_slice).collect();
        assert!(dimensions(&columns).is_err());
        assert_eq!(effective_dimension(&columns), None);
    }
}
