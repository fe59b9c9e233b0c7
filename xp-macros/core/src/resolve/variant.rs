//! `variant: …`: the word that ends the file's name.

use xp_spec::name::{MAX_VARIANT, is_variant};

use super::fields::{Fields, text};
use crate::diagnostic::Diagnostic;

/// A variant, none, or one that is wrong and was reported.
pub(crate) type Variant<'a> = Result<Option<&'a str>, ()>;

/// The variant, if one is specified.
pub(crate) fn variant<'a>(fields: &Fields<'a>, errors: &mut Vec<Diagnostic>) -> Variant<'a> {
    let Some(node) = fields.optional("variant") else {
        return Ok(None);
    };
    let written = text(node, "\"context60\"", errors).ok_or(())?;
    if is_variant(written) {
        return Ok(Some(written));
    }
    errors.push(
        Diagnostic::new(node.span(), format!("\"{written}\" is no variant")).help(format!(
            "a lower-case word of at most {MAX_VARIANT} letters and digits that no other part of a name looks like, such as \"context60\""
        )),
    );
    Err(())
}
