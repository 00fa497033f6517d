//! `--query`: a filter in the language of jq.

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, data};
use jaq_json::Val;
use serde_json::Value;

use super::query_errors::{recursive, without_values};
use crate::exit::Failure;
use crate::text;

/// Results of a filter: one can make them without end.
const RESULTS_MAX: usize = 250_000;

/// A filter that was read.
pub(crate) struct Query {
    filter: Filter<data::JustLut<Val>>,
    code: String,
}

impl Query {
    /// Reads a filter.
    ///
    /// # Errors
    /// A text that is not a filter.
    pub(crate) fn new(code: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::usage(format!(
                "--query is not a jq filter: {why}; next: correct it, such as --query '.id', or see \
                 https://jqlang.org/manual"
            ))
        };
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        // A filter reads the response, and not the variables of the environment, where a key may be.
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let funs = funs.filter(|(name, ..)| *name != "env");
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code, path: () })
            .map_err(|_| wrong("it cannot be read"))?;
        let filter = Compiler::default().with_funs(funs).compile(modules).map_err(|errors| {
            let mut names = errors.iter().flat_map(|(_, errors)| errors);
            match names.next() {
                Some((name, kind)) => wrong(&format!("there is no {} {name}", kind.as_str())),
                None => wrong("it cannot be compiled"),
            }
        })?;
        if let Some(name) = recursive(code) {
            let name = text::name(&name);
            return Err(wrong(&format!(
                "its definition {name} calls itself, which is not supported"
            )));
        }
        Ok(Self { filter, code: code.to_owned() })
    }

    /// What the filter makes of a response.
    pub(crate) fn run(&self, response: &Value) -> Result<Vec<Value>, Failure> {
        let failed = |why: &str| {
            let why = without_values(why, &self.code);
            let why = synctera_runtime::quoted(&why, 300);
            Failure::failed(format!("--query fails on the response: {why}; next: correct it"))
        };
        let text = response.to_string();
        let input = jaq_json::read::parse_single(text.as_bytes())
            .map_err(|error| failed(&error.to_string()))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let mut results = Vec::new();
        for result in self.filter.id.run((context, input)) {
            if results.len() == RESULTS_MAX {
                return Err(failed(&format!("it has more than {RESULTS_MAX} results")));
            }
            match result {
                Ok(found) => results.push(read(&found)),
                Err(stopped) => match stopped.get_err() {
                    Ok(error) => return Err(failed(&error.to_string())),
                    // `halt` ends the filter, and not the program.
                    Err(_) => break,
                },
            }
        }
        Ok(results)
    }
}

/// A result as JSON; what JSON has no word for is a text.
fn read(found: &Val) -> Value {
    let text = found.to_string();
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(code: &str) -> Result<Vec<Value>, Failure> {
        let response =
            json!({ "items": [{ "id": "a", "n": 9007199254740993_i64 }, { "id": "b" }] });
        Query::new(code)?.run(&response)
    }

    #[test]
    fn jq_is_understood() {
        assert_eq!(run(".items[].id").unwrap(), ["a", "b"]);
        assert_eq!(run(".items[0].n").unwrap(), [9_007_199_254_740_993_i64]);
        assert_eq!(run(".items | map(select(.id == \"b\")) | length").unwrap(), [1]);
        assert_eq!(run("[.items[] | .id | ascii_upcase] | join(\",\")").unwrap(), ["A,B"]);
        assert_eq!(run("1, halt, 2").unwrap(), [1]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for code in [".items[", "nosuch", "env", "$x", "1 +", "def f: 1+f; f"] {
            assert_eq!(run(code).unwrap_err().exit, crate::exit::Exit::Usage, "{code}");
        }
        let error = run(".items.x").unwrap_err();
        assert_eq!(error.exit, crate::exit::Exit::Failed);
    }

    #[test]
    fn an_error_has_types_and_no_values() {
        for (code, said) in [
            (".items.x", "cannot index an array with \"x\""),
            (".items[0].id.x", "cannot index a string with \"x\""),
            (".items[0].id as $secret | .items[$secret]", "cannot index an array with a string"),
            (".items[0].id | tonumber", "error called by the filter"),
            (".items[0].id | .[]", "cannot use a string as iterable (array or object)"),
            (".items[0] - .items[1]", "cannot calculate an object - an object"),
            (".items[0] | error", "error called by the filter"),
            ("\"cannot index \\(.items)\" | error", "error called by the filter"),
        ] {
            let error = run(code).unwrap_err().message;
            assert!(error.contains(said), "{code}: {error}");
            assert!(!error.contains("9007") && !error.contains("\"a\""), "{code}: {error}");
        }
    }
}
