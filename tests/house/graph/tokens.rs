//! Paths in the tokens of a macro's call, which has no syntax of its own to read.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A path as it stands there.
pub(crate) struct Mention {
    pub(crate) path: Vec<String>,
    /// Followed by parentheses or `!`.
    pub(crate) called: bool,
}

/// All paths, in groups too. What follows a `.` or a leading `::` is none of the crate's.
pub(crate) fn mentions(tokens: TokenStream) -> Vec<Mention> {
    let mut found = Vec::new();
    scan(tokens, &mut found);
    found
}

fn scan(tokens: TokenStream, found: &mut Vec<Mention>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => scan(group.stream(), found),
            TokenTree::Ident(_) => {
                let before = &tokens[..at];
                let (mention, after) = path(&tokens, at);
                at = after;
                let of_macro = ends_with(before, '$') && mention.path[0] != "crate";
                // `..name` is a range, `.name` a field or a method.
                let field = ends_with(before, '.')
                    && !ends_with(&before[..before.len().saturating_sub(1)], '.');
                let absolute = before.len() > 1 && separator(&tokens, before.len() - 2);
                if !of_macro && !field && !absolute {
                    found.push(mention);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The path that begins at an identifier, and where it ends.
fn path(tokens: &[TokenTree], start: usize) -> (Mention, usize) {
    let mut path = vec![word(&tokens[start]).unwrap_or_default()];
    let mut at = start + 1;
    while separator(tokens, at) {
        let Some(name) = tokens.get(at + 2).and_then(word) else {
            break;
        };
        path.push(name);
        at += 3;
    }
    let called = match tokens.get(at) {
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
        // `!=` compares.
        Some(TokenTree::Punct(mark)) => mark.as_char() == '!' && mark.spacing() == Spacing::Alone,
        _ => false,
    };
    (Mention { path, called }, at)
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string().trim_start_matches("r#").to_owned()),
        _ => None,
    }
}

fn mark(token: Option<&TokenTree>) -> Option<char> {
    match token {
        Some(TokenTree::Punct(mark)) => Some(mark.as_char()),
        _ => None,
    }
}

fn ends_with(tokens: &[TokenTree], expected: char) -> bool {
    mark(tokens.last()) == Some(expected)
}

/// `::` at this token.
fn separator(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(first)) if first.as_char() == ':' && first.spacing() == Spacing::Joint)
        && mark(tokens.get(at + 1)) == Some(':')
}
