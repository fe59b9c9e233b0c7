//! What sizes scatter around their lines, pooled over the tasks of a study.

use super::student::larger_variance;

/// Squares of one task around its law, and its mean loss.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Squares {
    /// Sum of squares, in ln L.
    pub(crate) sum: f64,
    /// Its degrees of freedom.
    pub(crate) df: usize,
    /// Geometric mean of the task's losses.
    pub(crate) loss: f64,
}

/// A variance of sizes around their law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scatter {
    /// In ln L.
    pub(crate) variance: f64,
    pub(crate) df: f64,
    /// Tasks that it is pooled over.
    pub(crate) tasks: usize,
}

/// A task's own variance replaces the pooled one where it is larger than the others' at this p-value: too strict a level would let a task
/// that scatters more than the others borrow their certainty.
const OWN_AT: f64 = 0.2;

/// The variance of each task. Whether tasks scatter equally in L or in ln L is not known: it is pooled both ways, and the larger counts. So
/// does a task's own, where it is larger still: with the pooled degrees of freedom, or with its own where it is larger than the others' by
/// an F-test. `cargo bench -p xp-scaling --bench coverage` measures what this costs and what it covers.
pub(crate) fn pooled(tasks: &[Squares]) -> Vec<Scatter> {
    let df: usize = tasks.iter().map(|task| task.df).sum();
    let over = |of: &dyn Fn(&Squares) -> f64| tasks.iter().map(of).sum::<f64>() / df as f64;
    let relative = over(&|task| task.sum);
    let absolute = over(&|task| task.sum * task.loss * task.loss);
    let counted = tasks.iter().filter(|task| task.df > 0).count();
    tasks
        .iter()
        .map(|task| {
            let own = Scatter {
                variance: task.sum / task.df as f64,
                df: task.df as f64,
                tasks: 1,
            };
            if counted < 2 || task.df == 0 {
                return own;
            }
            let others = (df - task.df) as f64;
            let rest = (relative * df as f64 - task.sum) / others;
            if larger_variance(own.variance / rest, own.df, others) < OWN_AT {
                return own;
            }
            Scatter {
                variance: relative.max(absolute / task.loss.powi(2)).max(own.variance),
                df: df as f64,
                tasks: counted,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(sum: f64, df: usize, loss: f64) -> Squares {
        Squares { sum, df, loss }
    }

    #[test]
    fn equal_tasks_are_pooled_and_one_that_scatters_more_is_not() {
        let equal = pooled(&[task(2.0, 2, 0.6), task(2.0, 2, 0.6), task(1.0, 2, 0.6)]);
        for scatter in &equal[..2] {
            assert_eq!((scatter.df, scatter.tasks), (6.0, 3));
            assert!(
                (scatter.variance - 1.0).abs() < 1e-12,
                "own is larger: {scatter:?}"
            );
        }
        assert!((equal[2].variance - 5.0 / 6.0).abs() < 1e-12);
        let one = pooled(&[task(2.0, 2, 0.6), task(2.0, 2, 0.6), task(40.0, 2, 0.6)]);
        assert_eq!((one[2].variance, one[2].df, one[2].tasks), (20.0, 2.0, 1));
        let alone = pooled(&[task(2.0, 2, 0.6)]);
        assert_eq!((alone[0].df, alone[0].tasks), (2.0, 1));
        let none = pooled(&[task(0.0, 0, 0.6), task(2.0, 1, 0.6)]);
        assert_eq!((none[0].df, none[1].df), (0.0, 1.0));
    }

    #[test]
    fn scatter_that_is_equal_in_the_loss_is_larger_where_the_loss_is_small() {
        let of = |loss: f64| task(2.0 * (0.01 / loss).powi(2), 2, loss);
        let found = pooled(&[of(0.64), of(0.13)]);
        assert!(found[1].variance >= (0.01_f64 / 0.13).powi(2) * 0.999);
    }
}
