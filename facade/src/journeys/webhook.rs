//! Webhooks: subscribing to events, and the signing secret.

use chrono::{DateTime, Utc};
use synctera_api::{Error, Sensitive, v2};

use super::journey::sealed::Sealed;
use super::{Availability, Journey, Run, Steps};
use crate::checks::Checks;
use crate::types::{
    DeleteWebhookSecretQuery, EventFilter, ListWebhooksQuery, ReplaceWebhookSecretRequest, Webhook,
    WebhookInput,
};
use crate::{IntoOption, Items, Synctera};

/// The maximum lengths, in characters.
const URL_MAX: usize = 1000;
const METADATA_MAX: usize = 1024;

impl Synctera {
    /// Subscribes a URL to events: updates the webhook of this URL if there is one, otherwise
    /// creates one. With the feature `webhooks`.
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent; otherwise the
    /// platform's errors.
    pub fn subscribe(&self, request: &Subscribe) -> Run<'static, Subscribe> {
        Run::new(self, request)
    }

    /// Creates the secret that signs the events of all webhooks. The platform returns it once:
    /// store it with your secrets. The same run under the same key, within seven days, returns the
    /// same secret again. With the feature `webhooks`.
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
    /// The platform's errors: `DUPLICATE_RESOURCE` when there is a secret already.
    pub fn create_webhook_secret(&self) -> Run<'static, CreateWebhookSecret> {
        Run::of(self, CreateWebhookSecret::new())
    }

    /// Replaces the signing secret. For 24 hours the platform signs events with both the old and
    /// the new one, so that either verifies them. Store the new secret, pass it to
    /// [`Verifier::roll_to`](crate::webhooks::Verifier::roll_to) on every server, and end the old
    /// one with [`finish_webhook_secret_roll`](Self::finish_webhook_secret_roll). With the feature
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
    /// // When every server has the new secret:
    /// client.finish_webhook_secret_roll().key("webhook-secret-2").await?;
    /// verifier.finish_roll();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `RESOURCE_NOT_FOUND` when there is no secret yet.
    pub fn roll_webhook_secret(&self) -> Run<'static, RollWebhookSecret> {
        Run::of(self, RollWebhookSecret::new())
    }

    /// Ends the old secret before its 24 hours are over. With the feature `webhooks`.
    ///
    /// # Errors
    /// The platform's errors: `RESOURCE_NOT_FOUND` when no secret is being replaced.
    pub fn finish_webhook_secret_roll(&self) -> Run<'static, FinishWebhookSecretRoll> {
        Run::new(self, &FinishWebhookSecretRoll(()))
    }
}

/// A request to subscribe a URL to events; see [`Synctera::subscribe`].
#[derive(Clone, Debug)]
pub struct Subscribe {
    url: String,
    events: Vec<EventFilter>,
    description: Option<String>,
    metadata: Option<String>,
}

impl Subscribe {
    /// Subscribes this URL, of at most 1000 characters. At least one [`event`](Self::event) is
    /// required.
    pub fn to(url: impl Into<String>) -> Self {
        Self { url: url.into(), events: Vec::new(), description: None, metadata: None }
    }

    /// Adds an event type, or a wildcard, which includes types that the platform adds later. May be
    /// repeated.
    #[must_use]
    pub fn event(mut self, event: impl Into<EventFilter>) -> Self {
        self.events.push(event.into());
        self
    }

    /// Adds event types or wildcards.
    #[must_use]
    pub fn events(mut self, events: impl IntoIterator<Item = impl Into<EventFilter>>) -> Self {
        self.events.extend(events.into_iter().map(Into::into));
        self
    }

    /// A description of the webhook.
    #[must_use]
    pub fn description(mut self, text: impl IntoOption<String>) -> Self {
        self.description = text.into_option();
        self
    }

    /// A text of your own, of at most 1024 characters, which every event contains. Do not put
    /// secrets in it.
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
        checks.ensure(fits, "url", "must start with https:// and have at most 1000 characters");
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

    /// Whether a webhook is as requested.
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
        // Each change needs a key of its own, or it would get the answer to an earlier one.
        let since = known.last_updated.map_or_else(String::new, |moment| moment.to_rfc3339());
        steps.write(&since, |api| api.replace_webhook(known_id, &body), id).await
    }
}

/// The webhook of a URL, if there is one.
async fn find(api: &v2::Client, url: &str) -> Result<Option<Webhook>, Error> {
    let webhooks = Items::of(api.clone(), ListWebhooksQuery::default());
    webhooks.first_where(|webhook| webhook.url == url).await
}

/// A request to create the signing secret; see [`Synctera::create_webhook_secret`].
#[derive(Clone, Debug, Default)]
pub struct CreateWebhookSecret(());

impl CreateWebhookSecret {
    /// The request has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

/// A request to replace the signing secret; see [`Synctera::roll_webhook_secret`].
#[derive(Clone, Debug, Default)]
pub struct RollWebhookSecret(());

impl RollWebhookSecret {
    /// The request has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

/// A request to end the previous secret; see [`Synctera::finish_webhook_secret_roll`].
#[derive(Clone, Debug, Default)]
pub struct FinishWebhookSecretRoll(());

impl FinishWebhookSecretRoll {
    /// The request has no settings.
    pub fn new() -> Self {
        Self(())
    }
}

/// A signing secret, which the platform returns once.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewWebhookSecret {
    /// The secret.
    pub secret: Sensitive<String>,
    /// When the previous secret ends, if there was one.
    pub old_ends_at: Option<DateTime<Utc>>,
}

/// The resource in progress; the secret itself must not be there.
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

impl Sealed for FinishWebhookSecretRoll {}

impl Journey for FinishWebhookSecretRoll {
    type Outcome = ();

    const NAME: &'static str = "finish_webhook_secret_roll";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<(), Error> {
        let query = DeleteWebhookSecretQuery { old_secret_only: Some(true) };
        steps.write("", |api| api.delete_webhook_secret(&query), |()| SECRET.to_owned()).await
    }
}
