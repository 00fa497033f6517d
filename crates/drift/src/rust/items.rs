//! Names as the generator forms them.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The type of a component.
pub(super) fn type_name(component: &str) -> String {
    component.to_upper_camel_case()
}

/// The field of a property.
pub(super) fn field_name(property: &str) -> String {
    let snake = property.to_snake_case();
    let plain = is_longer_than_keywords(&snake) || syn::parse_str::<syn::Ident>(&snake).is_ok();
    if plain { snake } else { format!("{snake}_") }
}

/// Whether it is a name, and no keyword by its looks: the parser need not be asked about most.
fn is_longer_than_keywords(snake: &str) -> bool {
    const KEYWORD_MAX: usize = "continue".len();
    snake.starts_with(|c: char| c.is_ascii_lowercase())
        && snake.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && (snake.len() > KEYWORD_MAX || snake.contains('_'))
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
        let keywords = ["type", "continue", "Self", "1st", "is_", "verification_type"];
        let fields = ["type_", "continue_", "self_", "1st_", "is", "verification_type"];
        assert_eq!(keywords.map(field_name), fields);
        assert_eq!(query_name("list_accounts"), "ListAccountsQuery");
    }
}
