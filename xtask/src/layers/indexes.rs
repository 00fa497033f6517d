//! Where JSON is indexed by a literal: `value["name"]`, which no type checks.
//!
//! Tokens are read rather than expressions, since the arguments of macros such as `json!` are only
//! tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Words after which a bracket begins an array.
const KEYWORDS: [&str; 12] =
    ["as", "box", "break", "dyn", "else", "if", "in", "match", "mut", "ref", "return", "while"];

/// Adds the literals by which something is indexed in tokens.
pub(super) fn find(tokens: TokenStream, found: &mut Vec<String>) {
    let mut is_value = false;
    for token in tokens {
        let is_after_value = std::mem::replace(&mut is_value, ends_value(&token));
        let TokenTree::Group(group) = token else {
            continue;
        };
        if is_after_value && group.delimiter() == Delimiter::Bracket {
            found.extend(only_text(group.stream()));
        }
        find(group.stream(), found);
    }
}

/// Whether a value, which can be indexed, may end with a token.
fn ends_value(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(name) => !KEYWORDS.iter().any(|keyword| name == keyword),
        TokenTree::Group(group) => {
            matches!(group.delimiter(), Delimiter::Parenthesis | Delimiter::Bracket)
        }
        TokenTree::Punct(mark) => mark.as_char() == '?',
        TokenTree::Literal(_) => false,
    }
}

/// The text that is all that there is in a bracket.
fn only_text(tokens: TokenStream) -> Option<String> {
    let mut tokens = tokens.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Literal(literal)), None) => {
            let literal = literal.to_string();
            literal.ends_with(['"', '#']).then_some(literal)
        }
        _ => None,
    }
}
