//! The types of ids of `spec/types.toml`.

use synctera_runtime::{IdentifiesCustomer, id_type};
use uuid::Uuid;

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

macro_rules! customers {
    ($($name:ident),*) => {$(
        impl IdentifiesCustomer for $name {
            fn customer_id(&self) -> Uuid {
                self.0
            }
        }
    )*};
}

customers!(CustomerId, PersonId, BusinessId);

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
