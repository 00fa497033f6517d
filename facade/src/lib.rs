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
//! // From your own record of the sign-up, so that a second run sends the same.
//! let agreed_at = "2026-11-24T14:00:00Z".parse()?;
//! let request = OnboardCustomer::new(ada)
//!     .disclosed(Disclosed::acknowledged(DisclosureType::RegDd, "1.0", agreed_at))
//!     .consented();
//! let customer = client.onboard_customer(&request).key("signup-8841").await?.accepted()?;
//!
//! let checking = OpenAccount::new(AccountType::Checking, customer.person.id);
//! let account = client.open_account(&checking).key("signup-8841").await?;
//! println!("{} has account {}", customer.person.id, account.id);
//! # Ok(())
//! # }
//! ```
//!
//! # Journeys
//!
//! | people | accounts | money | cards | the whole |
//! |---|---|---|---|---|
//! | [`OnboardCustomer`] | [`OpenAccount`] | [`Fund`] | [`IssueCard`] | [`bulk`] |
//! | [`OnboardBusiness`] | [`DefineProduct`] | [`SendAch`], [`ChangeAch`] | [`ActivateCard`] | `reconcile` |
//! | [`Verify`], [`AwaitVerification`] | [`DefineTemplate`] | [`Transfer`], [`EndTransfer`] | [`ReplaceCard`] | `webhooks` |
//! | [`StartDocumentVerification`] | [`AddAccountParty`] | `SendWire` | [`SuspendCard`], [`TerminateCard`] | [`Synctera::list`] |
//! | [`RecordVerification`] | [`Balances`] | `MoveByCard` | `SimulatedCard` | [`normalize`] |
//! | [`ScreenPayee`], [`ResolveAlert`] | [`CloseAccount`] | `DepositCheck`, `SchedulePayment` | `DefineSpendControl`, `OpenDispute` | |
//!
//! Those without a link are behind the feature of their family (`wires`, `external_cards`, ...);
//! `full` turns on all of them. Each is a request with an example that runs. Awaiting it walks its
//! steps; [`Run`] names it, so that it goes on where it stopped, and tells of each step.
//!
//! # What every call does
//!
//! - It carries the API key as a bearer token, to the configured host only: redirects are not
//!   followed, and plain `http` is accepted for loopback addresses alone.
//! - A write carries an `Idempotency-Key`, made once for the call and kept across its attempts; a
//!   journey derives one for each of its steps. [`Retries`] says when a call is retried.
//! - What fails is one [`Error`]: its kind, the platform's code, the fields, the request id, the
//!   idempotency key, and for a journey how far it got.
//! - What a server sends is bounded: see [`Limits`].
//! - It can be observed: a `tracing` span for the call and one for each attempt, with OpenTelemetry's
//!   names (`http.request.method`, `url.template`, `http.response.status_code`, ...) and
//!   `synctera.request_id`, `synctera.idempotency_key` and `synctera.attempts`, and
//!   [`Builder::on_response`]. The spans show no API key, body, filled-in path or query.
//! - A future that is dropped loses nothing that was acknowledged; see [`Synctera`].
//!
//! Programs that are not asynchronous turn on the feature `blocking`, and call `.wait()` where others
//! `.await`. For your own tests, the feature `testing` gives the types of answers a constructor, and
//! makes all generated types comparable with `==`.
//!
//! # Beyond the journeys
//!
//! [`Synctera::api`] reaches every operation of the current interface, [`Synctera::legacy`] those
//! that only the older one has. Both send through the same transport.

pub mod bulk;
#[cfg(feature = "reconcile")]
pub mod reconcile;

mod ach_return;
mod address;
mod balances;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod checks;
mod client;
mod clock;
mod environment;
mod into_option;
mod journeys;
mod money;
pub mod normalize;
mod pages;
mod polling;
#[cfg(feature = "statements")]
mod statements;
mod transport;
#[cfg(feature = "webhooks")]
pub mod webhooks;

