//! What a file of ours names, function by function.
//!
//! Tokens are enough for that, and a report is not to wait for a full parse of all our code.

use std::collections::BTreeSet;
use std::iter::Peekable;

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree, token_stream};

/// What is named in a function, or outside of all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// Methods, types and whatever else has a name.
    pub(super) names: BTreeSet<String>,
    /// What is read of a value or put into one: `lamp.watts`, `Lamp { watts: 3 }`.
    pub(super) fields: BTreeSet<String>,
    /// Fields that the journeys name that are begun here: what they return may stand in those.
    pub(super) fields_of_journeys: BTreeSet<String>,
    /// What is called, by its last name.
    pub(super) calls: BTreeSet<String>,
    /// Texts, and the properties that a pointer names on its way.
    pub(super) texts: BTreeSet<String>,
    /// Paths that are called, and with which HTTP method where that is plain.
    pub(super) requests: BTreeSet<Request>,
}

/// A call without a generated method: `POST` and `/v2/accounts/{account}/statements`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    pub(super) method: Option<&'static str>,
    /// Its parts, from below the interface on.
    pub(super) path: Vec<String>,
}

/// A function, and the modules within the file that hold it.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) modules: Vec<String>,
    pub(super) name: String,
    /// Whether it begins a journey, as what it returns says.
    pub(super) is_journey: bool,
    pub(super) named: Named,
}

/// A file: its functions, and what stands outside of them.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) functions: Vec<Function>,
    pub(super) outside: Named,
}

/// What a journey's method returns.
const RUN: &str = "Run";
/// After these stands a name that is given, not used.
const GIVING: [&str; 9] =
    ["as", "const", "enum", "let", "mut", "static", "struct", "trait", "type"];
const METHODS: [&str; 5] = ["DELETE", "GET", "PATCH", "POST", "PUT"];

impl File {
    /// Reads a file, but for what is compiled for its own tests only. One that is not Rust holds
    /// nothing: the compiler reports it.
    pub(super) fn read(text: &str) -> Self {
        let mut file = Self::default();
        if let Ok(tokens) = text.parse::<TokenStream>() {
            file.items(tokens, &[]);
        }
        file
    }

    /// All that it names, wherever.
    pub(super) fn named(&self) -> Named {
        let mut all = self.outside.clone();
        for function in &self.functions {
            all.add(&function.named);
        }
        all
    }

    fn items(&mut self, tokens: TokenStream, modules: &[String]) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if attribute(&mut tokens).is_some_and(|group| is_of_tests(&group)) {
                        while tokens.next().is_some_and(|token| !ends_item(&token)) {}
                    }
                }
                TokenTree::Ident(word) if word == "use" => {
                    while tokens.next().is_some_and(|token| !ends_item(&token)) {}
                }
                TokenTree::Ident(word) if word == "mod" => {
                    let Some(name) = tokens.next() else { return };
                    if let Some(TokenTree::Group(body)) = tokens.next() {
                        let inner = [modules, &[name.to_string()]].concat();
                        self.items(body.stream(), &inner);
                    }
                }
                TokenTree::Ident(word) if word == "fn" => self.function(&mut tokens, modules),
                // An `impl` or a `trait` holds functions too.
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.items(group.stream(), modules);
                }
                other => self.outside.token(other, &mut tokens, None),
            }
        }
    }

    fn function(&mut self, tokens: &mut Tokens, modules: &[String]) {
        // `fn` is a type too.
        let Some(TokenTree::Ident(name)) = tokens.next_if(|t| matches!(t, TokenTree::Ident(_)))
        else {
            return;
        };
        let mut function = Function {
            modules: modules.to_vec(),
            name: name.to_string(),
            is_journey: false,
            named: Named::default(),
        };
        while let Some(token) = tokens.next() {
            let is_body = ends_item(&token);
            match token {
                TokenTree::Group(body) if is_body => function.named.tokens(body.stream(), None),
                TokenTree::Ident(word) => {
                    function.is_journey |= word == RUN;
                    function.named.names.insert(word.to_string());
                }
                other => function.named.token(other, tokens, None),
            }
            if is_body {
                break;
            }
        }
        self.functions.push(function);
    }
}

type Tokens = Peekable<token_stream::IntoIter>;

impl Named {
    /// Adds what something else names.
    pub(super) fn add(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.fields.extend(other.fields.iter().cloned());
        self.calls.extend(other.calls.iter().cloned());
        self.texts.extend(other.texts.iter().cloned());
        self.requests.extend(other.requests.iter().cloned());
    }

    /// `method` is that of the call whose arguments these are.
    fn tokens(&mut self, tokens: TokenStream, method: Option<&'static str>) {
        self.read(tokens, method, false);
    }

    /// `of_value` is what stands between the braces of a value: `Lamp { watts, .. }`.
    fn read(&mut self, tokens: TokenStream, method: Option<&'static str>, of_value: bool) {
        let mut tokens = tokens.into_iter().peekable();
        let mut before = [' ', ','];
        while let Some(token) = tokens.next() {
            if let TokenTree::Ident(word) = &token {
                let of_other = before[1] == '.' && before[0] != '.';
                if of_other || (of_value && is_given_value(before[1], tokens.peek())) {
                    self.fields.insert(word.to_string());
                }
            }
            let is_type = matches!(&token, TokenTree::Ident(word) if is_type(word));
            before = [before[1], punctuation(&token)];
            self.token(token, &mut tokens, method);
            if is_type && let Some(TokenTree::Group(value)) = tokens.next_if(is_braces) {
                self.read(value.stream(), method, true);
            }
        }
    }

