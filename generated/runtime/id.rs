//! Ids of different resources are different types.

use std::borrow::Cow;

use uuid::Uuid;

/// Declares a type for the ids of one kind of resource.
macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            serde::Deserialize,
        )]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl crate::runtime::Scalar for $name {
            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.0.to_string())
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/ids.rs"));

/// Converts the ids of one type to another type.
macro_rules! also {
    ($($from:ident => $to:ident),* $(,)?) => {$(
        impl From<$from> for $to {
            fn from(id: $from) -> Self {
                Self(id.0)
            }
        }
    )*};
}

also! {
    // A party has the same id as a customer.
    PersonId => CustomerId,
    BusinessId => CustomerId,
    // Transfers are made between accounts of customers and internal accounts.
    AccountId => PlatformAccountId,
    InternalAccountId => PlatformAccountId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_travels_as_its_uuid() {
        let text = "\"00000000-0000-0000-0000-00000000002a\"";
        let id: PersonId = serde_json::from_str(text).unwrap();
        assert_eq!(id.as_uuid(), Uuid::from_u128(42));
        assert_eq!(serde_json::to_string(&id).unwrap(), text);
        assert_eq!(id.to_string().parse::<PersonId>().unwrap(), id);
        assert_eq!(CustomerId::from(id).to_string(), id.to_string());
    }
}
