//! Messages without the values that they quote.

/// A decoder's message without the values that it quotes: they may be personal data.
pub(crate) fn without_values(message: &str) -> String {
    let mut masked = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('"') {
        let (before, quoted) = rest.split_at(start);
        masked.push_str(before);
        masked.push_str("\"***\"");
        let mut end = quoted.len();
        let mut escaped = false;
        for (index, c) in quoted.char_indices().skip(1) {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    end = index + 1;
                    break;
                }
                _ => escaped = false,
            }
        }
        rest = &quoted[end..];
    }
    masked.push_str(rest);
    crate::sensitive::scrub(&masked).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoders_quotes_are_masked() {
        assert_eq!(
            without_values(r#"invalid type: string "Ada \" Byron", expected i64 at line 1"#),
            r#"invalid type: string "***", expected i64 at line 1"#
        );
    }
}
