//! Accounts: products and templates, opening, parties, closing; and accounts at other banks.

mod access;
mod bank_account;
mod close;
mod external;
mod open;
mod party;
mod product;
mod template;
mod terms;

pub use bank_account::BankAccount;
pub use close::{AwaitClosed, CloseAccount, ClosingAccount, Obstacle};
pub use external::{LinkExternalAccount, LinkedAccounts};
pub use open::{OpenAccount, OpenedAccount};
pub use party::{AddAccountParty, RemoveAccountParty};
pub use product::{DefineProduct, DefinedProduct};
pub use template::{DefineTemplate, DefinedTemplate};
pub use terms::Rail;
