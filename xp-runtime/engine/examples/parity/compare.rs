//! A model built from a reference file against the numbers in it.

use std::{collections::BTreeMap, fmt::Write};

use tch::{Device, Kind, Reduction, TchError, Tensor};
use xp_engine::{
    model::{Logits, PatchTst, Probabilities, Variant, variant_layout},
    train::training_loss,
};
use xp_spec::{architecture::Channels, count::count_parameters, training::Loss};

use crate::{
    config::{Reference, reference},
    file::File,
};

const FORWARD: f64 = 1e-5;
const GRADIENT: f64 = 1e-4;
/// Names in a message.
const FEW: usize = 5;

/// Largest difference of something, NaN where one side is no number.
pub(crate) struct Difference {
    pub(crate) what: String,
    pub(crate) largest: f64,
    pub(crate) limit: f64,
}

impl Difference {
    fn passes(&self) -> bool {
        self.largest <= self.limit
    }
}

/// What was built, and how far its numbers are from the file's.
pub(crate) struct Comparison {
    about: String,
    pub(crate) forward: Vec<Difference>,
    /// By parameter, largest first.
    pub(crate) gradients: Vec<Difference>,
    /// Parameters of the model that the file has no gradient of.
    pub(crate) without: Vec<String>,
}

impl Comparison {
    pub(crate) fn passes(&self) -> bool {
        self.forward
            .iter()
            .chain(&self.gradients)
            .all(Difference::passes)
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("  {}\n", self.about);
        let worst = self.gradients.iter().take(3);
        for Difference {
            what,
            largest,
            limit,
        } in self.forward.iter().chain(worst)
        {
            let verdict = if largest <= limit { "ok" } else { "ABOVE" };
            let _ = writeln!(
                text,
                "  {what:<60} {largest:.2e} (limit {limit:.0e}) {verdict}"
            );
        }
        let above = self.gradients.iter().filter(|it| !it.passes()).count();
        let _ = writeln!(
            text,
            "  {} gradients compared, {above} above the limit; without one in the file: {}",
            self.gradients.len(),
            list(&self.without)
        );
        text
    }
}

/// Builds the model and compares forward pass, loss and gradients.
pub(crate) fn compare(file: &File) -> Result<Comparison, String> {
    let reference = reference(&file.config)?;
    let model = model(&reference, &file.tensors)?;
    let failed = |cause: TchError| format!("the model cannot be computed: {cause}");
    let (x, labels) = samples(&reference, &file.tensors)?;
    let (forward, loss) = match reference.input.channels {
        Channels::Mixed => mixed(&model, (&x, &labels), &file.tensors),
        Channels::Independent => independent(&model, &reference, (&x, &labels), &file.tensors),
    }?;
    let flat = model.gradients(&loss).map_err(failed)?;
    let ours = model.parts(&flat).map_err(failed)?;
    let (gradients, without) = gradients(&reference, &ours, &file.tensors)?;
    Ok(Comparison {
        about: format!(
            "{:?} {}, context {}, patch {}, stride {}, {} features, {} parameters",
            reference.input.channels,
            reference.architecture,
            reference.input.context,
            reference.input.patch,
            reference.input.stride,
            reference.input.n_features,
            model.param_count()
        )
        .to_lowercase(),
        forward,
        gradients,
        without,
    })
}

/// Parameters that are ours alone and stand at their starts.
fn ours_alone(reference: &Reference, name: &str) -> bool {
    reference.input.channels == Channels::Independent && name.starts_with("revin.")
}

