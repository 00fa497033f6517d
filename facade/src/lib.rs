//! The Synctera banking platform in Rust.
//!
//! People think in journeys: bring a customer in, open the account, move the money. Each is a
//! plain request and a typed outcome here, over a client that is generated from the platform's
//! OpenAPI documents. This crate is independent of Synctera.
//!
//! ```
//! use synctera::{Address, Disclosed, Money, OnboardCustomer, OpenAccount, PersonDetails, Synctera};
//! use synctera::types::{AccountType, DisclosureType};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = synctera_sandbox::Sandbox::start().await?;
//! // `Synctera::from_env()` reads the key and the environment from SYNCTERA_API_KEY and SYNCTERA_ENV.
//! let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
//!
//! let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
//!     .email("ada@example.com")
//!     .phone_number("+14155550123")
//!     .ssn("456-78-9012")
//!     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
//! let request = OnboardCustomer::new(ada)
//!     .disclosed(Disclosed::acknowledged(DisclosureType::RegDd, "1.0", chrono::Utc::now()))
//!     .consented();
//! let customer = client.onboard_customer(&request).await?.accepted()?;
//!
//! let checking = OpenAccount::new(AccountType::Checking, customer.person.id);
//! let account = client.open_account(&checking).await?;
//! println!("{} has account {}", customer.person.id, account.id);
//! # Ok(())
//! # }
//! ```
//!
//! # What every call does
//!
//! - It carries the API key as a bearer token, to the configured host only: redirects are not
//!   followed, and plain `http` is accepted for loopback addresses alone.
//! - A write carries an `Idempotency-Key`, made once for the call and kept across its tries; a
//!   journey derives one for each of its steps. [`Retries`] says when a call is tried again.
//! - What fails is one [`Error`]: its kind, the platform's code, the fields, the request id, the
//!   idempotency key, and for a journey how far it got.
//!
//! # Beyond the journeys
//!
//! [`Synctera::api`] reaches every operation of the current interface, [`Synctera::legacy`] those
//! that only the older one has. Both send through the same transport.

pub mod bulk;
#[cfg(feature = "reconcile")]
pub mod reconcile;

mod address;
mod checks;
mod client;
mod environment;
mod journeys;
mod money;
mod pages;
mod transport;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use address::Address;
pub use client::{Builder, Synctera};
pub use environment::Environment;
pub use iso_currency::Currency;
#[cfg(feature = "disputes")]
pub use journeys::{ActOnDispute, AddEvidence, OpenDispute, OpenedDispute};
pub use journeys::{
    ActivateCard, BankAccount, Disclosed, IssueCard, IssuedCard, Journey, LinkExternalAccount,
    LinkedAccounts, OnboardBusiness, OnboardCustomer, OnboardedBusiness, OnboardedCustomer,
    OnboardedOwner, OpenAccount, OpenedAccount, Outcome, Owner, Party, PersonDetails, ReplaceCard,
    ResumeCard, ReviewCardImage, Run, SendAch, SetCardPin, Step, SuspendCard, TerminateCard,
    Transfer, UploadCardImage,
};
#[cfg(feature = "digital_wallets")]
pub use journeys::{AddToApplePay, AddToGooglePay, ChangeWalletToken};
#[cfg(feature = "spend_controls")]
pub use journeys::{AttachSpendControl, DefineSpendControl, Span};
#[cfg(feature = "card_simulations")]
pub use journeys::{CardTransaction, Merchant, SimulatedCard};
#[cfg(feature = "webhooks")]
pub use journeys::{CreateWebhookSecret, NewWebhookSecret, RollWebhookSecret, Subscribe};
pub use money::Money;
pub use pages::{Interface, Items, Page, Pages};
pub use synctera_api::runtime::{
    AccountId, AccountTemplateId, AchId, BasisPoints, BusinessId, ByteStream, CallOptions, CardId,
    CardImageId, CardProductId, CountryCode, CurrencyCode, CustomerId, DigitalWalletTokenId,
    DisputeId, ErrorCode, ExternalAccountId, InternalAccountId, Paged, Patch, PersonId,
    PlatformAccountId, Progress, SpendControlId, TransactionId, Upload, WebhookEventId, WebhookId,
};
pub use synctera_api::v2::types;
pub use synctera_api::{Error, ErrorKind, Problem, Response, Sensitive, v0, v2};
pub use transport::Retries;
