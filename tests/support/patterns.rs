//! Text for the patterns of the pinned documents.

/// Samples by hand: to make text from any expression would take a library for three dozen places.
pub(crate) fn matching(pattern: &str, count: u32) -> String {
    let letter = char::from(b'A' + (count % 26) as u8);
    match pattern {
        "^[A-Z]{2}$" | "^[A-Z]{2,3}$" => format!("U{letter}"),
        "^[A-Z]{3}$" => format!("US{letter}"),
        r"^\+[1-9]\d{1,14}$" => format!("+1415555{count:04}"),
        "^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$" => format!("SYNCUS{letter}3"),
        r"^\d{4}$" | r"^\d{4}(-\d{4})?$" => format!("{count:04}"),
        r"^merchant\.com\.[a-zA-Z0-9\-\.]+$" => format!("merchant.com.synctera-{count}"),
        r"\d{20}" => format!("{count:020}"),
        r"^(\d{6}|\d{8})$" => format!("{count:06}"),
        "^[0-9A-F]{6}$" => format!("{count:06X}"),
        "^[0-9]{7,12}$" => format!("{count:07}"),
        "^(0[1-9]|1[0-2])$" => format!("{:02}", count % 12 + 1),
        r"^\d{2}$" => format!("{:02}", count % 100),
        r"^\d{3}$" => format!("{:03}", count % 1000),
        r"^v?[0-9]+\.[0-9]+$" => format!("v1.{count}"),
        other => panic!("no sample is known for the pattern {other}"),
    }
}
