//! The encoder: model configuration, patching, and shapes whose exact parameter count must fit the budget (F02, F03, F05, F06).

use proc_macro2::Span;
use xp_spec::{
    architecture::{Architecture, Channels, InputShape},
    budget::Budget,
    count::{count_parameters, group},
    files::{Workspace, model_config::ModelConfig},
    grid::{MIN_HEAD_WIDTH, architecture_grid, heads_fit, nearest_shapes, no_shape, valid_heads},
    vocabulary,
};

use super::{
    fields::{Fields, one_of, whole, wrong},
    patching::{Patching, patching},
    subject::Subject,
};
use crate::{
    checked::ModelFacts,
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// What of an encoder is known: one fault hides no other (F17).
pub(crate) struct Model {
    /// Absent where features, context, patching or channels are wrong.
    pub(crate) input: Option<InputShape>,
    /// The experiment's or the configuration's, whether or not it fits the context.
    pub(crate) patching: Option<Patching>,
    config: Option<ModelConfig>,
    /// Position of the configuration's shape, `path:line`.
    config_at: String,
    budget: Option<Budget>,
    tolerance: Option<f64>,
}

/// All that decides whether a shape fits.
#[derive(Clone, Copy)]
struct Frame {
    input: InputShape,
    budget: Budget,
    tolerance: f64,
    facts: ModelFacts,
}

pub(crate) fn model(
    fields: &Fields<'_>,
    workspace: &Workspace,
    subject: &Subject,
    errors: &mut Vec<Diagnostic>,
) -> Model {
    let budget_span = budget_span(fields);
    let config = subject.budget.and_then(|budget| {
        workspace
            .model_config(budget)
            .map_err(|error| errors.push(Diagnostic::file(budget_span, &error)))
            .ok()
    });
    let config_path = subject.budget.map(Budget::config_path).unwrap_or_default();
    let patching = patching(fields, config.as_ref(), errors);
    let channels = match fields.optional("channels") {
        Some(node) => one_of(node, "channel handling", &Channels::ALL, errors),
        None => config.map(|config| config.channels),
    };
    let input = (|| {
        let context = subject.context?;
        let patching = patching.filter(|patching| patching.fits(context))?;
        Some(InputShape {
            n_features: u32::try_from(subject.features.as_ref()?.len()).ok()?,
            context,
            patch: patching.length,
            stride: patching.stride,
            channels: channels?,
            normalisation: subject.normalisation?,
        })
    })();
    Model {
        input,
        patching,
        config,
        config_at: workspace.line_of(&config_path, "architecture"),
        budget: subject.budget,
        tolerance: subject.tolerance,
    }
}

/// The token to blame for the model configuration.
pub(crate) fn budget_span(fields: &Fields<'_>) -> Span {
    fields
        .optional("budget")
        .map_or_else(|| fields.map().span, Node::span)
}

impl Model {
    /// Whether shapes can be judged at all: where not, an error says why.
    pub(crate) fn is_known(&self) -> bool {
        self.frame().is_some()
    }

    /// Counts within the budget.
    pub(crate) fn facts(&self) -> Option<ModelFacts> {
        self.frame().map(|frame| frame.facts)
    }

    fn frame(&self) -> Option<Frame> {
        let (budget, tolerance) = (self.budget?, self.tolerance?);
        let (low, high) = budget.range(tolerance);
        Some(Frame {
            input: self.input?,
            budget,
            tolerance,
            facts: ModelFacts { low, high },
        })
    }

    /// The shapes that `architecture: …` of a search names: `grid`, `fixed`, one shape, or a list of shapes.
    pub(crate) fn shapes(
        &self,
        node: &Node,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Vec<Architecture>> {
        match node {
            Node::Name(name) if name == "grid" => {
                let Frame {
                    input,
                    budget,
                    tolerance,
                    ..
                } = self.frame()?;
                let grid = architecture_grid(budget, tolerance, &input);
                if grid.is_empty() {
                    let (lacks, remedy) = no_shape(budget, tolerance, &input);
                    errors.push(Diagnostic::new(name.span(), lacks).help(remedy));
                    return None;
                }
                Some(grid)
            }
            Node::Name(name) if name == "fixed" => {
                let shape = &self.config?.architecture;
                let error =
                    heads_misfit(shape, name.span()).or_else(|| self.misfit(shape, name.span()));
                if let Some(mut error) = error {
                    error.at = Some(self.config_at.clone());
                    errors.push(error);
                    return None;
                }
                Some(vec![*shape])
            }
            Node::Map(map) => Some(vec![self.shape(map, errors)?]),
            Node::List(items, span) => {
                let before = errors.len();
                let mut shapes: Vec<Architecture> = Vec::new();
                for item in items {
                    let Node::Map(map) = item else {
                        wrong(item, SHAPE, errors);
                        continue;
                    };
                    let Some(shape) = self.shape(map, errors) else {
                        continue;
                    };
                    if shapes.contains(&shape) {
                        errors.push(Diagnostic::new(
                            map.span,
                            format!("the shape {shape} is listed twice"),
                        ));
                    }
                    shapes.push(shape);
                }
                if items.is_empty() {
                    errors.push(
                        Diagnostic::new(*span, "the list of shapes is empty")
                            .help("`architecture: grid`"),
                    );
                }
                (errors.len() == before).then_some(shapes)
            }
            other => {
                wrong(
                    other,
                    "`grid`, `fixed`, a shape or a list of shapes",
                    errors,
                );
                None
            }
        }
    }

    /// One shape written in the file.
    pub(crate) fn shape(&self, map: &Map, errors: &mut Vec<Diagnostic>) -> Option<Architecture> {
        let fields = Fields::new(
            map,
            "the architecture",
            vocabulary::architecture::ALL,
            errors,
        );
        let mut size = |key: &str, example: &str, most: i64| {
            let node = fields.required(key, example, errors)?;
            u32::try_from(whole(node, 1..=most, errors)?).ok()
        };
        let (d_model, n_layers) = (size("d_model", "192", 65_536), size("n_layers", "4", 1024));
        let (n_heads, d_ff) = (size("n_heads", "6", 4096), size("d_ff", "768", 262_144));
        let shape = Architecture {
            d_model: d_model?,
            n_layers: n_layers?,
            n_heads: n_heads?,
            d_ff: d_ff?,
        };
        let heads_span = fields.optional("n_heads").map_or(map.span, Node::span);
        if let Some(error) = heads_misfit(&shape, heads_span) {
            errors.push(error);
            return None;
        }
        if let Some(error) = self.misfit(&shape, map.span) {
            errors.push(error);
            return None;
        }
        Some(shape)
    }

    /// The error for a shape whose count is off the budget.
    fn misfit(&self, shape: &Architecture, span: Span) -> Option<Diagnostic> {
        let Frame {
            input,
            budget,
            tolerance,
            facts: ModelFacts { low, high },
        } = self.frame()?;
        let count = count_parameters(shape, &input)?;
        let total = count.total();
        if (low..=high).contains(&total) {
            return None;
        }
        let near: Vec<_> = nearest_shapes(shape, budget, tolerance, &input, 3)
            .iter()
            .filter_map(|near| {
                Some(format!(
                    "{near} ({})",
                    group(count_parameters(near, &input)?.total())
                ))
            })
            .collect();
        Some(
            Diagnostic::new(
                span,
                format!(
                    "the shape {shape} has {} parameters, budget {budget} allows {} to {}",
                    group(total),
                    group(low),
                    group(high)
                ),
            )
            .note(format!(
                "{} features, context {}: {count}",
                input.n_features, input.context
            ))
            .help(if near.is_empty() {
                "no shape of the grid fits: use fewer features, or another budget".to_owned()
            } else {
                format!(
                    "nearest shapes that fit (d_model·heads·layers·d_ff): {}",
                    near.join(", ")
                )
            }),
        )
    }
}

/// The error for heads that do not divide the model's width (F06).
fn heads_misfit(shape: &Architecture, span: Span) -> Option<Diagnostic> {
    let (d_model, n_heads) = (shape.d_model, shape.n_heads);
    if heads_fit(d_model, n_heads) {
        return None;
    }
    let mut heads = valid_heads(d_model);
    heads.sort_by_key(|heads| heads.abs_diff(n_heads));
    heads.truncate(3);
    let near: Vec<_> = heads.iter().map(ToString::to_string).collect();
    let error = Diagnostic::new(
        span,
        format!(
            "{n_heads} heads do not divide d_model {d_model} into at least {MIN_HEAD_WIDTH} each"
        ),
    );
    Some(if near.is_empty() {
        error.help(format!("a `d_model` of at least {MIN_HEAD_WIDTH}"))
    } else {
        error.help(format!("nearest valid heads: {}", near.join(", ")))
    })
}

const SHAPE: &str = "a shape such as `{ d_model: 192, n_layers: 4, n_heads: 6, d_ff: 768 }`";
