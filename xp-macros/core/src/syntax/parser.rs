//! Tokens to nodes. Parsing recovers at the next comma, so that one build reports every error of a file.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::node::{Map, Node};
use crate::diagnostic::Diagnostic;

/// Parses the body of `experiment! { … }`.
pub(crate) fn parse(tokens: TokenStream, span: Span, errors: &mut Vec<Diagnostic>) -> Map {
    let mut parser = Parser {
        tokens: tokens.into_iter().collect(),
        next: 0,
        end: span,
        depth: 0,
        errors,
    };
    parser.map(span)
}

/// A token as an error repeats it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

struct Parser<'a> {
    tokens: Vec<TokenTree>,
    next: usize,
    end: Span,
    /// Brackets and braces around here.
    depth: usize,
    errors: &'a mut Vec<Diagnostic>,
}

/// Brackets and braces inside one another at most; an experiment has five. The stack is not endless.
const DEEPEST: usize = 32;
/// Bytes of a text at most.
const LONGEST_TEXT: usize = 1000;
/// Items of a list at most; the longest real ones have some hundreds.
const MOST_ITEMS: usize = 2000;

impl Parser<'_> {
    fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.next)
    }

    fn advance(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn here(&self) -> Span {
        self.peek().map_or(self.end, TokenTree::span)
    }

    fn error(&mut self, span: Span, headline: impl Into<String>) {
        self.errors.push(Diagnostic::new(span, headline));
    }

    fn take_punct(&mut self, wanted: char) -> bool {
        let found =
            matches!(self.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == wanted);
        self.next += usize::from(found);
        found
    }

    /// Skips to the next comma of this level, or to the next `name:` that looks like a pair of its own.
    fn recover(&mut self) {
        while self.peek().is_some() && !self.at_pair() {
            if self.take_punct(',') {
                return;
            }
            self.next += 1;
        }
    }

    fn at_point(&self) -> bool {
        matches!(self.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '.')
    }

    fn at_pair(&self) -> bool {
        matches!(self.tokens.get(self.next), Some(TokenTree::Ident(_)))
            && matches!(self.tokens.get(self.next + 1), Some(TokenTree::Punct(p)) if p.as_char() == ':')
    }

    fn map(&mut self, span: Span) -> Map {
        let mut entries = Vec::new();
        let mut malformed = false;
        while self.peek().is_some() {
            let Some(TokenTree::Ident(key)) = self.peek().cloned() else {
                let (span, text) = (
                    self.here(),
                    self.peek().map(ToString::to_string).unwrap_or_default(),
                );
                let text = shortened(&text);
                let error = Diagnostic::new(
                    span,
                    format!("expected a key such as `budget:`, found `{text}`"),
                );
                self.errors.push(match text.strip_prefix('"') {
                    Some(_) => error.help("keys have no quotes"),
                    None => error,
                });
                malformed = true;
                self.next += 1;
                self.recover();
                continue;
            };
            self.next += 1;
            if !self.take_punct(':') {
                self.error(
                    key.span(),
                    format!("expected `{key}: value`, `:` is missing"),
                );
                let here = self.here();
                entries.push((key, Node::Broken(here)));
                self.recover();
                continue;
            }
            let here = self.here();
            if let Some(value) = self.value() {
                // What follows without a comma belongs to the value: `2007-01-01`.
                let whole = self.separator();
                entries.push((key, if whole { value } else { Node::Broken(here) }));
            } else {
                entries.push((key, Node::Broken(here)));
                self.recover();
            }
        }
        Map {
            entries,
            span,
            malformed,
        }
    }

    /// Consumes the comma after a value; reports what it finds instead, and returns whether the value ended before it.
    fn separator(&mut self) -> bool {
        if self.peek().is_none() || self.take_punct(',') {
            return true;
        }
        let (span, text) = (
            self.here(),
            self.peek().map(ToString::to_string).unwrap_or_default(),
        );
        let error = Diagnostic::new(span, format!("expected `,` before `{}`", shortened(&text)));
        self.errors.push(if text == "-" {
            error.help("a date is a text: \"2007-01-01\"")
        } else {
            error
        });
        let ended = self.at_pair();
        self.recover();
        ended
    }

    fn list(&mut self) -> Vec<Node> {
        let mut items = Vec::new();
        while self.peek().is_some() {
            let here = self.here();
            if items.len() == MOST_ITEMS {
                self.error(here, format!("a list has {MOST_ITEMS} items at most"));
                self.next = self.tokens.len();
            } else if let Some(value) = self.value() {
                items.push(value);
                if !self.separator() {
                    items.push(Node::Broken(here));
                }
            } else {
                items.push(Node::Broken(here));
                self.recover();
            }
        }
        items
    }

    fn inside(&mut self, group: &Group) -> Parser<'_> {
        Parser {
            tokens: group.stream().into_iter().collect(),
            next: 0,
            end: group.span_close(),
            depth: self.depth + 1,
            errors: self.errors,
        }
    }

    /// A value; reports and returns `None` where there is none.
    fn value(&mut self) -> Option<Node> {
        let start = self.here();
        if self.depth > DEEPEST {
            self.error(
                start,
                format!("more than {DEEPEST} brackets and braces inside one another"),
            );
            self.next = self.tokens.len();
            return None;
        }
        let negative = self.take_punct('-');
        match self.advance() {
            Some(TokenTree::Literal(literal)) => {
                let span = literal.span();
                match syn::Lit::new(literal) {
                    syn::Lit::Str(text) if !negative => {
                        let text = text.value();
                        let strange = |c: char| {
                            c.is_control()
                                || ('\u{202a}'..='\u{202e}').contains(&c)
                                || ('\u{2066}'..='\u{2069}').contains(&c)
                        };
                        if text.len() > LONGEST_TEXT {
                            self.error(
                                span,
                                format!(
                                    "a text has {LONGEST_TEXT} bytes at most, this one {}",
                                    text.len()
                                ),
                            );
                        } else if text.contains(strange) {
                            self.error(span, "a text has no line breaks and no control characters");
                        } else {
                            return Some(Node::Text(text, span));
                        }
                    }
                    syn::Lit::Int(_) if self.at_point() => self.errors.push(
                        Diagnostic::new(self.here(), "digits are missing after the point")
                            .help("such as `1.0` or `1.0e-4`"),
                    ),
                    syn::Lit::Int(number) if number.suffix().is_empty() => {
                        if let Ok(value) = number.base10_parse::<i64>() {
                            return Some(Node::Whole(if negative { -value } else { value }, span));
                        }
                        self.error(span, format!("`{number}` is too large a number"));
                    }
                    syn::Lit::Float(number) if number.suffix().is_empty() => {
                        if let Some(value) = number
                            .base10_parse::<f64>()
                            .ok()
                            .filter(|value| value.is_finite())
                        {
                            // Plus 0: −0 is 0.
                            let value = if negative { -value } else { value } + 0.0;
                            return Some(Node::Real(value, span));
                        }
                        self.error(span, format!("`{number}` is too large a number"));
                    }
                    syn::Lit::Int(number) => {
                        let named = ["h", "m", "s", "d", "M", "B"].contains(&number.suffix());
                        let help = if named {
                            format!("write `\"{number}\"` if it is a name or a duration")
                        } else {
                            format!("write `{}`", number.base10_digits())
                        };
                        self.errors.push(
                            Diagnostic::new(span, format!("`{number}` is no number")).help(help),
                        );
                    }
                    _ => self.error(
                        span,
                        "expected a text, a number without suffix, a name, a list or a map",
                    ),
                }
                None
            }
            Some(TokenTree::Ident(name)) if !negative => match self.peek().cloned() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                    self.next += 1;
                    let mut inside = self.inside(&group);
                    Some(if inside.at_pair() {
                        Node::Keyed(name, inside.map(group.span()))
                    } else {
                        Node::Call(name, inside.list())
                    })
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.next += 1;
                    let span = group.span();
                    Some(Node::Block(name, self.inside(&group).map(span)))
                }
                _ => Some(Node::Name(name)),
            },
            Some(TokenTree::Group(group))
                if !negative && group.delimiter() == Delimiter::Bracket =>
            {
                let span = group.span();
                Some(Node::List(self.inside(&group).list(), span))
            }
            Some(TokenTree::Group(group)) if !negative && group.delimiter() == Delimiter::Brace => {
                let span = group.span();
                Some(Node::Map(self.inside(&group).map(span)))
            }
            Some(TokenTree::Punct(point)) if point.as_char() == '.' => {
                let digits = match self.peek() {
                    Some(TokenTree::Literal(digits)) => digits.to_string(),
                    _ => String::new(),
                };
                let sign = if negative { "-" } else { "" };
                self.errors.push(
                    Diagnostic::new(point.span(), "a number starts with a digit")
                        .help(format!("`{sign}0.{digits}`")),
                );
                None
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == ',' => {
                self.next -= 1;
                self.error(punct.span(), "expected a value before `,`");
                None
            }
            Some(other) => {
                self.error(other.span(), format!("expected a value, found `{other}`"));
                None
            }
            None => {
                self.error(start, "expected a value");
                None
            }
        }
    }
}
