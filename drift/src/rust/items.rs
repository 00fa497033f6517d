//! Names as the generator forms them.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The type of a component.
pub(super) fn type_name(component: &str) -> String {
    component.to_upper_camel_case()
}

/// The field of a property.
pub(super) fn field_name(property: &str) -> String {
    let snake = property.to_snake_case();
    if syn::parse_str::<proc_macro2::Ident>(&snake).is_ok() { snake } else { format!("{snake}_") }
}

/// The struct of an operation's filters.
pub(super) fn query_name(method: &str) -> String {
    type_name(&format!("{method}_query"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_generated_client() {
        assert_eq!(type_name("account_line_of_credit"), "AccountLineOfCredit");
        assert_eq!(
            (field_name("type").as_str(), field_name("zipCode").as_str()),
            ("type_", "zip_code")
        );
        assert_eq!(query_name("list_accounts"), "ListAccountsQuery");
    }
}
