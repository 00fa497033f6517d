//! Arguments of setters of optional values.

use std::borrow::Cow;

use synctera_api::Sensitive;
use synctera_api::runtime::{
    AccountId, BusinessId, CustomerId, InternalAccountId, PersonId, PlatformAccountId,
};

/// The argument of a setter of an optional value: the value, or an `Option` of it.
///
/// `None` means that the value is not given. A setter replaces the value of an earlier call, so `None`
/// also removes an earlier value.
///
/// Texts can be `&str`, `&String`, `String`, `Box<str>` or `Cow<str>`, and ids of customers and of
/// accounts can be any id type that converts to them. If several types fit, name one:
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
    label = "expected a `{T}`, an `Option<{T}>`, or a value that converts to one of them"
)]
pub trait IntoOption<T>: sealed::Sealed<T> {
    /// The value, if there is one.
    fn into_option(self) -> Option<T>;
}

pub(crate) mod sealed {
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

/// Implements the conversion to a value of another type, and to an option of it.
macro_rules! also {
    ($($from:ty => $to:ty),* $(,)?) => {$(
        impl $crate::into_option::sealed::Sealed<$to> for $from {}

        impl $crate::IntoOption<$to> for $from {
            fn into_option(self) -> Option<$to> {
                Some(self.into())
            }
        }

        impl $crate::into_option::sealed::Sealed<$to> for Option<$from> {}

        impl $crate::IntoOption<$to> for Option<$from> {
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
    PersonId => CustomerId,
    BusinessId => CustomerId,
    AccountId => PlatformAccountId,
    InternalAccountId => PlatformAccountId,
}

pub(crate) use also;
