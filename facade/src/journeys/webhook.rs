//! Subscribing to events, and the secret that signs them.

use chrono::{DateTime, Utc};
use synctera_api::{Error, Sensitive, v2};

use super::run::sealed::Sealed;
use super::{Availability, Journey, Run, Steps};
use crate::checks::Checks;
use crate::types::{
    DeleteWebhookSecretQuery, EventFilter, ListWebhooksQuery, ReplaceWebhookSecretRequest, Webhook,
    WebhookInput,
};
use crate::{IntoOption, Items, Synctera};

/// The longest address and note that the platform takes.
const URL_MAX: usize = 1000;
const METADATA_MAX: usize = 1024;

impl Synctera {
    /// Has events sent to an address: a webhook that is there for it is brought up to date, else
    /// one is made. Needs the feature `webhooks`.
    ///
    /// ```
    /// # use synctera::{Error, Synctera};
    /// use synctera::Subscribe;
    /// use synctera::types::EventFilter;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// let request = Subscribe::to("https://bank.example/events")
    ///     .event(EventFilter::PersonVerificationOutcomeUpdated)
    ///     .event(EventFilter::TransactionAny);
    /// let webhook = client.subscribe(&request).await?;
    /// assert!(webhook.is_enabled);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; else what the
    /// platform says.
    pub fn subscribe(&self, request: &Subscribe) -> Run<'static, Subscribe> {
        Run::new(self, request)
    }

    /// Creates the secret that signs the events of all webhooks. The platform shows it once: keep
    /// it where your secrets are. Run again under the same key, within seven days, it shows the same
    /// secret once more. Needs the feature `webhooks`.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use synctera::webhooks::Verifier;
    ///
    /// let secret = client.create_webhook_secret().key("webhook-secret-1").await?.secret;
    /// let verifier = Verifier::new(secret.expose())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `DUPLICATE_RESOURCE` when there is one.
    pub fn create_webhook_secret(&self) -> Run<'static, CreateWebhookSecret> {
        Run::new(self, &CreateWebhookSecret(()))
    }

    /// Replaces the secret, and lets the old one sign beside the new one for 24 hours. Keep the new
    /// one, give it to [`Verifier::roll_to`](crate::webhooks::Verifier::roll_to) of every server,
    /// and end the old one with [`finish_webhook_secret_roll`](Self::finish_webhook_secret_roll).
    /// Nothing is lost in between: what is signed twice is verified by either. Needs the feature
    /// `webhooks`.
    ///
    /// ```
    /// # use synctera::Synctera;
    /// use synctera::webhooks::Verifier;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = synctera_sandbox::Sandbox::start().await?;
    /// # let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
    /// let first = client.create_webhook_secret().key("webhook-secret-1").await?;
    /// let verifier = Verifier::new(first.secret.expose())?;
    ///
    /// let second = client.roll_webhook_secret().key("webhook-secret-2").await?;
    /// verifier.roll_to(second.secret.expose())?;
    /// // When every server has it:
    /// client.finish_webhook_secret_roll().await?;
    /// verifier.finish_roll();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `RESOURCE_NOT_FOUND` when there is no secret yet.
    pub fn roll_webhook_secret(&self) -> Run<'static, RollWebhookSecret> {
        Run::new(self, &RollWebhookSecret(()))
    }

    /// Ends the old secret before its 24 hours are over. Needs the feature `webhooks`.
    ///
    /// # Errors
    /// `RESOURCE_NOT_FOUND` when no secret is being exchanged.
    pub async fn finish_webhook_secret_roll(&self) -> Result<(), Error> {
        let query = DeleteWebhookSecretQuery { old_secret_only: Some(true) };
        self.api().delete_webhook_secret(&query).await?;
        Ok(())
    }
}

/// Asks for events at an address; see [`Synctera::subscribe`].
#[derive(Clone, Debug)]
pub struct Subscribe {
    url: String,
    events: Vec<EventFilter>,
    description: Option<String>,
    metadata: Option<String>,
}

impl Subscribe {
    /// Events are sent to this address.
    pub fn to(url: impl Into<String>) -> Self {
        Self { url: url.into(), events: Vec::new(), description: None, metadata: None }
    }

    /// Wants events of this type, or of all types of a wildcard, later ones included.
    #[must_use]
    pub fn event(mut self, event: impl Into<EventFilter>) -> Self {
        self.events.push(event.into());
        self
    }

    /// Wants events of these types.
    #[must_use]
    pub fn events(mut self, events: impl IntoIterator<Item = impl Into<EventFilter>>) -> Self {
        self.events.extend(events.into_iter().map(Into::into));
        self
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, text: impl IntoOption<String>) -> Self {
        self.description = text.into_option();
        self
    }

