//! Values that a caller may have or not.

use std::borrow::Cow;

use synctera_api::Sensitive;
use synctera_api::runtime::{
    AccountId, BusinessId, CustomerId, InternalAccountId, PersonId, PlatformAccountId,
};

use crate::journeys::{DocumentSession, Party};

/// What the setter of an optional value takes: the value, or an `Option` of it.
///
/// `None` means that the value is not given. A setter replaces what an earlier call set, so `None`
/// also takes an earlier value back.
///
/// Texts are taken as `&str`, `&String`, `String`, `Box<str>` or `Cow<str>`, ids of customers and
/// of accounts as each id type that converts to them. Where several types fit, one must be named:
/// `None::<String>`, `text.parse::<NaiveDate>()?`.
///
/// ```
/// use synctera::Address;
///
/// # let (form_field, database_column) = (Some("Apt 5"), None::<String>);
/// let home = Address::us("1 Market St", "San Francisco", "CA", "94105");
/// let home = home.line_2("Apt 5");
/// let home = home.line_2(form_field);
/// // The address has no second line again.
/// let home = home.line_2(database_column);
/// # assert_eq!(home, Address::us("1 Market St", "San Francisco", "CA", "94105"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a `{T}` nor an `Option<{T}>`",
    label = "expected a `{T}`, an `Option<{T}>`, or what converts to one"
)]
pub trait IntoOption<T>: sealed::Sealed<T> {
    /// The value, if there is one.
    fn into_option(self) -> Option<T>;
}

mod sealed {
    pub trait Sealed<T> {}
}

impl<T> sealed::Sealed<T> for T {}

impl<T> IntoOption<T> for T {
    fn into_option(self) -> Option<T> {
        Some(self)
    }
}

impl<T> sealed::Sealed<T> for Option<T> {}

impl<T> IntoOption<T> for Option<T> {
    fn into_option(self) -> Option<T> {
        self
    }
}

/// What converts to a value of another type, and an option of it.
macro_rules! also {
    ($($from:ty => $to:ty),* $(,)?) => {$(
        impl sealed::Sealed<$to> for $from {}

        impl IntoOption<$to> for $from {
            fn into_option(self) -> Option<$to> {
                Some(self.into())
            }
        }

        impl sealed::Sealed<$to> for Option<$from> {}

        impl IntoOption<$to> for Option<$from> {
            fn into_option(self) -> Option<$to> {
                self.map(Into::into)
            }
        }
    )*};
}

also! {
    &str => String,
    &String => String,
    Box<str> => String,
    Cow<'_, str> => String,
    &str => Sensitive<String>,
    String => Sensitive<String>,
    &DocumentSession => Sensitive<String>,
    PersonId => CustomerId,
    BusinessId => CustomerId,
    Party => CustomerId,
    AccountId => PlatformAccountId,
    InternalAccountId => PlatformAccountId,
}
