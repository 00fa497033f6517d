//! The names that parts of a document have in Rust.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::Ident;
use quote::format_ident;

/// A name that becomes an identifier however it is cased: the same one, if it is one.
pub(crate) fn plain(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().any(|c| c.is_ascii_alphabetic())
        && !name.trim_start_matches('_').starts_with(|c: char| !c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_plain {
        return name.to_owned();
    }
    let mut text = String::new();
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => text.push(c),
            c if c.is_alphabetic() => text.push_str(&format!("u{:x}", u32::from(c))),
            _ => text.push('_'),
        }
    }
    let text = text.trim_matches('_');
    match text.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{text}"),
        Some(_) => text.to_owned(),
    }
}

/// The method of an operation, by the operation's id.
pub(crate) fn method_name(operation_id: &str) -> String {
    operation_id.to_snake_case()
}

/// The Rust type of a component.
pub(crate) fn type_name(component: &str) -> String {
    component.to_upper_camel_case()
}

/// The Rust type of a component, as an identifier.
pub(crate) fn type_ident(component: &str) -> Ident {
    format_ident!("{}", type_name(component))
}

/// The method or field of an operation or property.
pub(crate) fn value_ident(name: &str) -> Ident {
    let snake = plain(name).to_snake_case();
    if syn::parse_str::<Ident>(&snake).is_ok() {
        format_ident!("{snake}")
    } else {
        // As typify does for `type`, so that a form's field reads like an object's.
        format_ident!("{snake}_")
    }
}

/// A variant for a value, which may hold anything: `application/json`, `first_name:asc`, `24`.
pub(crate) fn variant_name(value: &str) -> String {
    let spaced: String = value
        .chars()
        .map(|c| match c {
            '*' => " Any ".to_owned(),
            c if c.is_alphanumeric() => c.to_string(),
            _ => " ".to_owned(),
        })
        .collect();
    let mut name = spaced.to_upper_camel_case();
    if name.starts_with(char::is_numeric) {
        name.insert(0, 'N');
    }
    match name.chars().next() {
        None => "Empty".to_owned(),
        // Reserved in the emitted type, and as an identifier.
        Some(_) if name == "Unknown" || name == "Self" => format!("{name}Value"),
        // Digits of other scripts, and letters that no identifier may hold.
        Some(_) if syn::parse_str::<Ident>(&name).is_err() => {
            let codes = value.chars().map(|c| format!("u{:x}", u32::from(c)));
            format!("V{}", codes.collect::<String>())
        }
        Some(_) => name,
    }
}

/// Makes names unique by numbering the later ones.
pub(crate) fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = std::collections::BTreeSet::new();
    names
        .map(|name| {
            let mut candidate = name.clone();
            let mut number = 2;
            while !taken.insert(candidate.clone()) {
                candidate = format!("{name}{number}");
                number += 1;
            }
            candidate
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_has_a_variant() {
        for (value, variant) in [
            ("ACTIVE_OR_DISBURSED", "ActiveOrDisbursed"),
            ("creation_time:asc", "CreationTimeAsc"),
            ("application/json", "ApplicationJson"),
            ("CARD.*", "CardAny"),
            ("24", "N24"),
            ("", "Empty"),
            ("UNKNOWN", "UnknownValue"),
        ] {
            assert_eq!(variant_name(value), variant);
        }
        let names = unique(["A", "B", "A"].into_iter().map(str::to_owned));
        assert_eq!(names, ["A", "B", "A2"]);
    }
}
