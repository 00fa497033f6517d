//! A sandbox with a client, and people and accounts to begin with.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use synctera::types::{
    AccountType, BalanceType, BusinessStructure, DisclosureType, InternalAccountBase,
    InternalAccountStatus,
};
use synctera::{
    AccountId, Address, Builder, BusinessId, Clock, CountryCode, Currency, Disclosed,
    ExternalAccountId, InternalAccountId, LinkExternalAccount, Money, OnboardBusiness,
    OnboardCustomer, OpenAccount, PersonDetails, PersonId, RelatedPerson, Retries, Synctera,
    Transfer,
};
use synctera_sandbox::{Sandbox, SandboxBuilder, Settings};

use crate::{Recorder, log_capture};

/// A sandbox, a recorder in front of it, and a client that speaks through the recorder.
pub struct World {
    /// The platform.
    pub sandbox: Sandbox,
    /// What passes between the client and the platform.
    pub recorder: Recorder,
    /// The client.
    pub client: Synctera,
}

impl World {
    /// A fresh one.
    pub async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// A fresh one, with a client that is set up further.
    pub async fn with(set_up: impl FnOnce(Builder) -> Builder) -> Self {
        Self::set_up(repeatable(), set_up).await
    }

    /// A world on a sandbox that is set up otherwise.
    pub async fn on(sandbox: SandboxBuilder) -> Self {
        Self::set_up(sandbox, |builder| builder).await
    }

    /// A fresh one, in which the platform does otherwise where its documents are silent.
    pub async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        Self::on(repeatable().settings(settings)).await
    }

    async fn set_up(sandbox: SandboxBuilder, set_up: impl FnOnce(Builder) -> Builder) -> Self {
        log_capture::start();
        let sandbox = sandbox.start().await.unwrap();
        let recorder = Recorder::start(sandbox.base_url()).await;
        let builder = Synctera::builder(sandbox.api_key())
            .base_url(recorder.base_url())
            .retries(Retries::default().waits(Duration::ZERO, Duration::from_millis(1)));
        let client = set_up(builder).build().unwrap();
        Self { sandbox, recorder, client }
    }

    /// A client like the world's, on another clock.
    pub fn on_clock(&self, clock: impl Clock + 'static) -> Synctera {
        Synctera::builder(self.sandbox.api_key())
            .base_url(self.recorder.base_url())
            .clock(clock)
            .build()
            .unwrap()
    }

    /// A client whose waits pass on the sandbox's clock.
    pub fn patient(&self) -> Synctera {
        self.on_clock(self.sandbox.clock())
    }

    /// A verified customer.
    pub async fn customer(&self) -> PersonId {
        let request = OnboardCustomer::new(ada()).consented();
        self.client.onboard_customer(&request).await.unwrap().accepted().unwrap().person.id
    }

    /// A verified business, and the verified person who owns it.
    pub async fn business(&self) -> (BusinessId, PersonId) {
        let owner = self.customer().await;
        let request = OnboardBusiness::new("Flow Matic LLC", BusinessStructure::Llc, office())
            .ein("12-3456789")
            .related_person(RelatedPerson::existing(owner).ownership_percent(100.0))
            .consented();
        let business = self.client.onboard_business(&request).await.unwrap();
        (business.accepted().unwrap().id, owner)
    }

    /// A customer whom nobody looked at yet.
    pub async fn prospect(&self) -> PersonId {
        use synctera::types::{NewPerson, PersonStatus};
        let body = NewPerson::new(true, PersonStatus::Prospect);
        self.client.api().create_person(&body).await.unwrap().id
    }

    /// A customer of whom the platform knows just name and address.
    pub async fn prospect_with_address(&self) -> PersonId {
        use synctera::types::{MailingAddressInput, NewPerson, PersonStatus};
        let body = NewPerson {
            first_name: Some("William".to_owned()),
            last_name: Some("King".to_owned()),
            legal_address: Some(MailingAddressInput {
                city: Some("San Francisco".to_owned()),
                state: Some("CA".to_owned()),
                postal_code: Some("94105".to_owned()),
                ..MailingAddressInput::new("1 Market St", CountryCode::US)
            }),
            ..NewPerson::new(true, PersonStatus::Prospect)
        };
        self.client.api().create_person(&body).await.unwrap().id
    }

    /// A checking account.
    pub async fn checking(&self, holder: PersonId) -> AccountId {
        self.account(AccountType::Checking, holder).await
    }

    /// An account of a type.
    pub async fn account(&self, account_type: AccountType, holder: PersonId) -> AccountId {
        let request = OpenAccount::new(account_type, holder);
        self.client.open_account(&request).await.unwrap().id
    }

    /// A charge account, and the checking account with so much on it that secures it.
    pub async fn secured_charge(&self, holder: PersonId, worth: Money) -> (AccountId, AccountId) {
        let security = self.checking(holder).await;
        self.fund(security, worth).await;
        let request = OpenAccount::new(AccountType::ChargeSecured, holder).secured_by(security);
        (self.client.open_account(&request).await.unwrap().id, security)
    }

    /// The program's own account.
    pub async fn program(&self) -> InternalAccountId {
        let body = InternalAccountBase::new(Currency::USD, InternalAccountStatus::Active);
        self.client.api().create_internal_account(&body).await.unwrap().id.unwrap()
    }

    /// Puts money into an account, from the program's own.
    pub async fn fund(&self, account: AccountId, amount: Money) {
        let request = Transfer::new(self.program().await, account, amount);
        self.client.transfer(&request).await.unwrap();
    }

    /// An account at another bank that Plaid proved.
    pub async fn proven_account(&self, holder: PersonId) -> ExternalAccountId {
        let link = LinkExternalAccount::plaid(holder, "public-sandbox-1", "ins_1").account("one");
        self.client.link_external_account(&link).await.unwrap().all().unwrap()[0].id
    }

    /// What an account reports: posted, and available.
    pub async fn balances(&self, account: AccountId) -> (Money, Money) {
        let account = self.client.api().get_account(account).await.unwrap();
        let of = |kind: BalanceType| {
            let found = account.balances.iter().find(|balance| balance.type_ == kind);
            Money::usd(found.unwrap().balance)
        };
        (of(BalanceType::AccountBalance), of(BalanceType::AvailableBalance))
    }
}

/// A sandbox of which the ids are the same each time, at the time when every test begins.
pub fn repeatable() -> SandboxBuilder {
    Sandbox::builder().seed(0).clock_held_at(now())
}

/// When every test begins: a Tuesday, at nine in New York.
pub fn now() -> DateTime<Utc> {
    "2026-11-24T14:00:00Z".parse().unwrap()
}

/// An address of an office.
pub fn office() -> Address {
    Address::us("1 Market St", "San Francisco", "CA", "94105")
}

/// Somebody who passes every check.
pub fn ada() -> PersonDetails {
    person("Ada", "Byron")
}

/// Somebody whose names may steer the checks.
pub fn person(first: &str, last: &str) -> PersonDetails {
    PersonDetails::new(first, last, NaiveDate::from_ymd_opt(1985, 12, 10).unwrap())
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(office())
}

/// The n-th of many customers to be brought in, with their key.
pub fn customer(number: u32) -> (String, OnboardCustomer) {
    let person = ada().metadata("number", number);
    (format!("customer-{number}"), OnboardCustomer::new(person).consented())
}

/// Something that was agreed to.
pub fn agreed(kind: DisclosureType) -> Disclosed {
    Disclosed::acknowledged(kind, "1.0", now())
}
