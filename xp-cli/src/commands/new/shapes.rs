//! How a new search chooses its shape.

use xp_spec::{
    architecture::InputShape, budget::Budget, files::Workspace, grid::architecture_grid,
};

use super::subject::Subject;

/// The line of its file: the grid, or the one shape of the budget's configuration where the grid has none of this size.
pub(super) fn architecture(
    workspace: &Workspace,
    budget: Budget,
    subject: &Subject,
) -> &'static str {
    // A configuration that cannot be read is an error of the file that is written.
    let has_shape = workspace.model_config(budget).map_or(true, |config| {
        let input = InputShape {
            n_features: u32::try_from(subject.features).unwrap_or(u32::MAX),
            context: subject.context,
            patch: subject.patch,
            stride: subject.patch,
            ..config.input()
        };
        !architecture_grid(budget, Budget::TOLERANCE, &input).is_empty()
    });
    if has_shape {
        "grid, // every shape within ±25 % of the budget"
    } else {
        "fixed, // that of configs/model: the grid has no shape of this size"
    }
}
