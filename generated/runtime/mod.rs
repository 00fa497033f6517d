//! What generated code uses: the hand-written crate `synctera-runtime`, the types of ids, and what
//! is implemented for them in tuples.

mod ids;
mod ledger_account;
mod paged;

pub use ids::*;
pub use ledger_account::{BankAccountName, LedgerAccountId};
pub use paged::Paged;
#[doc(inline)]
pub use synctera_runtime::*;
