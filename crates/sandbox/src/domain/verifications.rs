//! KYC and KYB: run the checks, or record those of another vendor.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use synctera_api::runtime::PersonId;
use synctera_api::v0;
use synctera_api::v2::types::{
    self, BusinessStructure, NewVerification, RelationshipType, Verification as Wire,
    VerificationResult, VerificationStatus, VerificationType,
};

use crate::domain::accounts::standing;
use crate::domain::cases::CaseReason;
use crate::domain::kyb::Finding;
use crate::domain::parties::{Business, Party, PartyId, PartyIds, PartyRecord};
use crate::domain::relationships::{Ends, Relationship};
use crate::domain::{bans, cases, kyb, monitoring, personal_ids, risk_ratings};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, complete};
use crate::spec::FieldErrors;

pub(crate) const VERIFICATION: Kind = Kind {
    name: "verification",
    id: "id",
    keys: &[
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("type", "/verification_type"),
        ("result", "/result"),
        ("is_current", "/_facts/is_current"),
    ],
};

/// What one check of a party found.
pub(crate) enum Verification {}

impl Resource for Verification {
    const KIND: &'static Kind = &VERIFICATION;
    type Wire = Wire;
    type Facts = VerificationFacts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct VerificationFacts {
    /// No later check of this type replaced it: only such checks count, and the others are history.
    pub(crate) is_current: bool,
    /// The type as it was recorded through v0, which shows it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) older_type: Option<v0::types::KycVerificationType>,
    /// What was recorded with it through v0, which shows it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) raw_response: Option<v0::types::RawResponse>,
}

/// The job in which a vendor says what it could not say at once.
pub(crate) const ANSWER: &str = "verification.answer";

/// Stores what another vendor found of a party that is known well enough.
pub(crate) fn record(
    ctx: &Ctx<'_>,
    subject: PartyRecord,
    found: &NewVerification,
    facts: VerificationFacts,
) -> Result<Record<Verification>, ApiError> {
    bans::check(&subject)?;
    let mut errors = match &subject {
        PartyRecord::Person(person) => missing(&[
            ("first_name", person.first_name.is_some()),
            ("last_name", person.last_name.is_some()),
            ("dob", person.dob.is_some()),
            ("legal_address", person.legal_address.is_some()),
            ("shipping_address", person.shipping_address.is_some()),
        ]),
        PartyRecord::Business(business) => missing_of_business(business),
    };
    let is_given = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    if !is_given(subject.email()) && !is_given(subject.phone_number()) {
        errors.merge(FieldErrors::invalid("email", "an email or a phone number must be on file"));
    }
    let (field, has_id) = match &subject {
        PartyRecord::Person(person) => {
            let ssn = person.ssn.as_ref().map(|ssn| ssn.expose().as_str());
            let id = subject.id().to_string();
            ("ssn", is_given(ssn) || !personal_ids::of(ctx, &id)?.is_empty())
        }
        PartyRecord::Business(business) => {
            let ein = business.ein.as_ref().map(|ein| ein.expose().as_str());
            let is_one_person = business.structure == Some(BusinessStructure::SoleProprietorship);
            ("ein", is_given(ein) || is_one_person)
        }
    };
    if !has_id {
        errors.merge(FieldErrors::missing(field));
    }
    errors.refused()?;
    let verification = store(ctx, &subject, found, facts)?;
    settle(ctx, subject)?;
    Ok(verification)
}

/// Of some properties, those that are not there.
fn missing(properties: &[(&str, bool)]) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for (field, _) in properties.iter().filter(|(_, is_there)| !is_there) {
        errors.merge(FieldErrors::missing(field));
    }
    errors
}

fn missing_of_business(business: &types::Business) -> FieldErrors {
    missing(&[
        ("entity_name", business.entity_name.is_some()),
        ("legal_address", business.legal_address.is_some()),
    ])
}

