//! The encoder: model configuration, patching, and shapes whose exact parameter count must fit the budget (F02, F03, F05, F06).

use proc_macro2::Span;
use xp_spec::{
    architecture::{Architecture, Channels, InputShape},
    budget::Budget,
    count::{count_parameters, group},
    files::{Workspace, config::ModelConfig},
    grid::{MIN_HEAD_WIDTH, architecture_grid, nearest_shapes, valid_heads},
    vocabulary,
};

use super::{
    fields::{Fields, one_of, whole, wrong},
    subject::Subject,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// Input and budget of an encoder.
pub(crate) struct Model {
    pub(crate) input: InputShape,
    pub(crate) facts: ModelFacts,
    config: ModelConfig,
    budget: Budget,
    tolerance: f64,
}

/// Exact counts of the shapes that an experiment may build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelFacts {
    /// Smallest count within the budget.
    pub low: u64,
    /// Largest count within the budget.
    pub high: u64,
}

pub(crate) fn model(
    fields: &Fields<'_>,
    workspace: &Workspace,
    subject: Option<&Subject>,
    errors: &mut Vec<Diagnostic>,
) -> Option<Model> {
    let subject = subject?;
    let budget_span = fields
        .optional("budget")
        .map_or_else(Span::call_site, Node::span);
    let config = workspace
        .model_config(subject.budget)
        .map_err(|error| errors.push(Diagnostic::file(budget_span, &error)))
        .ok()?;
    let (patch, stride) = patching(fields, &config, errors)?;
    if fields.optional("patch").is_none() && (patch == 0 || stride == 0 || stride > patch) {
        let mut error = Diagnostic::new(
            budget_span,
            format!("patches of {patch} bars with a stride of {stride} skip bars or have none"),
        )
        .help("1 ≤ `stride` ≤ `patch`");
        error.at = Some(subject.budget.config_path());
        errors.push(error);
        return None;
    }
    let channels = match fields.optional("channels") {
        Some(node) => one_of(
            node,
            "channel handling",
            &[
                ("mixed", Channels::Mixed),
                ("independent", Channels::Independent),
            ],
            errors,
        )?,
        None => config.channels,
    };
    let input = InputShape {
        n_features: u32::try_from(subject.features.len()).ok()?,
        context: subject.context,
        patch,
        stride,
        channels,
        normalisation: subject.normalisation,
    };
    if input.patches().is_none() {
        let span = fields.optional("context").map_or(budget_span, Node::span);
        let mut error = Diagnostic::new(
            span,
            format!(
                "no patch of {} bars with stride {} fits a context of {} bars",
                patch, stride, subject.context
            ),
        )
        .help(format!("`context` ≥ {patch}, or a shorter patch"));
        if fields.optional("patch").is_none() {
            error.at = Some(subject.budget.config_path());
        }
        errors.push(error);
        return None;
    }
    let unused = input.unused_bars();
    if unused > 0 {
        let span = fields.optional("context").map_or(budget_span, Node::span);
        let fit = subject.context - unused;
        let mut error = Diagnostic::new(
            span,
            format!(
                "patches of {patch} bars with stride {stride} leave the newest {unused} of {} bars unused",
                subject.context
            ),
        )
        .help(format!("`context: {fit}` or `context: {}`", fit + stride));
        if fields.optional("patch").is_none() {
            error.at = Some(subject.budget.config_path());
        }
        errors.push(error);
        return None;
    }
    let (low, high) = subject.budget.range(subject.tolerance);
    Some(Model {
        input,
        facts: ModelFacts { low, high },
        config,
        budget: subject.budget,
        tolerance: subject.tolerance,
    })
}

/// Bars per patch and between patches: the experiment's, or the model configuration's.
fn patching(
    fields: &Fields<'_>,
    config: &ModelConfig,
    errors: &mut Vec<Diagnostic>,
) -> Option<(u32, u32)> {
    match fields.optional("patch") {
        Some(Node::Map(map)) => {
            let inner = Fields::new(map, "`patch`", vocabulary::patch::ALL, errors);
            let mut bars = |key: &str| {
                let node = inner.required(key, "10", errors)?;
                u32::try_from(whole(node, 1..=10_000, errors)?).ok()
            };
            let (length, stride) = (bars("length"), bars("stride"));
            let (length, stride) = (length?, stride?);
            if stride > length {
                errors.push(
                    Diagnostic::new(
                        inner.optional("stride").map_or(map.span, Node::span),
                        format!("a stride of {stride} skips bars between patches of {length}"),
                    )
                    .help(format!("`stride` ≤ {length}")),
                );
                return None;
            }
            Some((length, stride))
        }
        Some(other) => {
            wrong(other, "`{ length: 10, stride: 10 }`", errors);
            None
        }
        None => Some((config.patch, config.stride)),
    }
}

impl Model {
    /// The shapes that `architecture: …` of a search names: `grid`, `fixed`, one shape, or a list of shapes.
    pub(crate) fn shapes(
        &self,
        node: &Node,
        errors: &mut Vec<Diagnostic>,
    ) -> Option<Vec<Architecture>> {
        match node {
            Node::Name(name) if name == "grid" => {
                let grid = architecture_grid(self.budget, self.tolerance, &self.input);
                if grid.is_empty() {
                    errors.push(Diagnostic::new(
                        name.span(),
                        format!(
                            "no shape of the grid has {} parameters within ±{} % for {} features and context {}",
                            self.budget, self.tolerance * 100.0, self.input.n_features, self.input.context
                        ),
                    ).help("use fewer features, or a larger budget"));
                    return None;
                }
                Some(grid)
            }
            Node::Name(name) if name == "fixed" => {
                let shape = &self.config.architecture;
                let error =
                    heads_misfit(shape, name.span()).or_else(|| self.misfit(shape, name.span()));
                if let Some(mut error) = error {
                    error.at = Some(self.budget.config_path());
                    errors.push(error);
                    return None;
                }
                Some(vec![self.config.architecture])
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
        let count = count_parameters(shape, &self.input)?;
        let total = count.total();
        if (self.facts.low..=self.facts.high).contains(&total) {
            return None;
        }
        let near: Vec<_> = nearest_shapes(shape, self.budget, self.tolerance, &self.input, 3)
            .iter()
            .filter_map(|near| {
                Some(format!(
                    "{near} ({})",
                    group(count_parameters(near, &self.input)?.total())
                ))
            })
            .collect();
        Some(
            Diagnostic::new(
                span,
                format!(
                    "the shape {shape} has {} parameters, budget {} allows {} to {}",
                    group(total),
                    self.budget,
                    group(self.facts.low),
                    group(self.facts.high)
                ),
            )
            .note(format!(
                "{} features, context {}: {count}",
                self.input.n_features, self.input.context
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
    if n_heads > 0 && d_model.is_multiple_of(n_heads) && d_model / n_heads >= MIN_HEAD_WIDTH {
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
