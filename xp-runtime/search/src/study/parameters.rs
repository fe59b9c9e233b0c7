//! A point as rows of parameters, refusing what is not of the study's space. It writes nothing.

use xp_spec::space::{Assignment, Domain};

use crate::study::{distribution, error::StudyError, identity::StudyIdentity};

/// A parameter as it is stored: name, number, distribution.
pub(super) struct Stored {
    pub(super) name: String,
    pub(super) number: f64,
    pub(super) distribution: String,
}

pub(super) fn stored_parameters(
    identity: &StudyIdentity,
    assignment: &Assignment,
) -> Result<Vec<Stored>, StudyError> {
    let parameters = &identity.space.parameters;
    if let Some(unknown) = assignment
        .keys()
        .find(|name| parameters.iter().all(|parameter| parameter.name != **name))
    {
        let message = format!("`{unknown}` is not searched");
        return Err(StudyError::Assignment(message));
    }
    parameters
        .iter()
        .map(|parameter| {
            let domain: &Domain = &parameter.domain;
            let value = assignment.get(&parameter.name).ok_or_else(|| {
                StudyError::Assignment(format!("`{}` is missing", parameter.name))
            })?;
            let number = distribution::number(domain, value).ok_or_else(|| {
                StudyError::Assignment(format!(
                    "{value} lies outside the domain of `{}`",
                    parameter.name
                ))
            })?;
            Ok(Stored {
                name: parameter.name.clone(),
                number,
                distribution: distribution::distribution(domain).to_string(),
            })
        })
        .collect()
}
