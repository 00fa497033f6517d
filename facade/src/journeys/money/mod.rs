//! Moving money, over each payment rail.

mod ach;
#[cfg(feature = "external_cards")]
mod card_transfer;
mod change_ach;
#[cfg(feature = "check_deposits")]
mod check_deposit;
mod end_transfer;
#[cfg(feature = "external_cards")]
mod external_card;
mod fund;
#[cfg(feature = "payment_schedules")]
mod payment_schedule;
#[cfg(feature = "synctera_pay")]
mod synctera_pay;
mod transfer;
#[cfg(feature = "wires")]
mod wire;

pub use ach::SendAch;
#[cfg(feature = "external_cards")]
pub use card_transfer::{MoveByCard, MovedByCard, ReverseCardPull};
pub use change_ach::ChangeAch;
#[cfg(feature = "check_deposits")]
pub use check_deposit::DepositCheck;
pub use end_transfer::EndTransfer;
#[cfg(feature = "external_cards")]
pub use external_card::{AddExternalCard, AddedExternalCard};
pub use fund::{Fund, Funded};
#[cfg(feature = "payment_schedules")]
pub use payment_schedule::{CancelPaymentSchedule, Schedule, SchedulePayment};
#[cfg(feature = "synctera_pay")]
pub use synctera_pay::{EndSyncteraPay, SendSyncteraPay};
pub use transfer::Transfer;
#[cfg(feature = "wires")]
pub use wire::{CancelWire, SendWire};
