//! The subcommand that was probably meant. Clap proposes what Jaro's measure takes for similar, which swapped letters of a short word are
//! not; by the distance that all our proposals go by, `rnu` is one step from `run`.

use clap::error::{ContextKind, ContextValue};
use xp_spec::nearest::nearest;

/// The error of a command line, with the subcommand that is nearest to a misspelt one; with clap's proposal where none is near.
pub(crate) fn with_suggestion(
    mut error: clap::Error,
    root: &clap::Command,
    arguments: &[String],
) -> clap::Error {
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let parent = arguments
        .iter()
        .map_while(|word| (word != wrong).then_some(word))
        .fold(root, |command, word| {
            command.find_subcommand(word).unwrap_or(command)
        });
    let names = parent.get_subcommands().map(clap::Command::get_name);
    if let Some(near) = nearest(wrong, names) {
        let near = ContextValue::Strings(vec![near.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, near);
    }
    error
}