/// Runs the `wanted` checks of a party, with the document that was shown in a session: its new
/// status, and what each check found.
pub(crate) fn run(
    ctx: &Ctx<'_>,
    subject: PartyRecord,
    document: Option<&str>,
    wanted: &dyn Fn(&VerificationType) -> bool,
) -> Result<(VerificationStatus, Vec<Record<Verification>>), ApiError> {
    bans::check(&subject)?;
    let errors = match &subject {
        PartyRecord::Person(person) => missing(&[
            ("first_name", person.first_name.is_some()),
            ("last_name", person.last_name.is_some()),
            ("dob", person.dob.is_some()),
            ("email", person.email.is_some()),
            ("phone_number", person.phone_number.is_some()),
            ("legal_address", person.legal_address.is_some()),
            ("ssn", person.ssn.is_some()),
        ]),
        PartyRecord::Business(business) => missing_of_business(business),
    };
    errors.refused()?;
    let document = document.map(|token| document_of(ctx, &subject, token)).transpose()?;
    let findings = match &subject {
        PartyRecord::Person(person) => kyb::check_person(person, document),
        PartyRecord::Business(business) => {
            kyb::check_business(business, &owners(ctx, subject.id())?)
        }
    };
    let mut verifications = Vec::new();
    for Finding { verification_type, result, details } in findings {
        if !wanted(&verification_type) {
            continue;
        }
        let is_pending = result == VerificationResult::Pending;
        let found = NewVerification::new(result, ctx.now, verification_type);
        let found = complete(&found, json!({ "details": details }))?;
        let row = store_whole(ctx, &subject, found, VerificationFacts::default())?;
        if is_pending {
            let answer =
                ctx.now + Duration::minutes(ctx.settings.pending_verification_minutes.into());
            let id = row.id.map(|id| id.to_string()).unwrap_or_default();
            ctx.tx.schedule(ctx.tenant, answer.timestamp_millis(), ANSWER, &id)?;
        }
        verifications.push(row);
    }
    Ok((settle(ctx, subject)?, verifications))
}

/// The vendor has its answer: what was pending is fine.
pub(crate) fn answer(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut row) = ctx.find::<Verification>(id)? else {
        return Ok(());
    };
    // A newer check, or a manual decision, replaced it.
    if !row.facts.is_current || row.result != VerificationResult::Pending {
        return Ok(());
    }
    let ids =
        PartyIds { person_id: row.person_id, business_id: row.business_id, ..PartyIds::default() };
    let Some(subject) = ids.find(ctx, "")? else {
        return Ok(());
    };
    // Who was banned meanwhile does not pass.
    row.result = match bans::check(&subject) {
        Ok(()) => VerificationResult::Accepted,
        Err(_) => VerificationResult::Rejected,
    };
    row.last_updated_time = Some(ctx.now);
    ctx.save(&row)?;
    settle(ctx, subject).map(drop)
}

/// The verification statuses of the people and the businesses behind a business.
fn owners(ctx: &Ctx<'_>, business: PartyId) -> Result<Vec<VerificationStatus>, ApiError> {
    let mut statuses = Vec::new();
    for relationship in ctx.find_all::<Relationship>("to_business", business)? {
        let Ends { from_person_id, from_business_id, .. } = relationship.ends;
        let behind = match (&relationship.relationship_type, from_person_id, from_business_id) {
            (
                RelationshipType::BeneficialOwnerOf | RelationshipType::ManagingPersonOf,
                Some(person),
                _,
            ) => ctx.find(person)?.map(PartyRecord::Person),
            (RelationshipType::OwnerOf, _, Some(business)) => {
                ctx.find(business)?.map(PartyRecord::Business)
            }
            _ => None,
        };
        statuses.extend(behind.map(|behind| behind.verification_status().clone()));
    }
    Ok(statuses)
}

/// Under which key the verifications of a party are found.
fn key_of(party: Party) -> &'static str {
    match party {
        Party::Person => "person",
        Party::Business => "business",
    }
}

/// Stores what another vendor found.
fn store(
    ctx: &Ctx<'_>,
    subject: &PartyRecord,
    found: &NewVerification,
    facts: VerificationFacts,
) -> Result<Record<Verification>, ApiError> {
    store_whole(ctx, subject, complete(found, json!({}))?, facts)
}

/// Stores a row; an older one of the same type becomes history.
fn store_whole(
    ctx: &Ctx<'_>,
    subject: &PartyRecord,
    mut found: Wire,
    facts: VerificationFacts,
) -> Result<Record<Verification>, ApiError> {
    for mut older in ctx.find_all::<Verification>(key_of(subject.party()), subject.id())? {
        if older.facts.is_current && older.verification_type == found.verification_type {
            older.facts.is_current = false;
            ctx.save(&older)?;
        }
    }
    found.id = Some(ctx.new_id()?.into());
    match subject.party() {
        Party::Person => found.person_id = Some(subject.id().as_uuid().into()),
        Party::Business => found.business_id = Some(subject.id().as_uuid().into()),
    }
    found.creation_time = Some(ctx.now);
    found.last_updated_time = Some(ctx.now);
    let row = Record::new(found, VerificationFacts { is_current: true, ..facts });
    ctx.add(&row)?;
    Ok(row)
}

