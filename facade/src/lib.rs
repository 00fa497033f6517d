//! A client of the Synctera banking platform.
//!
//! A journey is a task on the platform, such as onboarding a customer, opening an account or moving
//! money: a request, the calls that it takes, and a typed outcome. Journeys run over a client that
//! is generated from the platform's OpenAPI documents. This crate is independent of Synctera.
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
//! | people | accounts | money | cards | across journeys |
//! |---|---|---|---|---|
//! | [`OnboardCustomer`] | [`OpenAccount`] | [`Fund`] | [`IssueCard`] | [`bulk`] |
//! | [`OnboardBusiness`] | [`DefineProduct`] | [`SendAch`], [`ChangeAch`] | [`ActivateCard`] | `reconcile` |
//! | [`Verify`], [`AwaitVerification`] | [`DefineTemplate`] | [`Transfer`], [`EndTransfer`] | [`ReplaceCard`] | `webhooks` |
//! | [`StartDocumentVerification`] | [`AddAccountParty`] | `SendWire` | [`SuspendCard`], [`TerminateCard`] | [`Synctera::list`] |
//! | [`RecordVerification`] | [`Balances`] | `MoveByCard` | `SimulatedCard` | [`normalize`] |
//! | [`ScreenPayee`], [`ResolveAlert`] | [`CloseAccount`] | `DepositCheck`, `SchedulePayment` | `DefineSpendControl`, `OpenDispute` | `request_files` |
//!
//! Those without a link need the feature of their family (`wires`, `external_cards`, ...); `full`
//! enables all families. Each journey is documented with an example. Awaiting a [`Run`] makes the
//! steps of the journey. A run with a [key](Run::key) can be repeated: it continues where it
//! stopped.
//!
//! Setters of optional values take the value or an `Option` of it: see [`IntoOption`].
//!
//! # What every call does
//!
//! - It carries the API key as a bearer token, to the configured host only. Redirects are not
//!   followed, and plain `http` is accepted for loopback addresses only.
//! - A write carries an `Idempotency-Key`, which is the same for all attempts of a call. A journey
//!   derives a key for each of its steps. [`Retries`] documents when a call is retried.
//! - A failure is an [`Error`]: it has the kind of failure, the platform's code, the fields, the
//!   request id, the idempotency key, and the progress of a journey.
//! - What a server sends is bounded: see [`Limits`].
//! - It has a `tracing` span for the call and one for each attempt, with OpenTelemetry's names
//!   (`http.request.method`, `url.template`, `http.response.status_code`, ...) and
//!   `synctera.request_id`, `synctera.idempotency_key` and `synctera.attempts`; see also
//!   [`Builder::on_response`]. Spans contain no API key, body, path with ids, or query.
//! - A future can be dropped at any time: what the platform acknowledged stays done. See [`Synctera`].
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `full` | every operation of both interfaces, and all journeys |
//! | `blocking` | `.wait()` instead of `.await`, for programs that are not asynchronous |
//! | `serde` | `Deserialize` for the requests of the journeys: see `request_files`; both directions for [`Money`], [`Balances`] and [`Address`] |
//! | `testing` | for your own tests: constructors of the types of answers, `==` for all generated types, and a clock |
//! | `webhooks`, `axum`, `actix` | verified, typed events; extractors of them for web frameworks |
//! | `reconcile`, `reconciliations` | comparing your books with the platform's |
//! | `schemars` | JSON Schemas of the types |
//! | `addresses`, `adverse_actions`, `applications`, `autopay`, `batches`, `card_simulations`, `cash`, `check_deposits`, `credit_scores`, `customers`, `digital_wallets`, `disputes`, `documents`, `eft_ca`, `external_cards`, `fdx`, `fees`, `institutions`, `licenses`, `merchants`, `notes`, `payment_schedules`, `rewards`, `risk`, `sandbox`, `spend_controls`, `statements`, `synctera_pay`, `watchlists`, `wires` | a family of operations each, with its journeys |
//!
//! Without any of them there are the families that most programs need: accounts, ACH, businesses, cards,
//! disclosures, external and internal accounts, transfers, monitoring, persons, relationships, transactions and
//! verifications.
//!
//! # Beyond the journeys
//!
//! [`Synctera::api`] has every operation of the current interface, [`Synctera::legacy`] those that
//! only the older interface has. Both use the same transport as the journeys.

#![cfg_attr(docsrs, feature(doc_cfg))]

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
mod from_env;
mod into_option;
mod journeys;
mod money;
pub mod normalize;
mod pages;
mod polling;
#[cfg(feature = "statements")]
mod statements;
mod tls;
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
#[cfg(feature = "serde")]
pub use journeys::request_files;
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
pub use journeys::{
    CreateWebhookSecret, FinishWebhookSecretRoll, NewWebhookSecret, RollWebhookSecret, Subscribe,
};
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
