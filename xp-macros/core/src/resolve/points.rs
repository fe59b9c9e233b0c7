//! `first` and `exclude` of a search: points of its space.

use xp_spec::{
    grid::distance,
    scalar::scalar,
    space::{Assignment, Domain, Value},
    strategy::contains,
};

use super::{
    fields::{Fields, quoted, wrong},
    model::Model,
    renamed::Passes,
    space::Space,
    value::value,
};
use crate::{
    diagnostic::Diagnostic,
    syntax::{Map, Node},
};

/// Points of the first trials.
pub(crate) fn first_points(
    fields: &Fields<'_>,
    read: (&Model, Passes),
    space: &Space,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Assignment> {
    points(fields, "first", read, errors, |point, errors| {
        complete(point, space, errors);
    })
}

/// Points that are never tried.
pub(crate) fn excluded_points(
    fields: &Fields<'_>,
    read: (&Model, Passes),
    space: &Space,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Assignment> {
    points(fields, "exclude", read, errors, |point, errors| {
        discrete(point, space, errors);
    })
}

/// A point as it is written.
struct Point<'a> {
    map: &'a Map,
    values: Assignment,
    /// Whether all of it could be read.
    parsed: bool,
}

/// The points of a list of maps, each judged by `judge`.
fn points(
    fields: &Fields<'_>,
    key: &str,
    read: (&Model, Passes),
    errors: &mut Vec<Diagnostic>,
    judge: impl Fn(&Point<'_>, &mut Vec<Diagnostic>),
) -> Vec<Assignment> {
    let items = match fields.optional(key) {
        Some(Node::List(items, _)) => items,
        Some(other) => {
            wrong(
                other,
                "a list of points such as `[{ dropout: 0.1 }]`",
                errors,
            );
            return Vec::new();
        }
        None => return Vec::new(),
    };
    let mut found: Vec<Assignment> = Vec::new();
    for item in items {
        let Node::Map(map) = item else {
            wrong(item, "a point such as `{ dropout: 0.1 }`", errors);
            continue;
        };
        let before = errors.len();
        let values = values(map, read, errors);
        let point = Point {
            map,
            values,
            parsed: errors.len() == before,
        };
        judge(&point, errors);
        if errors.len() == before && found.contains(&point.values) {
            errors.push(Diagnostic::new(
                map.span,
                format!("`{key}` has this point twice"),
            ));
        }
        found.push(point.values);
    }
    found
}

fn values(
    map: &Map,
    (model, passes): (&Model, Passes),
    errors: &mut Vec<Diagnostic>,
) -> Assignment {
    let fields = Fields::hyperparameters(map, "this point", passes, errors);
    let mut values = Assignment::new();
    for (key, node) in &map.entries {
        let name = key.to_string();
        if let Some(scalar) = scalar(&name) {
            if let Some(value) = value(node, scalar, errors) {
                values.insert(name, value);
            }
        } else if name == "architecture"
            && let Some(node) = fields.optional("architecture")
        {
            match node {
                Node::Map(shape) => {
                    if let Some(shape) = model.shape(shape, errors) {
                        values.insert(name, Value::Architecture(shape));
                    }
                }
                other => wrong(other, "one shape by value", errors),
            }
        }
    }
    values
}

/// Each value of a point must be searched and lie in its domain; returns whether all do.
fn inside(point: &Point<'_>, space: &Space, errors: &mut Vec<Diagnostic>) -> bool {
    let before = errors.len();
    for (name, value) in &point.values {
        let span = point.map.get(name).map_or(point.map.span, Node::span);
        if space.unknown.iter().any(|unknown| unknown == name) {
            continue;
        }
        let Some(parameter) = space
            .searched
            .parameters
            .iter()
            .find(|parameter| parameter.name == *name)
        else {
            let error = Diagnostic::new(span, format!("`{name}` is not searched"));
            errors.push(if space.fixed.contains_key(name) {
                error.help(format!("drop it: `{name}` is fixed for all trials"))
            } else {
                error.help("give it a range in `search`, or drop it")
            });
            continue;
        };
        if !contains(&parameter.domain, value) {
            let error = Diagnostic::new(
                span,
                format!("this value of `{name}` lies outside its range in `search`"),
            );
            errors.push(match (&parameter.domain, value) {
                (Domain::Architecture { shapes }, Value::Architecture(shape)) => {
                    let mut near = shapes.clone();
                    near.sort_by(|a, b| distance(a, shape).total_cmp(&distance(b, shape)));
                    near.truncate(3);
                    let near: Vec<_> = near.iter().map(ToString::to_string).collect();
                    error.help(format!(
                        "nearest shapes there (d_model·heads·layers·d_ff): {}",
                        near.join(", ")
                    ))
                }
                (domain, _) => error.help(format!("`{name}: {domain}` there")),
            });
        }
    }
    errors.len() == before
}

/// A forced first point names all that is searched.
fn complete(point: &Point<'_>, space: &Space, errors: &mut Vec<Diagnostic>) {
    if !inside(point, space, errors) || !point.parsed {
        return;
    }
    let missing: Vec<_> = space
        .searched
        .parameters
        .iter()
        .map(|parameter| parameter.name.as_str())
        .filter(|name| !point.values.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        errors.push(
            Diagnostic::new(
                point.map.span,
                format!("this first point lacks {}", quoted(&missing)),
            )
            .help("a forced trial names all that is searched"),
        );
    }
}

/// An exclusion names values that a sampler can hit.
fn discrete(point: &Point<'_>, space: &Space, errors: &mut Vec<Diagnostic>) {
    if point.values.is_empty() && point.parsed {
        errors.push(Diagnostic::new(
            point.map.span,
            "this exclusion names nothing: it would exclude all",
        ));
        return;
    }
    if !inside(point, space, errors) {
        return;
    }
    for parameter in &space.searched.parameters {
        let endless = matches!(
            parameter.domain,
            Domain::Uniform { .. } | Domain::Log { .. }
        );
        if endless && let Some(node) = point.map.get(&parameter.name) {
            errors.push(
                Diagnostic::new(
                    node.span(),
                    format!(
                        "one value of the continuous `{}` excludes nothing",
                        parameter.name
                    ),
                )
                .help("narrow its range instead"),
            );
        }
    }
}
