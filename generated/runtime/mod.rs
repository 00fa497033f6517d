//! What generated code uses: the hand-written crate `synctera-runtime`, and the types of ids.

mod ids;
mod ledger_account;

pub use ids::*;
pub use ledger_account::{BankAccountName, LedgerAccountId};
#[doc(inline)]
pub use synctera_runtime::*;
