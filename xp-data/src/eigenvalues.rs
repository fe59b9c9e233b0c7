//! Eigenvalues of a symmetric matrix. Own code because the result is part of a lock that is compared bit for bit on every machine:
//! linear algebra libraries choose their kernels, and so their rounding, by the processor.

/// Eigenvalues of the symmetric `n × n` row-major matrix, in no order: Householder reduction to tridiagonal form, then implicit
/// QL (Golub & Van Loan, Matrix Computations, 8.3). `None` where the iteration does not converge, as with a NaN.
pub(crate) fn eigenvalues(mut matrix: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    if n == 0 || matrix.len() != n * n {
        return None;
    }
    let off = tridiagonalise(&mut matrix, n);
    let diagonal = (0..n).map(|i| matrix[i * n + i]).collect();
    implicit_ql(diagonal, off)
}

/// Leaves the diagonal in `matrix`; returns the off-diagonal, element i standing between i − 1 and i.
fn tridiagonalise(matrix: &mut [f64], n: usize) -> Vec<f64> {
    let mut off = vec![0.0; n];
    for i in (1..n).rev() {
        // The row left of the diagonal becomes (0, …, 0, ±its norm) by the reflection I − u uᵀ / h.
        let mut u = matrix[i * n..i * n + i].to_vec();
        let last = u[i - 1];
        let rest = u[..i - 1].iter().fold(0.0, |sum, x| sum + x * x);
        if rest == 0.0 {
            off[i] = last;
            continue;
        }
        let squares = rest + last * last;
        let norm = if last > 0.0 {
            -squares.sqrt()
        } else {
            squares.sqrt()
        };
        off[i] = norm;
        u[i - 1] = last - norm;
        let h = squares - last * norm;
        let mut p = vec![0.0; i];
        for (row, factor) in u.iter().enumerate() {
            for (sum, x) in p.iter_mut().zip(&matrix[row * n..row * n + i]) {
                *sum += factor * x;
            }
        }
        let mut half = 0.0;
        for (p, u) in p.iter_mut().zip(&u) {
            *p /= h;
            half += *p * u;
        }
        half /= 2.0 * h;
        for (p, u) in p.iter_mut().zip(&u) {
            *p -= half * u;
        }
        for row in 0..i {
            let (of_u, of_p) = (u[row], p[row]);
            for ((x, u), p) in matrix[row * n..row * n + i].iter_mut().zip(&u).zip(&p) {
                *x -= of_u * p + of_p * u;
            }
        }
    }
    off
}

fn implicit_ql(mut d: Vec<f64>, mut e: Vec<f64>) -> Option<Vec<f64>> {
    let n = d.len();
    e.rotate_left(1);
    for low in 0..n {
        for sweep in 0.. {
            let split = (low..n - 1)
                .find(|&m| e[m].abs() <= f64::EPSILON * (d[m].abs() + d[m + 1].abs()))
                .unwrap_or(n - 1);
            if split == low {
                break;
            }
            if sweep == 60 {
                return None;
            }
            let mut g = (d[low + 1] - d[low]) / (2.0 * e[low]);
            let r = (g * g + 1.0).sqrt();
            g = d[split] - d[low] + e[low] / (g + if g < 0.0 { -r } else { r });
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut broken = false;
            for i in (low..split).rev() {
                let (f, b) = (s * e[i], c * e[i]);
                let r = (f * f + g * g).sqrt();
                e[i + 1] = r;
                if r == 0.0 {
                    d[i + 1] -= p;
                    e[split] = 0.0;
                    broken = true;
                    break;
                }
                (s, c) = (f / r, g / r);
                g = d[i + 1] - p;
                let t = (d[i] - g) * s + 2.0 * c * b;
                p = s * t;
                d[i + 1] = g + p;
                g = c * t - b;
            }
            if !broken {
                d[low] -= p;
                e[low] = g;
                e[split] = 0.0;
            }
        }
    }
    d.iter().all(|x| x.is_finite()).then_some(d)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may state what it believes")]
    use super::*;

    fn sorted(matrix: &[f64], n: usize) -> Vec<f64> {
        let mut found = eigenvalues(matrix.to_vec(), n).unwrap();
        found.sort_by(f64::total_cmp);
        found
    }

    #[test]
    fn known_matrices_have_their_known_eigenvalues() {
        let n = 40;
        let mut toeplitz = vec![0.0; n * n];
        for i in 0..n {
            toeplitz[i * n + i] = 2.0;
            if i + 1 < n {
                toeplitz[i * n + i + 1] = -1.0;
                toeplitz[(i + 1) * n + i] = -1.0;
            }
        }
        let of_toeplitz = (1..=n)
            .map(|k| 2.0 - 2.0 * (k as f64 * std::f64::consts::PI / (n as f64 + 1.0)).cos())
            .collect();
        let constant = [0.3; 25]; // all correlations equal: one eigenvalue of 1 + 4ρ, four of 1 − ρ
        let equal: Vec<f64> = (0..25)
            .map(|i| if i % 6 == 0 { 1.0 } else { constant[i] })
            .collect();
        for (name, matrix, n, expected) in [
            ("one", vec![3.0], 1, vec![3.0]),
            ("two", vec![2.0, 1.0, 1.0, 2.0], 2, vec![1.0, 3.0]),
            ("equal", equal, 5, vec![0.7, 0.7, 0.7, 0.7, 2.2]),
            ("zero", vec![0.0; 9], 3, vec![0.0; 3]),
            ("toeplitz", toeplitz, n, of_toeplitz),
        ] {
            for (found, expected) in sorted(&matrix, n).iter().zip(&expected) {
                assert!(
                    (found - expected).abs() < 1e-12,
                    "{name}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn trace_and_squares_are_kept_and_nan_has_no_eigenvalues() {
        let n = 61;
        let mut matrix = vec![0.0; n * n];
        let mut seed = 1_u64;
        for i in 0..n {
            for j in 0..=i {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let x = (seed >> 33) as f64 / f64::from(1_u32 << 30) - 1.0;
                (matrix[i * n + j], matrix[j * n + i]) = (x, x);
            }
        }
        let found = sorted(&matrix, n);
        let trace: f64 = (0..n).map(|i| matrix[i * n + i]).sum();
        let squares: f64 = matrix.iter().map(|x| x * x).sum();
        assert!((found.iter().sum::<f64>() - trace).abs() < 1e-10);
        assert!((found.iter().map(|x| x * x).sum::<f64>() - squares).abs() < 1e-9 * squares);
        matrix[5] = f64::NAN;
        assert_eq!(eigenvalues(matrix, n), None);
    }
}
