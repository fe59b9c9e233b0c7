//! A point as the Gaussian process's input: a row of features in [0, 1]. It scales nothing by data.

use crate::space::{dimension::Kind, encoded::EncodedSpace, shapes::SHAPE_FEATURES};

/// The features of a space, dimension after dimension.
pub(crate) struct Features<'a> {
    space: &'a EncodedSpace,
    /// For each feature, whether two values are only equal or not (names).
    pub(crate) hamming: Vec<bool>,
    /// Position of each dimension's first feature.
    pub(crate) starts: Vec<usize>,
}

impl<'a> Features<'a> {
    pub(crate) fn new(space: &'a EncodedSpace) -> Self {
        let mut hamming = Vec::new();
        let mut starts = Vec::new();
        for dimension in &space.dimensions {
            starts.push(hamming.len());
            match dimension.kind {
                Kind::Categorical { .. } => hamming.push(true),
                Kind::Shapes { .. } => hamming.extend([false; SHAPE_FEATURES]),
                Kind::Real { .. } | Kind::Integer { .. } | Kind::Ordinal { .. } => {
                    hamming.push(false)
                }
            }
        }
        Self {
            space,
            hamming,
            starts,
        }
    }

    pub(crate) fn row(&self, point: &[f64]) -> Vec<f64> {
        let mut row = vec![0.0; self.hamming.len()];
        for (index, coordinate) in point.iter().enumerate() {
            self.set(&mut row, index, *coordinate);
        }
        row
    }

    /// Writes the features of one dimension.
    pub(crate) fn set(&self, row: &mut [f64], index: usize, coordinate: f64) {
        let (Some(dimension), Some(&start)) =
            (self.space.dimensions.get(index), self.starts.get(index))
        else {
            return;
        };
        match &dimension.kind {
            Kind::Shapes { features, .. } => {
                if let (Some(slots), Some(shape)) = (
                    row.get_mut(start..start + SHAPE_FEATURES),
                    features.get(coordinate as usize),
                ) {
                    slots.copy_from_slice(shape);
                }
            }
            Kind::Categorical { .. } => row[start] = coordinate,
            Kind::Real { .. } | Kind::Integer { .. } | Kind::Ordinal { .. } => {
                row[start] = dimension.unit_position(coordinate);
            }
        }
    }
}
