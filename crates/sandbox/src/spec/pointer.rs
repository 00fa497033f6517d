//! The names in JSON pointers.

use std::borrow::Cow;

use jsonptr::Token;

/// A name as a token of a pointer.
pub(crate) fn token(name: &str) -> Cow<'_, str> {
    Token::new(name).into_encoded()
}

/// The name that a token stands for.
pub(crate) fn name_of(token: &str) -> String {
    let read = Token::from_encoded(token);
    read.map_or_else(|_| token.to_owned(), |token| token.decoded().into_owned())
}
