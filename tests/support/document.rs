//! The pinned documents as they are: read raw, and known by nothing of the code generator.

use std::sync::LazyLock;

use serde_json::Value;

/// A pinned document.
pub struct Document {
    /// `v2` or `v0`, which is also its prefix on the wire.
    pub name: &'static str,
    /// The whole tree.
    pub root: Value,
}

/// The current interface.
pub static V2: LazyLock<Document> = LazyLock::new(|| Document::read("v2", synctera_api::spec::V2));
/// The legacy interface.
pub static V0: LazyLock<Document> = LazyLock::new(|| Document::read("v0", synctera_api::spec::V0));

/// What the document says of an operation.
pub struct Operation<'d> {
    /// Its id, as the document writes it.
    pub id: &'d str,
    /// The path template.
    pub path: &'d str,
    /// The HTTP method, in upper case.
    pub method: String,
    /// Its parameters, references followed.
    pub parameters: Vec<&'d Value>,
    /// Media type and schema of what is sent.
    pub body: Option<(&'d str, &'d Value)>,
    /// The answers that are a success: status, then media type and schema.
    pub answers: Vec<(u16, Option<(&'d str, &'d Value)>)>,
}

impl Operation<'_> {
    /// Its parameters of one place.
    pub fn parameters_in(&self, place: &str) -> impl Iterator<Item = &Value> {
        self.parameters.iter().copied().filter(move |parameter| parameter["in"] == place)
    }
}

impl Document {
    fn read(name: &'static str, text: &str) -> Self {
        Self { name, root: serde_json::from_str(text).unwrap() }
    }

    /// A value, or what it refers to.
    pub fn deref<'d>(&'d self, mut value: &'d Value) -> &'d Value {
        while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            value = self.target(reference);
        }
        value
    }

    /// What a reference leads to.
    pub fn target(&self, reference: &str) -> &Value {
        let pointer = reference.trim_start_matches('#');
        self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    /// Every operation, in the order of paths.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let mut operations = Vec::new();
        for (path, item) in self.root["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                if method != "parameters" {
                    operations.push(self.operation(path, method, operation, item));
                }
            }
        }
        operations
    }

    fn operation<'d>(
        &'d self,
        path: &'d str,
        method: &str,
        operation: &'d Value,
        item: &'d Value,
    ) -> Operation<'d> {
        let listed = |of: &'d Value| of["parameters"].as_array().into_iter().flatten();
        let responses = operation["responses"].as_object().unwrap();
        Operation {
            id: operation["operationId"].as_str().unwrap(),
            path,
            method: method.to_uppercase(),
            parameters: listed(item).chain(listed(operation)).map(|p| self.deref(p)).collect(),
            body: operation.get("requestBody").and_then(|body| media(self.deref(body))),
            answers: responses
                .iter()
                .filter(|(status, _)| status.starts_with('2'))
                .map(|(status, answer)| (status.parse().unwrap(), media(self.deref(answer))))
                .collect(),
        }
    }
}

/// The media type that matters: JSON where there is a choice.
fn media(holder: &Value) -> Option<(&str, &Value)> {
    let content = holder.get("content")?.as_object()?;
    let (media_type, media) =
        content.get_key_value("application/json").or_else(|| content.iter().next())?;
    Some((media_type, media.get("schema")?))
}
