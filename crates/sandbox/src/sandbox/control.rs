//! What the control API does over HTTP, from Rust: faults, keys, events, the books, and what only
//! the platform's own staff can do.

use std::collections::BTreeMap;
use std::fmt::Display;

use synctera_api::runtime::PersonId;
use synctera_api::v2::types::{AccountStatus, EventType, MonitoringAlertType};

use super::Sandbox;
use crate::domain::accounts::standing;
use crate::domain::ach::stops;
use crate::domain::{bans, monitoring, webhooks};
use crate::engine;
use crate::error::Error;
use crate::model::state::{
    ApiKeyInfo, Fixture, NewApiKey, SandboxState, SignatureCheck, WebhookQueue,
};
use crate::registry;
use crate::server::faults::{BadFault, Fault};
use crate::spec::stored_id;
use crate::store::ledger_audit::LedgerAudit;

impl Sandbox {
    /// What the sandbox is and holds.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn state(&self) -> Result<SandboxState, Error> {
        Ok(self.app.state()?)
    }

    /// The number of resources by kind, over all workspaces: shows what was made, and that nothing
    /// was made twice.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn counts(&self) -> Result<BTreeMap<String, u64>, Error> {
        Ok(self.app.engine.counts()?)
    }

    /// Recomputes the whole ledger from its postings: balances, sums and holds, of all workspaces.
    ///
    /// # Errors
    /// [`Error::LedgerDoesNotAddUp`] with what was found, when a balance or a hold is wrong or the
    /// postings of a transaction do not sum to zero; [`Error::Store`] when the storage fails.
    pub fn audit(&self) -> Result<LedgerAudit, Error> {
        let audit = self.app.engine.audit()?;
        if audit.adds_up() { Ok(audit) } else { Err(Error::LedgerDoesNotAddUp(Box::new(audit))) }
    }

    /// Forgets everything, and is as it was when it was started on nothing: resources, keys,
    /// settings, faults, events and the clock. `POST /v0/wipe` empties one workspace instead.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub async fn reset(&self) -> Result<(), Error> {
        Ok(self.app.reset().await?)
    }

    /// Makes requests fail, from now on. Returns the number by which the fault is known.
    ///
    /// # Errors
    /// [`BadFault`] when the fault contradicts itself or has a value out of range.
    pub fn add_fault(&self, fault: Fault) -> Result<u64, BadFault> {
        self.app.faults.add(fault)
    }

    /// The faults that requests still meet, by their numbers.
    pub fn faults(&self) -> BTreeMap<u64, Fault> {
        self.app.faults.all().into_iter().collect()
    }

    /// Removes a fault by its number. Returns whether there was one.
    pub fn remove_fault(&self, number: u64) -> bool {
        self.app.faults.remove(number)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.app.faults.clear();
    }

    /// Delivers every webhook event that is due by the sandbox's clock, and waits until each was
    /// answered or its time for an answer is over. Events that the subscribers cause meanwhile are
    /// delivered, too. A failed delivery is tried again when its next attempt is due: move the clock
    /// first.
    ///
    /// Events are delivered in the background anyhow; a test calls this instead of sleeping.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails. A subscriber that fails is not an error.
    pub async fn deliver_webhooks(&self) -> Result<(), Error> {
        Ok(self.app.dispatcher.deliver_due().await?)
    }

    /// The events on their way to webhooks: how many, and when the next ones are sent.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn webhook_queue(&self) -> Result<WebhookQueue, Error> {
        Ok(self.app.engine.webhook_queue()?)
    }

    /// Whether a delivery has a signature of this workspace, such as `1_1`: its timestamp (the header
    /// `Request-Timestamp`), its signature (`Synctera-Signature`) and its body as they arrived. Says what
    /// is probably wrong if not.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such workspace; [`Error::Store`] when the storage fails.
    pub fn check_webhook_signature(
        &self,
        workspace: &str,
        timestamp: &str,
        signature: &str,
        body: &str,
    ) -> Result<SignatureCheck, Error> {
        let engine = &self.app.engine;
        let secrets = engine.read_in(workspace, webhooks::current)?;
        Ok(webhooks::check_signature(&secrets, engine.now(), timestamp, signature, body)?)
    }

    /// What the entries of fixtures created, in their order, with the ids.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn fixtures(&self) -> Result<Vec<Fixture>, Error> {
        Ok(self.app.engine.fixtures()?)
    }

    /// Keeps what entries of fixtures created with the data, beside what is kept already: a snapshot
    /// and a data file have it, too.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn record_fixtures(&self, fixtures: &[Fixture]) -> Result<(), Error> {
        let workspace = self.app.engine.workspace_of(&self.api_key)?;
        Ok(self.app.engine.record_fixtures(&workspace, fixtures)?)
    }

    /// The API keys that it accepts, without the keys themselves.
    pub fn api_keys(&self) -> Vec<ApiKeyInfo> {
        self.app.engine.keys().iter().map(|key| key.info()).collect()
    }

    /// Makes a workspace that nobody has used, and an API key for it: for a test that is to see
    /// nothing of others on the same sandbox.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn create_workspace(&self) -> Result<NewApiKey, Error> {
        Ok(self.app.engine.add_key(None, None)?.into())
    }

    /// Makes an API key for a workspace, and the workspace if there is none of this name. A name is
    /// two numbers, like `1_2`. The key is kept with the data.
    ///
    /// # Errors
    /// [`Error::Refused`] when the name is none of a workspace.
    pub fn create_api_key(&self, workspace: &str) -> Result<NewApiKey, Error> {
        Ok(self.app.engine.add_key(Some(workspace), None)?.into())
    }

    /// Accepts a given API key for a workspace; otherwise as [`Sandbox::create_api_key`].
    ///
    /// # Errors
    /// [`Error::Refused`] when the key is known already or has anything but 1 to 256 visible ASCII
    /// characters, or when the name is none of a workspace.
    pub fn add_api_key(&self, api_key: &str, workspace: &str) -> Result<ApiKeyInfo, Error> {
        Ok(self.app.engine.add_key(Some(workspace), Some(api_key.to_owned()))?.known.info())
    }

    /// Stops accepting an API key, by its [id](ApiKeyInfo::id). Its workspace stays.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such key, or the sandbox was started with it.
    pub fn remove_api_key(&self, id: &str) -> Result<(), Error> {
        Ok(self.app.engine.remove_key(id)?)
    }

    /// Raises an event of a type about one resource, by its id, for each webhook that wants it. The resource stays
    /// as it is. Returns the ids of the events, one for each of these webhooks.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such resource, or no event of this type is about one.
    pub fn raise_event(
        &self,
        event_type: &EventType,
        resource: impl Display,
    ) -> Result<Vec<String>, Error> {
        let (event, id) = (event_type.as_str(), stored_id(resource));
        let raised = self.app.engine.act(|ctx| registry::raise_event(ctx, event, &id))?;
        Ok(raised.iter().map(ToString::to_string).collect())
    }

    /// Raises a monitoring alert about a person or a business, by its id, as if a list named it.
    /// Returns the alert's id.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such party, or it is not monitored.
    pub fn raise_alert(
        &self,
        party: impl Display,
        alert_type: &MonitoringAlertType,
    ) -> Result<String, Error> {
        let party = stored_id(party);
        Ok(self.app.engine.act(|ctx| monitoring::raise(ctx, &party, alert_type))?)
    }

    /// Stops further ACH debits of an originator on an account, as the bank's staff does: they are
    /// returned with R08. Returns the id of the stop payment.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such account.
    pub fn stop_payment(&self, account: impl Display, originator: &str) -> Result<String, Error> {
        let account = stored_id(account);
        let stop = self.app.engine.act(|ctx| stops::add(ctx, &account, originator, None))?;
        Ok(stop.stop_payment_id.to_string())
    }

    /// Sets the status of an account, as the platform's staff does; `note` says why, and may be
    /// empty. `CHARGED_OFF` writes off what is owed and ends the account. From `ACTIVE_OR_DISBURSED`
    /// on, the rules decide again. Returns the status that the account has then.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such account, it has ended, or it cannot have the status:
    /// `IN_CLOSING` and `CLOSED` follow from closing it, and some are for credit accounts alone.
    pub fn set_account_status(
        &self,
        account: impl Display,
        status: &AccountStatus,
        note: &str,
    ) -> Result<AccountStatus, Error> {
        let id = stored_id(account);
        let set = self.app.engine.act(|ctx| standing::set_by_staff(ctx, &id, status, note))?;
        Ok(set.status.clone().unwrap_or(AccountStatus::ActiveOrDisbursed))
    }

    /// Bans the identity of a person, as the platform's staff does: each person with the same social
    /// security number, or the same name and day of birth, is `BANNED`, including those who are created
    /// later. None of them can be verified or move money. Returns the ids of those who match.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such person.
    pub fn ban_person(&self, person: impl Display) -> Result<Vec<PersonId>, Error> {
        let id = stored_id(person);
        Ok(self.app.engine.act(|ctx| bans::add(ctx, &id))?)
    }

    /// Lifts the ban on the identity of a person. Returns the ids of those who are allowed again.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such person.
    pub fn lift_ban(&self, person: impl Display) -> Result<Vec<PersonId>, Error> {
        let id = stored_id(person);
        Ok(self.app.engine.act(|ctx| bans::lift(ctx, &id))?)
    }
}

impl From<engine::NewKey> for NewApiKey {
    fn from(made: engine::NewKey) -> Self {
        let ApiKeyInfo { id, workspace, .. } = made.known.info();
        Self { id, workspace, api_key: made.key.key }
    }
}
