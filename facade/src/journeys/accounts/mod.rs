//! Accounts: their terms, their parties, their end; and the accounts that lie elsewhere.

mod access;
mod close;
mod external;
mod open;
mod party;
mod product;
mod template;
mod terms;

pub use close::{CloseAccount, ClosingAccount, Obstacle};
pub use external::{BankAccount, LinkExternalAccount, LinkedAccounts};
pub use open::{OpenAccount, OpenedAccount};
pub use party::{AddAccountParty, RemoveAccountParty};
pub use product::{DefineProduct, DefinedProduct};
pub use template::{DefineTemplate, DefinedTemplate};
pub use terms::Rail;