/// Whether the watchlists name somebody like a party, by the last time they were searched.
pub(crate) fn is_on_watchlist(ctx: &Ctx<'_>, party: &PartyRecord) -> Result<bool, ApiError> {
    let rows = ctx.find_all::<Verification>(key_of(party.party()), party.id())?;
    Ok(rows.iter().any(|row| {
        row.facts.is_current
            && row.verification_type == VerificationType::Watchlist
            && matches!(row.result, VerificationResult::Review | VerificationResult::Rejected)
    }))
}

/// The party's status follows its current rows; a manual review overrides all others.
fn settle(ctx: &Ctx<'_>, mut subject: PartyRecord) -> Result<VerificationStatus, ApiError> {
    let mut current = ctx.find_all::<Verification>(key_of(subject.party()), subject.id())?;
    current.retain(|row| row.facts.is_current);
    let manual = current.iter().find(|row| row.verification_type == VerificationType::ManualReview);
    let status = match manual {
        Some(row) => kyb::worst([row.result.clone()].into_iter()),
        None => kyb::worst(current.iter().map(|row| row.result.clone())),
    };
    subject.set_verification(status.clone(), ctx.now);
    subject.save(ctx)?;
    risk_ratings::rate(ctx, &subject)?;
    let reason = CaseReason::VerificationReview;
    match status {
        VerificationStatus::Review => {
            cases::open(ctx, reason, subject.party().kind(), subject.id())?;
        }
        _ => cases::resolve(ctx, reason, subject.id())?,
    }
    standing::follow_party(ctx, subject.id())?;
    if ctx.settings.businesses_follow_their_owners {
        follow_owner(ctx, subject.id())?;
    }
    let is_accepted = status == VerificationStatus::Accepted;
    if is_accepted && ctx.settings.verification_enrolls_in_monitoring {
        monitoring::enroll(ctx, &subject)?;
    }
    Ok(status)
}

/// Looks again at who is behind the businesses that a party is behind, if they were verified.
fn follow_owner(ctx: &Ctx<'_>, owner: PartyId) -> Result<(), ApiError> {
    let key = match owner.party() {
        Party::Person => "from_person",
        Party::Business => "from_business",
    };
    for relationship in ctx.find_all::<Relationship>(key, owner)? {
        let Some(id) = relationship.ends.to_business_id else {
            continue;
        };
        let Some(business) = ctx.find::<Business>(id)? else {
            continue;
        };
        let known = ctx.find_all::<Verification>("business", id)?;
        let current = known.iter().find(|row| {
            row.facts.is_current && row.verification_type == VerificationType::RelatedEntities
        });
        let related = kyb::check_owners(&owners(ctx, PartyId::Business(id))?);
        // One that was never checked waits for that.
        if current.is_none_or(|row| row.result == related.result) {
            continue;
        }
        let business = PartyRecord::Business(business);
        let found = NewVerification::new(related.result, ctx.now, related.verification_type);
        let found = complete(&found, json!({ "details": related.details }))?;
        store_whole(ctx, &business, found, VerificationFacts::default())?;
        settle(ctx, business)?;
    }
    Ok(())
}

/// A session in which a person shows a document; its token is the document's id afterward.
pub(crate) const SESSION: Kind = Kind {
    name: "document verification session",
    id: "session_token",
    keys: &[("person", "/_facts/person_id")],
};

/// A session in which a person shows a document.
pub(crate) enum Session {}

impl Resource for Session {
    const KIND: &'static Kind = &SESSION;
    type Wire = types::DocumentVerificationSessionResponse;
    type Facts = SessionFacts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SessionFacts {
    /// Whose session it is: a document counts for this person alone.
    pub(crate) person_id: Option<PersonId>,
}

/// What the document of a session says: the person's middle name steers it, when it is one of the
/// outcomes. Whether the person has shown a document yet is not checked: the sandbox has no camera.
fn document_of(
    ctx: &Ctx<'_>,
    subject: &PartyRecord,
    token: &str,
) -> Result<VerificationResult, ApiError> {
    let session = ctx.find::<Session>(token)?;
    match (subject, session) {
        (PartyRecord::Person(person), Some(session))
            if session.facts.person_id == Some(person.id) =>
        {
            let steered = person.middle_name.as_deref().and_then(kyb::steered);
            Ok(steered.unwrap_or(VerificationResult::Accepted))
        }
        _ => {
            let reason = "is no document verification session of this person";
            Err(FieldErrors::invalid("document_id", reason).into())
        }
    }
}

/// A party is checked only with its consent.
pub(crate) fn errors_of_consent(body: &Value) -> FieldErrors {
    if body.get("customer_consent") == Some(&Value::Bool(true)) {
        return FieldErrors::default();
    }
    FieldErrors::invalid("customer_consent", "the customer must have agreed to be checked")
}
