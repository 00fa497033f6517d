//! Tables of what may follow a status.
//!
//! The generated enums keep values that this version does not know, so that a match on one needs a row
//! for the rest, which would also take values that a later document adds. A table counts its rows
//! against the values of the document instead: when one is added, the table no longer compiles.

/// A function that returns what may follow a status: a row for each value of the document. Nothing
/// follows a value that is not known.
macro_rules! transitions {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident($status:ident) {
        $($from:ident => [$($to:ident),* $(,)?],)*
    }) => {
        $(#[$meta])*
        $visibility fn $name(status: &$status) -> &'static [$status] {
            const _: () = assert!(
                [$(stringify!($from)),*].len() == $status::KNOWN.len(),
                concat!("the table of ", stringify!($status), " has not a row for each value"),
            );
            match status {
                $($status::$from => &[$($status::$to),*],)*
                _ => &[],
            }
        }
    };
}

pub(crate) use transitions;

#[cfg(test)]
mod tests {
    use synctera_api::v2::types::{CardImageStatus, PaymentRail};

    transitions! {
        fn next(CardImageStatus) {
            Unreviewed => [Approved, Rejected],
            Approved => [Rejected],
            NotUploaded => [],
            Rejected => [],
        }
    }

    #[test]
    fn a_table_answers_for_each_value_and_nothing_follows_others() {
        use CardImageStatus::{Approved, Rejected, Unreviewed};
        assert_eq!(next(&Unreviewed), [Approved, Rejected]);
        assert_eq!(next(&Rejected), []);
        assert_eq!(next(&CardImageStatus::from("FRAMED")), []);
        // Values of each enum are counted.
        assert_eq!((CardImageStatus::KNOWN.len(), PaymentRail::KNOWN.len()), (4, 3));
    }
}
