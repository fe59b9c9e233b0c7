//! Linear least squares of a few columns.

/// Least squares of at most three columns by modified Gram-Schmidt, which is more accurate than normal equations.
pub(super) fn least_squares(columns: &[&Vec<f64>], target: &[f64]) -> Option<Vec<f64>> {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut upper: Vec<Vec<f64>> = Vec::new();
    for column in columns {
        let mut rest = (*column).clone();
        let mut row = Vec::new();
        for unit in &basis {
            let share = dot(unit, &rest);
            rest.iter_mut().zip(unit).for_each(|(r, u)| *r -= share * u);
            row.push(share);
        }
        let norm = dot(&rest, &rest).sqrt();
        if norm < 1e-10 * dot(column, column).sqrt() {
            return None;
        }
        rest.iter_mut().for_each(|r| *r /= norm);
        row.push(norm);
        basis.push(rest);
        upper.push(row);
    }
    let mut rest = target.to_vec();
    let mut right: Vec<f64> = Vec::new();
    for unit in &basis {
        let share = dot(unit, &rest);
        rest.iter_mut().zip(unit).for_each(|(r, u)| *r -= share * u);
        right.push(share);
    }
    let mut solved = vec![0.0; columns.len()];
    for k in (0..columns.len()).rev() {
        let known: f64 = (k + 1..columns.len())
            .map(|later| {
                let factor = upper.get(later).and_then(|row| row.get(k)).copied();
                factor.unwrap_or(0.0) * solved.get(later).copied().unwrap_or(0.0)
            })
            .sum();
        let pivot = upper.get(k)?.get(k)?;
        *solved.get_mut(k)? = (right.get(k)? - known) / pivot;
    }
    Some(solved)
}