    fn token(&mut self, token: TokenTree, tokens: &mut Tokens, method: Option<&'static str>) {
        match token {
            TokenTree::Ident(word) => {
                let word = word.to_string();
                if GIVING.contains(&word.as_str()) {
                    tokens.next_if(|token| matches!(token, TokenTree::Ident(_)));
                    return;
                }
                if let Some(TokenTree::Group(group)) = tokens.next_if(is_parenthesis) {
                    let arguments = group.stream();
                    let said = method_in(&arguments).or_else(|| method_of(&word));
                    self.tokens(arguments, said);
                    self.calls.insert(word.clone());
                }
                self.names.insert(word);
            }
            TokenTree::Punct(punct) if punct.as_char() == '#' => drop(attribute(tokens)),
            TokenTree::Punct(_) => {}
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                    self.text(&text.value(), method);
                }
            }
            TokenTree::Group(group) => self.tokens(group.stream(), method),
        }
    }

    fn text(&mut self, text: &str, method: Option<&'static str>) {
        // A pointer into a body is none.
        let is_path = text.starts_with("/v") || (text.contains('/') && text.contains('{'));
        if method.is_some() || is_path {
            let path = text.split('?').next().unwrap_or_default();
            let mut path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            // The server and the interface come first: `{url}/v2/persons`, `/{version}/persons`.
            let is_interface = |part: &&str| ["v0", "v1", "v2", "{version}"].contains(part);
            if let Some(at) = path.iter().position(is_interface) {
                path.drain(..=at);
            }
            let path = path.into_iter().map(str::to_owned).collect();
            self.requests.insert(Request { method, path });
        }
        self.texts.extend(text.split('/').map(str::to_owned));
    }
}

/// What comes after a `#`, where it is an attribute; documentation is one too.
fn attribute(tokens: &mut Tokens) -> Option<Group> {
    tokens.next_if(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
    let is_attribute = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
    match tokens.next_if(is_attribute) {
        Some(TokenTree::Group(group)) => Some(group),
        _ => None,
    }
}

fn is_of_tests(attribute: &Group) -> bool {
    let mut tokens = attribute.stream().into_iter();
    let is_cfg = tokens.next().is_some_and(|word| word.to_string() == "cfg");
    is_cfg && tokens.next().is_some_and(|of| of.to_string().replace(' ', "") == "(test)")
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    }
}

/// Its character, or a blank for what is none.
fn punctuation(token: &TokenTree) -> char {
    match token {
        TokenTree::Punct(punct) => punct.as_char(),
        _ => ' ',
    }
}

/// Whether a word between the braces of a value is a field: `watts: 3`, or `watts` alone.
fn is_given_value(before: char, next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Punct(next)) => match next.as_char() {
            ':' => next.spacing() == Spacing::Alone,
            next => next == ',' && before == ',',
        },
        next => next.is_none() && before == ',',
    }
}

fn is_type(word: &Ident) -> bool {
    word.to_string().starts_with(|c: char| c.is_ascii_uppercase())
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_parenthesis(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// The HTTP method that arguments name: `send(Method::POST, ..)`.
fn method_in(arguments: &TokenStream) -> Option<&'static str> {
    arguments.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(word) => METHODS.into_iter().find(|method| word == method),
        _ => None,
    })
}

/// The HTTP method that a function is called after: `post(..)`.
fn method_of(name: &str) -> Option<&'static str> {
    METHODS.into_iter().find(|method| method.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_read_with_what_they_call() {
        let file = File::read(
            r##"
            //! `documented`
            use elsewhere::imported;
            const SERVED: &[Served] = &[Served::new("create_lamp", create)];
            impl Client {
                pub fn light<'a>(&'a self, request: &'a Light) -> Run<'a, Light> { Run::new(request) }
            }
            mod inner {
                async fn helper(bank: &Bank) {
                    let beam = 1;
                    bank.send(Method::PATCH, &format!("lamps/{id}?all"), Some(json!({ "watts": 3 }))).await;
                    let plain = |width: u8| Lamp { beam, id: made.number, ..other };
                    bank.post("lamps", body); answer["lamps"].as_str(); body.pointer("/beam/width");
                }
            }
            #[cfg(test)]
            mod tests { fn other() { list_lamps(); } }
            "##,
        );
        let functions: Vec<_> = file
            .functions
            .iter()
            .map(|f| (f.modules.join("::"), &f.name[..], f.is_journey))
            .collect();
        assert_eq!(functions, [(String::new(), "light", true), ("inner".into(), "helper", false)]);
        assert!(file.outside.texts.contains("create_lamp"));
        let named = file.named();
        for name in ["imported", "elsewhere", "documented", "list_lamps"] {
            assert!(!named.names.contains(name), "{name}");
        }
        let helper = &file.functions[1].named;
        assert!(helper.calls.contains("send") && !helper.names.contains("plain"));
        let fields = ["as_str", "await", "beam", "id", "number", "pointer", "post", "send"];
        assert_eq!(helper.fields.iter().map(String::as_str).collect::<Vec<_>>(), fields);
        assert!(helper.texts.contains("watts") && helper.texts.contains("width"));
        let request = |method, path: &[&str]| Request {
            method: Some(method),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
        };
        let expected = [request("PATCH", &["lamps", "{id}"]), request("POST", &["lamps"])];
        assert_eq!(helper.requests, BTreeSet::from(expected));
    }
}
