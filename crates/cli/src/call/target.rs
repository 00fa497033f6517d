//! The path and the query of a call.

use clap::ArgMatches;
use serde_json::Value;
use synctera_api::Operation;
use synctera_runtime::{Pairs, segment};

use crate::exit::Failure;
use crate::flags::given;
use crate::table::Detail;

/// What follows the version in the address of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// The path, escaped.
    pub(crate) path: String,
    /// The parameters of the query, in the order of the document.
    pub(crate) query: Vec<(String, Value)>,
}

impl Target {
    /// The target that a command was given.
    ///
    /// # Errors
    /// A value that would lead to another path, or that cannot be read.
    pub(crate) fn of(
        operation: &Operation,
        detail: &Detail,
        matches: &ArgMatches,
    ) -> Result<Self, Failure> {
        let mut path = operation.path.to_owned();
        for parameter in &detail.path {
            let value = given(matches, parameter)?;
            let text = value.map(|value| plain(&value)).unwrap_or_default();
            let escaped = segment(operation.id, &parameter.name, &text)?.to_string();
            path = path.replace(&format!("{{{}}}", parameter.name), &escaped);
        }
        let mut query = Vec::new();
        for parameter in &detail.query {
            let value = given(matches, parameter)?;
            query.extend(value.map(|value| (parameter.name.clone(), value)));
        }
        Ok(Self { path, query })
    }

    /// The same with another page.
    pub(crate) fn with_page(&self, token: Option<&str>) -> Self {
        let mut target = self.clone();
        target.query.retain(|(name, _)| name != "page_token");
        target.query.extend(token.map(|token| ("page_token".to_owned(), token.into())));
        target
    }

    /// The token of the page that is asked for.
    pub(crate) fn page_token(&self) -> Option<&str> {
        let found = self.query.iter().find(|(name, _)| name == "page_token");
        found.and_then(|(_, value)| value.as_str())
    }

    /// Path and query.
    pub(crate) fn text(&self) -> String {
        let mut pairs = Pairs::new();
        for (name, value) in &self.query {
            match value {
                Value::Array(values) => {
                    pairs.joined(name, &values.iter().map(plain).collect::<Vec<_>>());
                }
                value => pairs.one(name, &plain(value)),
            }
        }
        pairs.append_to(self.path.clone())
    }
}

/// A value as it is in a path or a query.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
