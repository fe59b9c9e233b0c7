//! `training: { … }` and `objective: …`: how every trial of an experiment minimises, judges and stops.

use proc_macro2::Span;
use xp_spec::{
    evaluate::{self, Evaluate},
    files::config::Defaults,
    loss::{Loss, PlainLoss},
    scalar::SCALARS,
    space::{Assignment, Value},
    training::{MAX_ACCUMULATION, Objective, Precision, Schedule, Training, check_min_delta},
    vocabulary,
};

use super::{
    fields::{Fields, number, one_of, whole, wrong},
    renamed::Passes,
    value::value,
};
use crate::{diagnostic::Diagnostic, syntax::Node};

/// Scalars that have a workspace default.
const DEFAULTED: [&str; 3] = ["head_dropout", "batch_size", "clip_norm"];

/// Loss and stopping, and the hyperparameters with a workspace default.
pub(crate) struct TrainingFields {
    pub(crate) resolved: Option<Training>,
    pub(crate) defaulted: Assignment,
    pub(crate) seed: u64,
    /// Samples of train, where they are known.
    pub(crate) samples: Option<u64>,
    /// Where `accumulation` is specified.
    pub(crate) accumulation: Option<Span>,
}

pub(crate) fn training(
    fields: &Fields<'_>,
    defaults: &Defaults,
    samples: Option<u64>,
    errors: &mut Vec<Diagnostic>,
) -> TrainingFields {
    let base = &defaults.training;
    let mut loss = Some(Loss::from(base.loss));
    let objective = match fields.optional("objective") {
        Some(node) => objective(node, errors),
        None => Some(defaults.objective),
    };
    let mut schedule = Some(base.schedule);
    let mut accumulation = Some(base.accumulation);
    let mut accumulation_at = None;
    let mut precision = Some(base.precision);
    let mut evaluate = Some(base.evaluate);
    let mut patience = Some(base.patience);
    let mut min_delta = Some(base.min_delta);
    let mut seed = base.seed;
    let mut defaulted = Assignment::from([
        ("head_dropout".to_owned(), Value::Float(base.head_dropout)),
        (
            "batch_size".to_owned(),
            Value::Int(i64::from(base.batch_size)),
        ),
        ("clip_norm".to_owned(), Value::Float(base.clip_norm)),
    ]);
    match fields.optional("training") {
        Some(Node::Map(map)) => {
            let inner = Fields::new(map, "`training`", vocabulary::training::ALL, errors);
            if let Some(node) = inner.optional("loss") {
                loss = loss_of(node, errors);
            }
            if let Some(node) = inner.optional("schedule") {
                schedule = one_of(node, "schedule", &Schedule::ALL, errors);
            }
            if let Some(node) = inner.optional("accumulation") {
                accumulation_at = Some(node.span());
                accumulation = whole(node, 1..=i64::from(MAX_ACCUMULATION), errors)
                    .and_then(|value| u32::try_from(value).ok());
            }
            if let Some(node) = inner.optional("precision") {
                precision = one_of(node, "precision", &Precision::ALL, errors);
            }
            if let Some(node) = inner.optional("evaluate") {
                evaluate = evaluate_of(node, errors);
            }
            if let Some(node) = inner.optional("patience") {
                patience =
                    whole(node, 1..=10_000, errors).and_then(|value| u32::try_from(value).ok());
            }
            if let Some(node) = inner.optional("min_delta") {
                min_delta = number(node, errors).filter(|value| {
                    check_min_delta(*value)
                        .map_err(|what| errors.push(Diagnostic::new(node.span(), what)))
                        .is_ok()
                });
            }
            if let Some(node) = inner.optional("seed") {
                seed = whole(node, 0..=i64::MAX, errors)
                    .and_then(|value| u64::try_from(value).ok())
                    .unwrap_or(seed);
            }
            for scalar in SCALARS
                .iter()
                .filter(|scalar| DEFAULTED.contains(&scalar.name))
            {
                if let Some(value) = inner
                    .optional(scalar.name)
                    .and_then(|node| value(node, scalar, errors))
                {
                    defaulted.insert(scalar.name.to_owned(), value);
                }
            }
        }
        Some(other) => wrong(
            other,
            "a map such as `{ loss: focal(2.0), patience: 10 }`",
            errors,
        ),
        None => {}
    }
    let resolved = (|| {
        Some(Training {
            loss: loss?,
            objective: objective?,
            schedule: schedule?,
            evaluate: evaluate?,
            patience: patience?,
            min_delta: min_delta?,
            accumulation: accumulation?,
            precision: precision?,
        })
    })();
    TrainingFields {
        resolved,
        defaulted,
        seed,
        samples,
        accumulation: accumulation_at,
    }
}

