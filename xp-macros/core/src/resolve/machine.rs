//! `thermal: …` and `device: …`: what an experiment wants of the machine.

use xp_spec::{
    files::config::Defaults,
    machine::{DeviceChoice, Thermal},
    vocabulary,
};

use super::fields::{Fields, number, one_of, wrong};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

const RULES: [(&str, bool); 2] = [("required", true), ("optional", false)];

/// Thermal limits and device.
pub(crate) fn machine(
    fields: &Fields<'_>,
    defaults: &Defaults,
    errors: &mut Vec<Diagnostic>,
) -> Option<(Thermal, DeviceChoice)> {
    let thermal = match fields.optional("thermal") {
        Some(Node::Map(map)) => limits(map, defaults.thermal, errors),
        Some(node @ (Node::Name(_) | Node::Text(..))) => {
            one_of(node, "thermal rule", &RULES, errors).map(|required| Thermal {
                required,
                ..defaults.thermal
            })
        }
        Some(other) => {
            wrong(
                other,
                "`required`, `optional` or a map such as `{ pause_above: 80, resume_below: 70 }`",
                errors,
            );
            None
        }
        None => Some(defaults.thermal),
    };
    let device = match fields.optional("device") {
        Some(Node::Name(name)) if name == "gpu" => {
            errors.push(
                Diagnostic::new(name.span(), "`gpu` is no device").help("did you mean `cuda`?"),
            );
            None
        }
        Some(node) => one_of(node, "device", &DeviceChoice::ALL, errors),
        None => Some(defaults.device),
    };
    Some((thermal?, device?))
}

fn limits(map: &Map, defaults: Thermal, errors: &mut Vec<Diagnostic>) -> Option<Thermal> {
    let before = errors.len();
    let fields = Fields::new(map, "`thermal`", vocabulary::thermal::ALL, errors);
    let required = match fields.optional("sensor") {
        Some(node) => one_of(node, "thermal rule", &RULES, errors),
        None => Some(defaults.required),
    };
    let mut celsius = |key: &str, default: f64| match fields.optional(key) {
        Some(node) => number(node, errors),
        None => Some(default),
    };
    let (pause, resume, abort) = (
        celsius("pause_above", defaults.pause_above),
        celsius("resume_below", defaults.resume_below),
        celsius("abort_above", defaults.abort_above),
    );
    let thermal = Thermal {
        required: required.unwrap_or(defaults.required),
        pause_above: pause?,
        resume_below: resume?,
        abort_above: abort?,
    };
    if let Err((name, message)) = thermal.check() {
        let span = fields.optional(name).map_or(map.span, Node::span);
        errors.push(
            Diagnostic::new(span, message).help("resume_below < pause_above < abort_above, in °C"),
        );
    }
    (errors.len() == before).then_some(thermal)
}
