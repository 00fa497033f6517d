//! People and businesses: onboarding, verification and monitoring.

mod alert;
mod await_verification;
mod business;
mod customer;
mod disclosed;
mod document;
mod person;
mod record_verification;
mod related_person;
mod screen_payee;
mod verify;

pub use alert::ResolveAlert;
pub use await_verification::AwaitVerification;
pub use business::{OnboardBusiness, OnboardedBusiness};
pub use customer::{OnboardCustomer, OnboardedCustomer};
pub use disclosed::Disclosed;
pub use document::{DocumentSession, StartDocumentVerification};
pub use person::PersonDetails;
pub use record_verification::RecordVerification;
pub use related_person::{OnboardedRelatedPerson, RelatedPerson};
pub use screen_payee::{ScreenPayee, ScreenedPayee};
pub use verify::{Verified, Verify};
