//! Invisible characters, which pasted text contains, and characters that differ only in appearance.

use icu_properties::props::{
    CanonicalCombiningClass, Dash, DefaultIgnorableCodePoint, GeneralCategory,
    IndicSyllabicCategory, JoiningType,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The joiners, which are invisible and change how the letters around them are written.
const JOINERS: [char; 2] = ['\u{200C}', '\u{200D}'];

/// Whether a character is invisible: Unicode's default-ignorable characters (zero-width spaces,
/// joiners, bidirectional marks and isolates, soft hyphens, variation selectors, tags, fillers),
/// and the format controls that are not default-ignorable.
pub(super) fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    let is_ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c);
    // Interlinear annotations and the controls of hieroglyphs.
    is_ignorable || matches!(c, '\u{FFF9}'..='\u{FFFB}' | '\u{13430}'..='\u{1343F}')
}

/// Whether a character is white space, or drawn as such (the Braille pattern without a dot).
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// Whether a text has no visible characters.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| is_space(c) || is_invisible(c))
}

/// A text without invisible characters. A joiner between two letters of a script that uses joiners
/// (Arabic, the scripts of India) is part of how the word is written, and stays.
pub(super) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    // The letter before a joiner.
    let mut letter = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if !is_invisible(c) {
            visible.push(c);
            letter = if is_vowel_sign(c) { letter } else { Some(c) };
            continue;
        }
        let mut joiner = Some(c).filter(|c| JOINERS.contains(c));
        // Of several, the first joiner counts.
        while let Some(next) = rest.next_if(|next| is_invisible(*next)) {
            joiner = joiner.or(Some(next).filter(|next| JOINERS.contains(next)));
        }
        if joiner.is_some() && joins(letter, rest.peek().copied()) {
            visible.extend(joiner);
        }
    }
    visible
}

/// Whether a joiner has a meaning between a letter and the visible character after it.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let shapes = [JoiningType::DualJoining, JoiningType::RightJoining, JoiningType::LeftJoining];
    let is_letter = |c: char| {
        let shape = CodePointMapData::<JoiningType>::new().get(c);
        c.is_alphabetic() && shapes.contains(&shape) || is_indic(c)
    };
    // After a virama a joiner determines the form of the letter before it, also at the end of a word.
    let is_virama = |c: char| {
        CodePointMapData::<CanonicalCombiningClass>::new().get(c) == CanonicalCombiningClass::Virama
    };
    before.is_some_and(|c| is_letter(c) && (is_virama(c) || after.is_some_and(is_letter)))
}

/// Whether a character is a mark on a letter, which does not separate it from the next one.
fn is_vowel_sign(c: char) -> bool {
    CodePointMapData::<JoiningType>::new().get(c) == JoiningType::Transparent && !is_indic(c)
}

/// Whether a character is a letter or a sign of a script that builds syllables.
fn is_indic(c: char) -> bool {
    let is_written = matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        GeneralCategory::OtherLetter
            | GeneralCategory::NonspacingMark
            | GeneralCategory::SpacingMark
    );
    let category = CodePointMapData::<IndicSyllabicCategory>::new().get(c);
    is_written && category != IndicSyllabicCategory::Other
}

/// A code or a number as it is typed on an American keyboard: without invisible characters, every
/// space a blank, every dash a hyphen, every decimal digit (fullwidth, Arabic, Devanagari, …) an
/// ASCII digit, and fullwidth letters and signs their ASCII forms.
pub(super) fn fold(text: &str) -> String {
    let folded: String = text.chars().filter(|c| !is_invisible(*c)).map(fold_char).collect();
    folded.trim().to_owned()
}

fn fold_char(c: char) -> char {
    const FULLWIDTH_TO_ASCII: u32 = 0xFEE0;
    match c {
        _ if c.is_ascii() && !c.is_ascii_whitespace() => c,
        _ if is_space(c) => ' ',
        // A bullet and a vowel length mark: neither is a dash by its name, and both are typed as one.
        '\u{2043}' | '\u{30FC}' | '\u{FF70}' => '-',
        _ if CodePointSetData::new::<Dash>().contains(c) => '-',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - FULLWIDTH_TO_ASCII).unwrap_or(c),
        _ => decimal_digit(c).unwrap_or(c),
    }
}

/// The ASCII digit with the value of a decimal digit of any script.
fn decimal_digit(c: char) -> Option<char> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_decimal = |c: char| categories.get(c) == GeneralCategory::DecimalNumber;
    if !is_decimal(c) {
        return None;
    }
    // Unicode encodes decimal digits in runs of ten, from 0 to 9; runs may follow each other.
    let before = (0..u32::from(c)).rev().map(char::from_u32);
    let place = before.take_while(|c| c.is_some_and(is_decimal)).count() % 10;
    char::from_digit(u32::try_from(place).ok()?, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_of_decimal_digits_goes_from_0_to_9() {
        let runs: Vec<_> = CodePointMapData::<GeneralCategory>::new()
            .iter_ranges_for_value(GeneralCategory::DecimalNumber)
            .collect();
        assert!(runs.len() > 50, "{}", runs.len());
        for run in runs {
            assert!(run.clone().count().is_multiple_of(10), "{run:X?}");
        }
        for (digit, expected) in
            [('٠', '0'), ('٩', '9'), ('۵', '5'), ('७', '7'), ('３', '3'), ('𝟘', '0'), ('𝟿', '9')]
        {
            assert_eq!(decimal_digit(digit), Some(expected), "{digit}");
        }
        assert_eq!(decimal_digit('½'), None);
    }

    #[test]
    fn joiners_stay_where_they_change_the_writing() {
        for word in [
            // Persian, with and without a vowel sign before; Devanagari, Sinhala, Bengali.
            "می\u{200C}خواهم",
            "کِ\u{200C}ی",
            "क्\u{200D}ष",
            "ශ්\u{200D}රී",
            "র\u{200D}্য",
            // Malayalam, at the end of a word.
            "അവന്\u{200D}",
        ] {
            assert_eq!(visible(word), word);
        }
        for word in ["A\u{200D}da", "\u{200D}می", "می\u{200C}", "می\u{200C} خواهم", "7\u{200C}8"]
        {
            assert!(!visible(word).contains(JOINERS), "{word}");
        }
        assert_eq!(visible("می\u{200C}\u{200B}\u{200C}خواهم"), "می\u{200C}خواهم");
    }

    #[test]
    fn codes_are_folded_to_what_an_american_keyboard_has() {
        assert_eq!(fold("\u{202D}＋１ ４１５\u{2212}555\u{2013}٠١٢٣\u{202C}"), "+1 415-555-0123");
        assert_eq!(fold("\u{FEFF}\u{3000}ｃａ\u{A0}"), "ca");
    }
}
