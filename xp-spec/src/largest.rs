//! The smallest and the largest of what an experiment may build and how often it trains: bounds of its cost.

use crate::{
    architecture::Architecture,
    bounds::whole_bounds,
    count::count_parameters,
    experiment::{Experiment, Params, Run},
    extent::Extent,
    grid::architecture_grid,
    space::{Assignment, Domain, SearchSpace, Value},
};

impl Experiment {
    /// The largest shape that may be built and its count; absent where it is borrowed from a search.
    pub fn largest_shape(&self) -> Option<(Architecture, u64)> {
        self.largest_of(self.shapes()?)
    }

    /// The largest shape of the budget's grid: a bound where the shape is borrowed from a search.
    pub fn largest_of_grid(&self) -> Option<(Architecture, u64)> {
        self.largest_of(architecture_grid(
            self.budget,
            self.tolerance,
            &self.input(),
        ))
    }

    /// Smallest and largest count of the shapes that may be built; absent where they are borrowed from a search.
    pub fn counts(&self) -> Option<(u64, u64)> {
        let input = self.input();
        let count = |shape| count_parameters(shape, &input).map(|count| count.total());
        let counts: Vec<_> = self.shapes()?.iter().filter_map(count).collect();
        Some((*counts.iter().min()?, *counts.iter().max()?))
    }

    fn largest_of(&self, shapes: Vec<Architecture>) -> Option<(Architecture, u64)> {
        let input = self.input();
        shapes
            .into_iter()
            .filter_map(|shape| Some((shape, count_parameters(&shape, &input)?.total())))
            .max_by_key(|(_, count)| *count)
    }

    /// The shapes that may be built; absent where they are borrowed from a search.
    fn shapes(&self) -> Option<Vec<Architecture>> {
        let fixed = match &self.run {
            Run::Hpo(hpo) => match domain(&hpo.space, "architecture") {
                Some(Domain::Architecture { shapes }) => return Some(shapes.clone()),
                _ => &hpo.fixed,
            },
            Run::Train(train) => match &train.params {
                Params::Fixed(assignment) => assignment,
                Params::Best(_) | Params::Between(..) => return None,
            },
        };
        match fixed.get("architecture") {
            Some(Value::Architecture(shape)) => Some(vec![*shape]),
            _ => None,
        }
    }

    /// Samples of the largest batch that may go through the model at once.
    pub fn largest_batch(&self) -> Option<u64> {
        self.largest_step()
            .map(|batch| batch.div_ceil(u64::from(self.training.accumulation.max(1))))
    }

    /// Samples of the largest optimizer step.
    pub fn largest_step(&self) -> Option<u64> {
        self.most("batch_size")
    }

    /// Steps of the longest training; absent where they are borrowed from a search.
    pub fn most_steps(&self) -> Option<u64> {
        self.most("steps")
    }

    /// Largest value of a whole hyperparameter; absent where it is borrowed.
    fn most(&self, name: &str) -> Option<u64> {
        let none = SearchSpace::default();
        let (space, fixed) = self.hyperparameters(&none)?;
        let (_, most) = whole_bounds(name, space, fixed)?;
        u64::try_from(most).ok()
    }

    /// How long its trainings on so many samples are; absent where that is borrowed from a search.
    pub fn extent(&self, samples: u64) -> Option<Extent> {
        let none = SearchSpace::default();
        let (space, fixed) = self.hyperparameters(&none)?;
        Extent::of(space, fixed, &self.training, samples)
    }

    /// What is searched, `none` where nothing is, and what is fixed; absent where that is borrowed.
    fn hyperparameters<'a>(
        &'a self,
        none: &'a SearchSpace,
    ) -> Option<(&'a SearchSpace, &'a Assignment)> {
        match &self.run {
            Run::Hpo(hpo) => Some((&hpo.space, &hpo.fixed)),
            Run::Train(train) => match &train.params {
                Params::Fixed(assignment) => Some((none, assignment)),
                Params::Best(_) | Params::Between(..) => None,
            },
        }
    }

    /// How often a model is trained: trials or seeds.
    pub fn trainings(&self) -> u64 {
        match &self.run {
            Run::Hpo(hpo) => u64::from(hpo.trials),
            Run::Train(train) => train.seeds.len() as u64,
        }
    }
}

fn domain<'a>(space: &'a SearchSpace, name: &str) -> Option<&'a Domain> {
    space
        .parameters
        .iter()
        .find(|parameter| parameter.name == name)
        .map(|parameter| &parameter.domain)
}
