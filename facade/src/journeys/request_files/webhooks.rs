//! Requests about webhooks.

use serde::Deserialize;

use super::{MemberError, Members, read_by_members};
use crate::types::EventFilter;
use crate::{CreateWebhookSecret, FinishWebhookSecretRoll, RollWebhookSecret, Subscribe};

read_by_members! {
    SubscribeMembers => Subscribe,
    CreateWebhookSecretMembers => CreateWebhookSecret,
    RollWebhookSecretMembers => RollWebhookSecret,
    FinishWebhookSecretRollMembers => FinishWebhookSecretRoll,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct SubscribeMembers {
    url: String,
    enabled_events: Vec<EventFilter>,
    description: Option<String>,
    metadata: Option<String>,
}

impl Members for SubscribeMembers {
    type Request = Subscribe;

    fn into_request(self) -> Result<Subscribe, MemberError> {
        Ok(Subscribe::to(self.url)
            .events(self.enabled_events)
            .description(self.description)
            .metadata(self.metadata))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct CreateWebhookSecretMembers {}

impl Members for CreateWebhookSecretMembers {
    type Request = CreateWebhookSecret;

    fn into_request(self) -> Result<CreateWebhookSecret, MemberError> {
        Ok(CreateWebhookSecret::new())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RollWebhookSecretMembers {}

impl Members for RollWebhookSecretMembers {
    type Request = RollWebhookSecret;

    fn into_request(self) -> Result<RollWebhookSecret, MemberError> {
        Ok(RollWebhookSecret::new())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct FinishWebhookSecretRollMembers {}

impl Members for FinishWebhookSecretRollMembers {
    type Request = FinishWebhookSecretRoll;

    fn into_request(self) -> Result<FinishWebhookSecretRoll, MemberError> {
        Ok(FinishWebhookSecretRoll::new())
    }
}