pub use ach_return::AchReturn;
pub use address::Address;
pub use balances::Balances;
pub use builder::Builder;
pub use client::Synctera;
#[cfg(feature = "testing")]
pub use clock::ManualClock;
pub use environment::Environment;
pub use into_option::IntoOption;
pub use iso_currency::Currency;
#[cfg(feature = "check_deposits")]
pub use journeys::DepositCheck;
#[cfg(feature = "disputes")]
pub use journeys::{ActOnDispute, AddEvidence, OpenDispute, OpenedDispute};
pub use journeys::{
    ActivateCard, AddAccountParty, Availability, AwaitClosed, AwaitVerification, BankAccount,
    ChangeAch, CloseAccount, ClosingAccount, Completed, DefineProduct, DefineTemplate,
    DefinedProduct, DefinedTemplate, Disclosed, DocumentSession, EndTransfer, Fund, Funded,
    IssueCard, IssuedCard, Journey, LinkExternalAccount, LinkedAccounts, NotAccepted, Obstacle,
    OnboardBusiness, OnboardCustomer, OnboardedBusiness, OnboardedCustomer, OnboardedRelatedPerson,
    OpenAccount, OpenedAccount, Outcome, Party, PaymentJourney, PersonDetails, Rail,
    RecordVerification, RelatedPerson, RemoveAccountParty, ReplaceCard, ResolveAlert, ResumeCard,
    ReviewCardImage, Run, ScreenPayee, ScreenedPayee, SendAch, SetCardPin,
    StartDocumentVerification, SuspendCard, TerminateCard, Transfer, UploadCardImage, Verified,
    Verify, step_key, step_key_of,
};
#[cfg(feature = "external_cards")]
pub use journeys::{AddExternalCard, AddedExternalCard, MoveByCard, MovedByCard, ReverseCardPull};
#[cfg(feature = "digital_wallets")]
pub use journeys::{AddToApplePay, AddToGooglePay, ChangeWalletToken};
#[cfg(feature = "spend_controls")]
pub use journeys::{AttachSpendControl, DefineSpendControl, Window};
#[cfg(feature = "payment_schedules")]
pub use journeys::{CancelPaymentSchedule, Schedule, SchedulePayment};
#[cfg(feature = "wires")]
pub use journeys::{CancelWire, SendWire};
#[cfg(feature = "card_simulations")]
pub use journeys::{CardTransaction, Merchant, SimulatedCard};
#[cfg(feature = "webhooks")]
pub use journeys::{CreateWebhookSecret, NewWebhookSecret, RollWebhookSecret, Subscribe};
#[cfg(feature = "synctera_pay")]
pub use journeys::{EndSyncteraPay, SendSyncteraPay};
pub use money::Money;
pub use pages::{Interface, Items, Page, Pages};
pub use polling::{Await, Awaited, Polling};
pub use synctera_api::runtime::{
    AccountId, AccountProductId, AccountTemplateId, AchId, AchReturnCode, Answer, ApplicationId,
    BankAccountName, BasisPoints, BoxFuture, BusinessId, ByteStream, Call, CallOptions, CallTrace,
    CardId, CardImageId, CardProductId, CheckDepositId, Clock, CompletedStep, CountryCode,
    CurrencyCode, CustomerId, DeviceInfo, DigitalWalletTokenId, DisputeId, DocumentId, ErrorCode,
    ExternalAccountId, ExternalCardId, ExternalCardTransferId, Failure, FailureKind, FieldError,
    FieldErrorCode, IdempotencyKey, InternalAccountId, InvalidIdempotencyKey, LedgerAccountId,
    Limits, MonitoringAlertId, NextAction, NullablePatch, Operation, Paged, Patch,
    PaymentScheduleId, PersonId, PlatformAccountId, Progress, Request, RetryClass, SpendControlId,
    SyncteraPayTransferId, SyncteraPayVendorId, ThreeDsId, TransactionId, Transport, Upload,
    WebhookEventId, WebhookId, WireId,
};
pub use synctera_api::v2::types;
pub use synctera_api::{Error, ErrorKind, Problem, Response, Sensitive, v0, v2};
pub use transport::{Exchange, RateLimit, Retries};
