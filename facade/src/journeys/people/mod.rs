//! People and businesses: brought in, checked, watched.

mod alert;
mod await_verification;
mod business;
mod customer;
mod disclosed;
mod document;
mod owner;
mod person;
mod record_verification;
mod screen_payee;
mod verify;

pub use alert::ResolveAlert;
pub use await_verification::AwaitVerification;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use disclosed::Disclosed;
pub use document::{DocumentSession, StartDocumentVerification};
pub use owner::{OnboardedOwner, Owner};
pub use person::PersonDetails;
pub use record_verification::RecordVerification;
pub use screen_payee::{ScreenPayee, ScreenedPayee};
pub use verify::{Verified, Verify};
