//! `cargo xp check`: validates experiments without rustc, libtorch or data.

use xp_spec::files::Workspace;

use crate::{
    Failure,
    experiments::{Found, all, diagnostics},
    index,
};

/// Validates experiments; 1 if one is wrong.
pub(crate) fn check(workspace: &Workspace, names: &[String]) -> Result<u8, Failure> {
    let mut found = all(workspace)?;
    if let Some(unknown) = names
        .iter()
        .find(|name| !found.iter().any(|found| found.name == **name))
    {
        return Err(unknown_name(unknown, &found));
    }
    found.retain(|found| names.is_empty() || names.contains(&found.name));
    let mut wrong = 0;
    for found in &found {
        match &found.checked {
            Ok(checked) => say!("ok    {:<36} spec {}", found.name, checked.hash),
            Err(_) => {
                wrong += 1;
                say!("WRONG {}", found.name);
                complain!("{}", diagnostics(workspace, found).trim_end());
            }
        }
    }
    let stale = names.is_empty() && wrong == 0 && !index::is_fresh(workspace, &found);
    if stale {
        complain!("error: {} is stale; run `cargo xp index`", index::PATH);
    }
    say!("{} experiments checked, {wrong} wrong", found.len());
    Ok(u8::from(wrong > 0 || stale))
}

/// The error for a name that no experiment has.
pub(crate) fn unknown_name(name: &str, found: &[Found]) -> Failure {
    let near = xp_spec::name::nearest(name, found.iter().map(|found| found.name.as_str()));
    Failure::new(match near {
        Some(near) => format!("there is no experiment `{name}`; did you mean `{near}`?"),
        None => format!("there is no experiment `{name}`; `cargo xp list` names them"),
    })
}