impl TrainingFields {
    /// What epochs are counted on.
    pub(crate) fn passes(&self) -> Passes {
        let batch_size = match self.defaulted.get("batch_size") {
            Some(Value::Int(size)) => u32::try_from(*size).ok(),
            _ => None,
        };
        Passes {
            samples: self.samples,
            batch_size,
        }
    }
}

/// `auto`, `each_epoch` or `every(50)`.
fn evaluate_of(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Evaluate> {
    match node {
        Node::Call(name, arguments) if name == evaluate::names::every => {
            let [argument] = arguments.as_slice() else {
                wrong(node, "`every(50)`, with its optimizer steps", errors);
                return None;
            };
            let steps = whole(argument, 1..=i64::from(evaluate::MOST_STEPS), errors)?;
            u32::try_from(steps).ok().map(Evaluate::Every)
        }
        Node::Name(name) if name == evaluate::names::every => {
            let error = Diagnostic::new(node.span(), "`every` needs its optimizer steps");
            errors.push(error.help("`every(50)`"));
            None
        }
        _ => {
            let known = [
                (evaluate::names::auto, Evaluate::Auto),
                (evaluate::names::each_epoch, Evaluate::EachEpoch),
            ];
            one_of(
                node,
                "rule of evaluation (or `every(steps)`)",
                &known,
                errors,
            )
        }
    }
}

/// `log_loss`, `auc`, or with their direction: `minimize(log_loss)`, `maximize(auc)`.
fn objective(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Objective> {
    let Node::Call(direction, arguments) = node else {
        return one_of(node, "objective", &Objective::ALL, errors);
    };
    let [argument] = arguments.as_slice() else {
        wrong(node, "`minimize(log_loss)` or `maximize(auc)`", errors);
        return None;
    };
    let found = one_of(argument, "objective", &Objective::ALL, errors)?;
    let right = match found {
        Objective::LogLoss => "minimize",
        Objective::Auc => "maximize",
    };
    if direction != right {
        errors.push(
            Diagnostic::new(
                direction.span(),
                format!("`{direction}` is the wrong direction for this objective"),
            )
            .help(format!("`{right}(…)`")),
        );
        return None;
    }
    Some(found)
}

fn loss_of(node: &Node, errors: &mut Vec<Diagnostic>) -> Option<Loss> {
    if let Node::Call(name, arguments) = node
        && name == "focal"
    {
        let [argument] = arguments.as_slice() else {
            wrong(node, "`focal(2.0)`, with its γ", errors);
            return None;
        };
        let gamma = number(argument, errors)?;
        if gamma == 0.0 {
            errors.push(
                Diagnostic::new(argument.span(), "focal loss with γ = 0 is `bce`")
                    .help("write `bce`: each loss has one name"),
            );
            return None;
        }
        if !(0.0..=10.0).contains(&gamma) {
            errors.push(Diagnostic::new(
                argument.span(),
                format!("the γ of focal loss must be above 0 and ≤ 10, found {gamma}"),
            ));
            return None;
        }
        return Some(Loss::Focal(gamma));
    }
    if matches!(node, Node::Name(name) if name == "focal") {
        errors.push(Diagnostic::new(node.span(), "`focal` needs its γ").help("`focal(2.0)`"));
        return None;
    }
    one_of(node, "loss (or `focal(γ)`)", &PlainLoss::ALL, errors).map(Loss::from)
}