    /// A text of yours that comes back with every event; nothing confidential.
    #[must_use]
    pub fn metadata(mut self, text: impl IntoOption<String>) -> Self {
        self.metadata = text.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        let is_web = reqwest::Url::parse(&self.url)
            .is_ok_and(|url| ["https", "http"].contains(&url.scheme()) && url.has_host());
        let fits = is_web && self.url.chars().count() <= URL_MAX;
        checks.ensure(fits, "url", "must begin with https:// and have at most 1000 characters");
        checks.given(!self.events.is_empty(), "enabled_events");
        let metadata = self.metadata.as_deref().unwrap_or_default();
        let is_short = metadata.chars().count() <= METADATA_MAX;
        checks.ensure(is_short, "metadata", "must have at most 1024 characters");
        checks.finish()
    }

    fn to_input(&self) -> WebhookInput {
        WebhookInput {
            description: self.description.clone(),
            metadata: self.metadata.clone(),
            ..WebhookInput::new(self.events.clone(), true, self.url.clone())
        }
    }

    /// Whether a webhook is what this asks for.
    fn is_met_by(&self, webhook: &Webhook) -> bool {
        let wanted = |event| self.events.contains(event);
        webhook.is_enabled
            && webhook.enabled_events.iter().all(wanted)
            && self.events.iter().all(|event| webhook.enabled_events.contains(event))
            && webhook.description == self.description
            && webhook.metadata == self.metadata
    }
}

impl Sealed for Subscribe {}

impl Journey for Subscribe {
    type Outcome = Webhook;

    const NAME: &'static str = "subscribe";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Webhook, Error> {
        self.check()?;
        let body = self.to_input();
        let id = |webhook: &Webhook| webhook.id.map_or_else(String::new, |id| id.to_string());
        let known = find(steps.api(), &self.url).await?;
        let Some(known) = known else {
            return steps.add("", |api| api.create_webhook(&body), id).await;
        };
        let Some(known_id) = known.id.filter(|_| !self.is_met_by(&known)) else {
            return Ok(known);
        };
        // Changed again and again, it must not be answered as it was the first time.
        let since = known.last_updated.map_or_else(String::new, |moment| moment.to_rfc3339());
        steps.write(&since, |api| api.replace_webhook(known_id, &body), id).await
    }
}

/// The webhook of an address, if there is one.
async fn find(api: &v2::Client, url: &str) -> Result<Option<Webhook>, Error> {
    let webhooks = Items::of(api.clone(), ListWebhooksQuery::default());
    webhooks.first_where(|webhook| webhook.url == url).await
}

/// Asks for the first secret; see [`Synctera::create_webhook_secret`].
#[derive(Clone, Debug)]
pub struct CreateWebhookSecret(());

/// Asks for a new secret beside the old one; see [`Synctera::roll_webhook_secret`].
#[derive(Clone, Debug)]
pub struct RollWebhookSecret(());

/// A secret that the platform shows once.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewWebhookSecret {
    /// The secret itself.
    pub secret: Sensitive<String>,
    /// When the one before it ends, if there was one.
    pub old_ends_at: Option<DateTime<Utc>>,
}

/// What progress says of a secret: never the secret.
const SECRET: &str = "secret";

impl Sealed for CreateWebhookSecret {}

impl Journey for CreateWebhookSecret {
    type Outcome = NewWebhookSecret;

    const NAME: &'static str = "create_webhook_secret";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<NewWebhookSecret, Error> {
        let made =
            steps.write("", |api| api.create_webhook_secret(), |_| SECRET.to_owned()).await?;
        let secret = made.secret.ok_or_else(|| Error::incomplete_answer(Self::NAME, "secret"))?;
        Ok(NewWebhookSecret { secret, old_ends_at: None })
    }
}

impl Sealed for RollWebhookSecret {}

impl Journey for RollWebhookSecret {
    type Outcome = NewWebhookSecret;

    const NAME: &'static str = "roll_webhook_secret";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<NewWebhookSecret, Error> {
        let body = ReplaceWebhookSecretRequest { is_rolling_secret: Some(true) };
        let made = steps
            .write_new("", |api| api.replace_webhook_secret(&body), |_| SECRET.to_owned())
            .await?;
        let secret = made.secret.ok_or_else(|| Error::incomplete_answer(Self::NAME, "secret"))?;
        Ok(NewWebhookSecret { secret, old_ends_at: made.deleted_at })
    }
}