/// The model with the file's weights. Names and shapes are compared before any memory is taken.
fn model(reference: &Reference, tensors: &BTreeMap<String, Tensor>) -> Result<PatchTst, String> {
    let Reference {
        architecture,
        input,
        variant,
        ..
    } = reference;
    let shapes = variant_layout(architecture, input, variant).ok_or("no patch fits the context")?;
    let mut wrong = Vec::new();
    for shape in &shapes {
        match tensors.get(&format!("param.{}", shape.name)) {
            Some(tensor) if tensor.size() == shape.shape => {}
            Some(tensor) => wrong.push(format!(
                "`param.{}` has shape {:?}, its configuration says {:?}",
                shape.name,
                tensor.size(),
                shape.shape
            )),
            None if ours_alone(reference, &shape.name) => {}
            None => wrong.push(format!("`param.{}` is missing", shape.name)),
        }
    }
    if !wrong.is_empty() {
        return Err(format!(
            "its configuration does not fit its weights: {}",
            list(&wrong)
        ));
    }
    let mut model = PatchTst::with_variant(*architecture, *input, *variant, 0, Device::Cpu)
        .map_err(|cause| format!("the model cannot be built: {cause}"))?
        .ok_or("no patch fits the context")?;
    for (key, value) in tensors {
        // A counter of batches, which evaluation does not read.
        if let Some(name) = key.strip_prefix("param.")
            && !name.ends_with(".num_batches_tracked")
        {
            model.set(name, value)?;
        }
    }
    let count = model.param_count();
    if let Some(said) = reference.count.filter(|said| *said != count) {
        return Err(format!("it says {said} parameters; the model has {count}"));
    }
    // What the macro counts is what is built.
    if *variant == Variant::default()
        && let Some(counted) = count_parameters(architecture, input)
        && counted.total() != count
    {
        return Err(format!(
            "xp-spec counts {} parameters; the model has {count}",
            counted.total()
        ));
    }
    Ok(model)
}

/// Windows `[samples, context, features]` and labels `[samples]`.
fn samples(
    reference: &Reference,
    tensors: &BTreeMap<String, Tensor>,
) -> Result<(Tensor, Tensor), String> {
    let x = get(tensors, "input")?;
    let labels = get(tensors, "label")?;
    let (context, features) = (
        i64::from(reference.input.context),
        i64::from(reference.input.n_features),
    );
    let n = match x.size().as_slice() {
        &[n, rows, columns] if n > 0 && (rows, columns) == (context, features) => n,
        other => {
            return Err(format!(
                "`input` has shape {other:?}; its configuration says [samples, {context}, {features}]"
            ));
        }
    };
    if labels.size() != [n] {
        return Err(format!(
            "`label` has shape {:?} for {n} samples",
            labels.size()
        ));
    }
    Ok((x.to_kind(Kind::Float), labels.shallow_clone()))
}

type Forward = (Vec<Difference>, Tensor);

fn mixed(
    model: &PatchTst,
    (x, labels): (&Tensor, &Tensor),
    tensors: &BTreeMap<String, Tensor>,
) -> Result<Forward, String> {
    let failed = |cause: TchError| format!("the model cannot be computed: {cause}");
    let logits = model
        .forward(&x.shallow_clone().into(), None)
        .map_err(failed)?;
    let labels = labels.to_kind(Kind::Float);
    let loss = training_loss(Loss::Bce, &logits, &labels, 1.0).map_err(failed)?;
    let mut forward = vec![difference(
        "logit",
        logits.tensor(),
        get(tensors, "logit")?,
    )?];
    if let Some(theirs) = tensors.get("probability") {
        let ours = Probabilities::from_logits(&logits.values().map_err(failed)?);
        let ours = Tensor::from_slice(ours.values());
        forward.push(difference("probability", &ours, theirs)?);
    }
    forward.push(difference("loss", &loss, get(tensors, "loss")?)?);
    Ok((forward, loss))
}

