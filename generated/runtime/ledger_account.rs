//! The accounts that ledger entries name.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::ids::{AccountId, InternalAccountId, PlatformAccountId};
use super::{Scalar, open_enum};

/// The account of a ledger entry. The bank's own accounts need not have a UUID, so reading one never
/// fails.
///
/// ```
/// use synctera_api::runtime::{AccountId, LedgerAccountId};
///
/// let account: AccountId = "7d943c51-e4ff-4e57-9558-08cab6b963c7".parse()?;
/// let line = LedgerAccountId::from("7d943c51-e4ff-4e57-9558-08cab6b963c7");
/// assert_eq!(line, account);
/// assert_eq!(LedgerAccountId::from("1100-FED").id(), None);
/// # Ok::<(), uuid::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LedgerAccountId {
    /// A customer's account, or an internal one.
    Platform(PlatformAccountId),
    /// One of the bank's own accounts, by the name that the bank gave it.
    Bank(BankAccountName),
}

/// What a bank calls an account of its own; it is not a UUID.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BankAccountName(Box<str>);

impl BankAccountName {
    /// The name as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LedgerAccountId {
    /// The id of the account on the platform, unless it is one of the bank's own.
    pub const fn id(&self) -> Option<PlatformAccountId> {
        match self {
            Self::Platform(id) => Some(*id),
            Self::Bank(_) => None,
        }
    }
}

impl From<&str> for LedgerAccountId {
    fn from(text: &str) -> Self {
        match text.parse() {
            Ok(id) => Self::Platform(id),
            Err(_) => Self::Bank(BankAccountName(text.into())),
        }
    }
}

impl FromStr for LedgerAccountId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

macro_rules! platform {
    ($($id:ident),*) => {$(
        impl From<$id> for LedgerAccountId {
            fn from(id: $id) -> Self {
                Self::Platform(PlatformAccountId::from(Uuid::from(id)))
            }
        }

        impl PartialEq<$id> for LedgerAccountId {
            fn eq(&self, other: &$id) -> bool {
                self.id().is_some_and(|id| id.as_uuid() == other.as_uuid())
            }
        }
    )*};
}

platform!(AccountId, InternalAccountId, PlatformAccountId);

impl fmt::Display for LedgerAccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform(id) => id.fmt(f),
            Self::Bank(name) => f.pad(name.as_str()),
        }
    }
}

impl fmt::Debug for LedgerAccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform(id) => id.fmt(f),
            Self::Bank(name) => name.fmt(f),
        }
    }
}

/// A bank may use an account's number for a name.
impl fmt::Debug for BankAccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for LedgerAccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Platform(id) => id.serialize(serializer),
            Self::Bank(name) => serializer.serialize_str(name.as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for LedgerAccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        open_enum::read(deserializer)
    }
}

impl Scalar for LedgerAccountId {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Platform(id) => Cow::Owned(id.to_string()),
            Self::Bank(name) => Cow::Borrowed(name.as_str()),
        }
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for LedgerAccountId {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LedgerAccountId".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_read_and_written_as_it_came() {
        let id = "00000000-0000-0000-0000-00000000002a";
        for (text, is_bank) in [(id, false), ("1100-FED", true), ("", true)] {
            let json = serde_json::to_string(text).unwrap();
            let account: LedgerAccountId = serde_json::from_str(&json).unwrap();
            assert_eq!(account.id().is_none(), is_bank, "{text}");
            assert_eq!(serde_json::to_string(&account).unwrap(), json);
            assert_eq!(account.to_string(), text);
            assert_eq!(account.text(), text);
            assert_eq!(account, text.parse::<LedgerAccountId>().unwrap());
        }
        assert!(serde_json::from_str::<LedgerAccountId>("7").is_err());
    }

    #[test]
    fn it_is_compared_with_ids_of_either_kind() {
        let id = Uuid::from_u128(42);
        let account = LedgerAccountId::from(AccountId::from(id));
        assert_eq!(account, AccountId::from(id));
        assert_eq!(account, InternalAccountId::from(id));
        assert_eq!(account, PlatformAccountId::from(id));
        assert_ne!(account, AccountId::from(Uuid::from_u128(43)));
        assert_ne!(LedgerAccountId::from("1100"), AccountId::from(id));
    }

    #[test]
    fn what_a_bank_calls_an_account_is_not_shown() {
        let accounts =
            [LedgerAccountId::from("12345678901"), PlatformAccountId::from(Uuid::nil()).into()];
        let shown = format!("{accounts:?}");
        assert!(shown.starts_with("[***, PlatformAccountId(") && !shown.contains('1'), "{shown}");
    }
}
