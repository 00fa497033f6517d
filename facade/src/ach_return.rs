//! ACH transfers that another bank returned.

use synctera_api::runtime::{AchId, AchReturnCode};

use crate::types::IncomingAch;

/// A sent ACH transfer that another bank returned.
///
/// A sent transfer keeps the status `COMPLETE`; its return is a separate incoming entry. Get a return
/// from an event with `Synctera::ach_return` (feature `webhooks`), or from an entry of
/// `list_incoming_ach` with [`from_entry`](Self::from_entry).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AchReturn {
    /// The transfer that was returned.
    pub transfer_id: AchId,
    /// Why the other bank returned it; [`AchReturnCode::reason`] describes the code.
    pub code: AchReturnCode,
    /// The incoming entry of the return, with amount, dates and trace numbers.
    pub entry: IncomingAch,
}

impl AchReturn {
    /// Reads the return from an incoming entry. `None` when the entry is not a return, or does not
    /// name the transfer.
    pub fn from_entry(entry: IncomingAch) -> Option<Self> {
        let transfer_id = entry.outgoing_ach_id?;
        Self::of_transfer(transfer_id, entry)
    }

    /// As [`from_entry`](Self::from_entry), for a transfer whose id is known.
    pub(crate) fn of_transfer(transfer_id: AchId, entry: IncomingAch) -> Option<Self> {
        let code = AchReturnCode::from(entry.return_data.as_ref()?.code.as_str());
        Some(Self { transfer_id, code, entry })
    }
}