fn independent(
    model: &PatchTst,
    reference: &Reference,
    (x, labels): (&Tensor, &Tensor),
    tensors: &BTreeMap<String, Tensor>,
) -> Result<Forward, String> {
    let failed = |cause: TchError| format!("the model cannot be computed: {cause}");
    let classes = i64::from(reference.variant.classes);
    let labels = labels.to_kind(Kind::Int64);
    let inside = labels
        .f_ge(0)
        .and_then(|above| above.f_logical_and(&labels.f_lt(classes)?)?.f_all())
        .and_then(|all| i64::try_from(all.f_to_kind(Kind::Int64)?))
        .map_err(failed)?;
    if inside == 0 {
        return Err(format!(
            "`label` has values outside of its {classes} classes"
        ));
    }
    let logits = model
        .class_logits(&x.shallow_clone().into())
        .map_err(failed)?;
    let theirs = get(tensors, "logits")?;
    let mut forward = vec![difference("logits", &logits, theirs)?];
    let none: Option<&Tensor> = None;
    let loss = logits
        .f_cross_entropy_loss(&labels, none, Reduction::Mean, -100, 0.0)
        .map_err(failed)?;
    forward.push(difference("loss", &loss, get(tensors, "loss")?)?);
    if classes != 2 {
        return Ok((forward, loss));
    }
    // With two classes ours is the logit z₁ − z₀ and its log-loss: the same numbers, and the ones that experiments train with.
    let logits: Logits = model
        .forward(&x.shallow_clone().into(), None)
        .map_err(failed)?;
    let theirs = theirs
        .f_select(1, 1)
        .and_then(|one| one.f_sub(&theirs.f_select(1, 0)?))
        .map_err(failed)?;
    forward.push(difference("logit z₁ − z₀", logits.tensor(), &theirs)?);
    let labels = labels.to_kind(Kind::Float);
    let loss = training_loss(Loss::Bce, &logits, &labels, 1.0).map_err(failed)?;
    forward.push(difference("loss of z₁ − z₀", &loss, get(tensors, "loss")?)?);
    Ok((forward, loss))
}

/// Differences by parameter, largest first, and the parameters that the file has no gradient of.
fn gradients(
    reference: &Reference,
    ours: &[(String, Tensor)],
    tensors: &BTreeMap<String, Tensor>,
) -> Result<(Vec<Difference>, Vec<String>), String> {
    let (mut differences, mut without, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for (name, gradient) in ours {
        let key = format!("grad.{name}");
        match tensors.get(&key) {
            Some(theirs) => {
                let mut found = difference(&key, gradient, theirs)?;
                found.limit = GRADIENT;
                differences.push(found);
            }
            None if ours_alone(reference, name) => without.push(name.clone()),
            None if !reference.positions && name.ends_with("position_enc") => {
                without.push(name.clone());
            }
            None => missing.push(key),
        }
    }
    let known = |key: &str| {
        ours.iter()
            .any(|(name, _)| key.strip_prefix("grad.") == Some(name))
    };
    let unknown: Vec<String> = tensors
        .keys()
        .filter(|key| key.starts_with("grad.") && !known(key))
        .cloned()
        .collect();
    if !missing.is_empty() || !unknown.is_empty() {
        return Err(format!(
            "gradients that are missing: {}; of no parameter: {}",
            list(&missing),
            list(&unknown)
        ));
    }
    // What is no number comes first.
    differences.sort_by(|a, b| b.largest.total_cmp(&a.largest));
    Ok((differences, without))
}

fn get<'a>(tensors: &'a BTreeMap<String, Tensor>, name: &str) -> Result<&'a Tensor, String> {
    tensors
        .get(name)
        .ok_or_else(|| format!("has no tensor `{name}`"))
}

/// Largest difference of two tensors with as many values, in f64.
fn difference(what: &str, ours: &Tensor, theirs: &Tensor) -> Result<Difference, String> {
    let flat = |tensor: &Tensor| {
        Vec::<f64>::try_from(
            tensor
                .f_detach()?
                .f_to_kind(Kind::Double)?
                .f_reshape([-1])?,
        )
    };
    let failed = |cause: TchError| format!("{what}: {cause}");
    let (a, b) = (flat(ours).map_err(failed)?, flat(theirs).map_err(failed)?);
    let shapes = (ours.size(), theirs.size());
    if a.len() != b.len() || (a.len() > 1 && shapes.0 != shapes.1) {
        return Err(format!(
            "`{what}` has shape {:?} in the file and {:?} in the model",
            shapes.1, shapes.0
        ));
    }
    let largest = a
        .iter()
        .zip(&b)
        .map(|(a, b)| (a - b).abs())
        .fold(
            0.0_f64,
            |most, x| if most.is_nan() || x <= most { most } else { x },
        );
    Ok(Difference {
        what: what.to_owned(),
        largest,
        limit: FORWARD,
    })
}

fn list(names: &[String]) -> String {
    let few = names
        .iter()
        .take(FEW)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len() {
        0 => "none".to_owned(),
        count if count > FEW => format!("{few} and {} more", count - FEW),
        _ => few,
    }
}
