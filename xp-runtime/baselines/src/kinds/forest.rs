//! A probability forest: the mean of regression trees on 0/1 labels (Malley et al., Methods Inf. Med. 2012), each on a bootstrap of the
//! rows and on a part of the features drawn for it (random patches, Louppe & Geurts 2012). Trees by smartcore. Its own forest counts a row in
//! a leaf as often as the bootstrap drew it; here rows drawn more often weigh more, and leaves count distinct ones. The size of leaves is
//! chosen on validation.

use smartcore::{
    linalg::basic::matrix::DenseMatrix,
    tree::decision_tree_regressor::{DecisionTreeRegressor, DecisionTreeRegressorParameters},
};
use xp_metrics::Draws;

use crate::{choice::least, fitted::Fitted, matrix::Matrix, regions::Regions, scale::Scale};

const TREES: usize = 200;
const LEAVES: [usize; 2] = [5, 25];
const SEED: u64 = 42;

type Tree = DecisionTreeRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>;

/// Trees with the features that each reads.
struct Forest(Vec<(Vec<usize>, Tree)>);

/// Probabilities of the leaf size that is best on validation.
pub(crate) fn fit(regions: &Regions<'_>) -> Result<Fitted, String> {
    let scale = Scale::of(&regions.train);
    let train = scale.rows(&regions.train);
    let val = scale.rows(&regions.val);
    let width = regions.train.names.len();
    // √p of p features, as Breiman's forest reads at each split.
    let features = (width as f64).sqrt().ceil().max(1.0) as usize;
    let (forest, leaf) = least(
        LEAVES.iter().map(|&leaf| {
            let forest = Forest::fit(&train, regions.train.labels, leaf, features)?;
            let probabilities = forest.probabilities(&val)?;
            Ok(((forest, leaf), probabilities))
        }),
        regions.val.labels,
    )?;
    Ok(Fitted {
        name: format!("random forest ({TREES} trees of {features} features, leaves of {leaf})"),
        scores: forest.probabilities(&scale.rows(&regions.evaluated))?,
        probabilities: true,
    })
}

impl Forest {
    fn fit(rows: &Matrix, labels: &[f64], leaf: usize, features: usize) -> Result<Self, String> {
        let labels = labels.to_vec();
        let parameters = DecisionTreeRegressorParameters::default().with_min_samples_leaf(leaf);
        let mut draws = Draws::new(SEED);
        let tree = |_| {
            let mut weights = vec![0.0; labels.len()];
            for _ in 0..labels.len() {
                if let Some(weight) = weights.get_mut(draws.below(labels.len())) {
                    *weight += 1.0;
                }
            }
            let read = chosen(&mut draws, rows.width, features);
            let tree = Tree::fit_with_weights(
                &columns(rows, &read)?,
                &labels,
                &weights,
                parameters.clone(),
            )
            .map_err(|cause| cause.to_string())?;
            Ok((read, tree))
        };
        Ok(Self((0..TREES).map(tree).collect::<Result<_, String>>()?))
    }

    /// Mean over the trees, one for each row.
    fn probabilities(&self, rows: &Matrix) -> Result<Vec<f64>, String> {
        let mut sums = vec![0.0; rows.rows().len()];
        for (read, tree) in &self.0 {
            let found = tree
                .predict(&columns(rows, read)?)
                .map_err(|cause| cause.to_string())?;
            sums.iter_mut().zip(found).for_each(|(sum, p)| *sum += p);
        }
        Ok(sums.iter().map(|sum| sum / self.0.len() as f64).collect())
    }
}

/// So many different numbers below `width`, ascending.
fn chosen(draws: &mut Draws, width: usize, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..width).collect();
    for at in 0..count.min(width) {
        all.swap(at, at + draws.below(width - at));
    }
    all.truncate(count);
    all.sort_unstable();
    all
}

fn columns(rows: &Matrix, read: &[usize]) -> Result<DenseMatrix<f64>, String> {
    let values = rows
        .rows()
        .flat_map(|row| read.iter().filter_map(|column| row.get(*column).copied()))
        .collect();
    DenseMatrix::new(rows.rows().len(), read.len(), values, false)
        .map_err(|cause| cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_a_tree_are_different_ones() {
        let mut draws = Draws::new(1);
        let mut read = [0; 20];
        for _ in 0..2000 {
            let found = chosen(&mut draws, 20, 5);
            assert!(
                found.len() == 5 && found.is_sorted() && found.array_windows().all(|[a, b]| a < b)
            );
            found.into_iter().for_each(|feature| read[feature] += 1);
        }
        // Each in a quarter of the trees: 500, with a standard deviation of 19.
        assert!(
            read.iter().all(|count| (420..580).contains(count)),
            "{read:?}"
        );
        assert_eq!(chosen(&mut draws, 3, 3), [0, 1, 2]);
    }

    /// A bootstrap draws 1000 rows 1000 times, but only 632 different ones: a leaf of at least 500 distinct rows is the root, and one of 300
    /// halves them.
    #[test]
    fn leaves_count_distinct_rows() {
        let rows = Matrix {
            values: (0..1000).map(f64::from).collect(),
            width: 1,
        };
        let labels: Vec<f64> = (0..1000)
            .map(|row| f64::from(u8::from(row >= 500)))
            .collect();
        for (leaf, is_split) in [(320, false), (400, false), (280, true)] {
            let forest = Forest::fit(&rows, &labels, leaf, 1).unwrap();
            let found = forest.probabilities(&rows).unwrap();
            let spread = found[999] - found[0];
            assert_eq!(spread > 0.5, is_split, "{leaf}: {spread}");
            assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }
}
