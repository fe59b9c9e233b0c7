//! How a new search chooses its shape.

use xp_spec::{
    architecture::InputShape, budget::Budget, count::count_parameters, files::Workspace,
    grid::architecture_grid,
};

use super::subject::Subject;

/// The line of its file: the grid, or the one shape of the budget's configuration where the grid has none of this size and that one fits.
pub(super) fn architecture(
    workspace: &Workspace,
    budget: Budget,
    subject: &Subject,
) -> &'static str {
    // A configuration that cannot be read is an error of the file that is written.
    let is_alone = workspace.model_config(budget).is_ok_and(|config| {
        let input = InputShape {
            n_features: u32::try_from(subject.features).unwrap_or(u32::MAX),
            context: subject.context,
            patch: subject.patch,
            stride: subject.patch,
            ..config.input()
        };
        let (low, high) = budget.range(Budget::TOLERANCE);
        let count = count_parameters(&config.architecture, &input);
        count.is_some_and(|count| (low..=high).contains(&count.total()))
            && architecture_grid(budget, Budget::TOLERANCE, &input).is_empty()
    });
    if is_alone {
        "fixed, // that of configs/model: the grid has no shape of this size"
    } else {
        "grid, // every shape within ±25 % of the budget"
    }
}
