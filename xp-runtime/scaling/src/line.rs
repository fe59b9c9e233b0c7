//! A straight line through the points of a study in logarithms.

/// A line by ordinary least squares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Logarithms of the sizes less their mean.
    pub(crate) centred: Vec<f64>,
    /// Mean logarithm of the sizes.
    pub(crate) centre: f64,
    /// Sum of squares of the centred logarithms.
    pub(crate) sxx: f64,
    /// Change of ln L for a change of ln N by 1: −α.
    pub(crate) slope: f64,
    /// Mean of ln L.
    pub(crate) level: f64,
    /// ln L less the line.
    pub(crate) residuals: Vec<f64>,
}

impl Line {
    /// Through (x, y) of at least two different x.
    pub(crate) fn through(x: &[f64], y: &[f64]) -> Option<Self> {
        let n = x.len() as f64;
        let centre = x.iter().sum::<f64>() / n;
        let level = y.iter().sum::<f64>() / n;
        let centred: Vec<f64> = x.iter().map(|x| x - centre).collect();
        let sxx: f64 = centred.iter().map(|x| x * x).sum();
        let finite = x.iter().chain(y).all(|value| value.is_finite());
        if !finite || x.len() != y.len() || sxx < 1e-12 {
            return None;
        }
        let slope = centred.iter().zip(y).map(|(x, y)| x * y).sum::<f64>() / sxx;
        let residuals = centred
            .iter()
            .zip(y)
            .map(|(x, y)| y - level - slope * x)
            .collect();
        Some(Self {
            centred,
            centre,
            sxx,
            slope,
            level,
            residuals,
        })
    }

    /// Sum of squared residuals.
    pub(crate) fn rss(&self) -> f64 {
        self.residuals.iter().map(|r| r * r).sum()
    }

    /// Degrees of freedom of the residuals.
    pub(crate) fn df(&self) -> usize {
        self.residuals.len().saturating_sub(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_leave_residuals_that_are_orthogonal_to_them() {
        let x = [0.0, 1.0, 2.0, 4.0];
        let line = Line::through(&x, &[1.0, 3.0, 2.0, 6.0]).unwrap();
        assert_eq!(line.df(), 2);
        let sum: f64 = line.residuals.iter().sum();
        let along: f64 = line
            .residuals
            .iter()
            .zip(&line.centred)
            .map(|(r, x)| r * x)
            .sum();
        assert!(sum.abs() < 1e-12 && along.abs() < 1e-12);
        // Sxy / Sxx = 10 / 8.75.
        assert!((line.slope - 8.0 / 7.0).abs() < 1e-9, "{}", line.slope);
        assert_eq!(Line::through(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(Line::through(&[1.0, 2.0], &[1.0, f64::NAN]), None);
    }
}
