//! Who an account belongs to, and who else may use it.

use serde_json::{Value, json};
use synctera_api::runtime::{AccountId, ErrorCode};
use synctera_api::v2::types::{
    self, AccountRelationship, AccountRelationshipInput, AccountRelationshipType as Role,
    CustomerType, VerificationResult, VerificationStatus,
};

use crate::domain::parties::{Party, PartyIds, PartyRecord};
use crate::domain::{bans, kyb, listing};
use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Kind, Record, Resource, complete, one_of, text};
use crate::spec::FieldErrors;

pub(crate) const RELATIONSHIP: Kind = Kind {
    name: "account relationship",
    id: "id",
    keys: &[("account", "/account_id"), ("party", "/customer_id"), ("party", "/business_id")],
};

/// A party's relationship to an account. A person is a customer here, under the older of its names.
pub(crate) enum Relationship {}

impl Resource for Relationship {
    const KIND: &'static Kind = &RELATIONSHIP;
    type Wire = AccountRelationship;
    type Facts = ();
}

/// Whether a relationship makes its party the primary holder; `ACCOUNT_HOLDER` is the deprecated
/// alias.
pub(crate) fn is_primary(role: &Role) -> bool {
    matches!(role, Role::PrimaryAccountHolder | Role::AccountHolder)
}

/// Whether a relationship is only for verified parties.
fn needs_verification(role: &Role) -> bool {
    is_primary(role) || matches!(role, Role::JointAccountHolder | Role::AuthorizedSigner)
}

/// The type of customer that a party is to an account.
pub(crate) fn customer_type(holder: &PartyRecord) -> CustomerType {
    match holder.party() {
        Party::Person => CustomerType::Personal,
        Party::Business => CustomerType::Business,
    }
}

/// The primary holder of an account.
pub(crate) fn holder_of(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<PartyRecord, ApiError> {
    let entries = ctx.find_all::<Relationship>("account", account.own_id())?;
    let primary =
        entries.iter().find(|entry| entry.relationship_type == Role::PrimaryAccountHolder);
    primary
        .map(|entry| ids_of(entry).find(ctx, ""))
        .transpose()?
        .flatten()
        .ok_or_else(|| ApiError::Internal("an account without a holder".to_owned()))
}

/// Whether everybody who holds an account is verified. An authorized user need not be.
pub(crate) fn are_verified(ctx: &Ctx<'_>, account: &Record<Account>) -> Result<bool, ApiError> {
    let parties = related(ctx, account.own_id())?;
    Ok(parties.iter().all(|(role, party)| {
        let holds = is_primary(role) || *role == Role::JointAccountHolder;
        !holds || *party.verification_status() == VerificationStatus::Accepted
    }))
}

/// What a party is to an account, if it is related to it.
pub(crate) fn role_of(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    party: &str,
) -> Result<Option<Role>, ApiError> {
    let entries = ctx.find_all::<Relationship>("account", account.own_id())?;
    let theirs = entries.into_iter().find(|entry| is_of(entry, party));
    Ok(theirs.map(|entry| entry.wire.relationship_type))
}

/// The ids of the party of a relationship.
fn ids_of(entry: &AccountRelationship) -> PartyIds {
    PartyIds {
        person_id: entry.person_id,
        customer_id: entry.customer_id,
        business_id: entry.business_id,
    }
}

/// Everybody who is related to an account: in which way, and who it is.
pub(crate) fn related(
    ctx: &Ctx<'_>,
    account: AccountId,
) -> Result<Vec<(Role, PartyRecord)>, ApiError> {
    let mut all = Vec::new();
    for entry in ctx.find_all::<Relationship>("account", account)? {
        if let Some(party) = ids_of(&entry).find(ctx, "")? {
            all.push((entry.wire.relationship_type, party));
        }
    }
    Ok(all)
}

/// Whether a person of the name that the query asks for is related to an account.
pub(crate) fn is_held_by_one_called(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
) -> Result<bool, ApiError> {
    let asked = |name: &str| ctx.request.query.get(name).and_then(Value::as_str);
    let (first, last) = (asked("first_name"), asked("last_name"));
    if first.is_none() && last.is_none() {
        return Ok(true);
    }
    let is_called = |wanted: Option<&str>, name: &Option<String>| {
        wanted.is_none_or(|wanted| listing::matches(wanted, name.as_deref().unwrap_or_default()))
    };
    let parties = related(ctx, account.own_id())?;
    Ok(parties.iter().any(|(_, party)| match party {
        PartyRecord::Person(person) => {
            is_called(first, &person.first_name) && is_called(last, &person.last_name)
        }
        PartyRecord::Business(_) => false,
    }))
}

/// The id of the relationship between an account and a party; empty when there is none.
pub(crate) fn tie(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    party: &str,
) -> Result<String, ApiError> {
    let entries = ctx.find_all::<Relationship>("account", account.own_id())?;
    let theirs = entries.iter().find(|entry| is_of(entry, party));
    Ok(theirs.and_then(|entry| entry.id).map(|id| id.to_string()).unwrap_or_default())
}

/// Whether a relationship is that of a party.
pub(crate) fn is_of(entry: &AccountRelationship, party: &str) -> bool {
    entry.customer_id.is_some_and(|id| id.to_string() == party)
        || entry.business_id.is_some_and(|id| id.to_string() == party)
}

/// What is wrong with the relationships of a new account, by themselves. They may be anything.
pub(crate) fn errors_of_all(entries: Option<&Value>) -> FieldErrors {
    let entries = entries.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        return FieldErrors::missing("relationships");
    }
    let mut errors = FieldErrors::default();
    let is_one_of_holder = |entry: &&Value| is_primary(&text(entry, "relationship_type").into());
    if entries.iter().filter(is_one_of_holder).count() != 1 {
        let reason = "exactly one must be a PRIMARY_ACCOUNT_HOLDER";
        errors.merge(FieldErrors::invalid("relationships", reason));
    }
    for (index, entry) in entries.iter().enumerate() {
        errors.merge(errors_of(entry).under(&format!("relationships[{index}]")));
    }
    errors
}

/// What is wrong with a relationship by itself: it names one party.
pub(crate) fn errors_of(entry: &Value) -> FieldErrors {
    one_of(entry, &["customer_id", "business_id", "person_id"])
}

/// Checks the relationships of a new account; the holder it will have.
pub(crate) fn check_all(
    ctx: &Ctx<'_>,
    entries: &[AccountRelationshipInput],
) -> Result<PartyRecord, ApiError> {
    let mut holder = None;
    for (index, entry) in entries.iter().enumerate() {
        let party = check(ctx, &stored(entry)?, &format!("relationships[{index}]."))?;
        if is_primary(&entry.relationship_type) {
            holder = Some(party);
        }
    }
    holder.ok_or_else(|| ApiError::Internal("an account without a holder".to_owned()))
}

/// A relationship as it will be stored, without what the platform sets.
pub(crate) fn stored(entry: &AccountRelationshipInput) -> Result<AccountRelationship, ApiError> {
    complete(entry, json!({}))
}

/// The party of a relationship; refused when it may not have this one. The place of a relationship
/// in a list of a body is `relationships[0].`.
pub(crate) fn check(
    ctx: &Ctx<'_>,
    entry: &AccountRelationship,
    place: &str,
) -> Result<PartyRecord, ApiError> {
    let party = ids_of(entry).find_one(ctx, place)?;
    let role = &entry.relationship_type;
    let verification = party.verification_status();
    if needs_verification(role) && *verification != VerificationStatus::Accepted {
        let detail = format!(
            "{} needs verification_status ACCEPTED; this {} has {}",
            role.as_str(),
            party.party().kind().name,
            verification.as_str()
        );
        return Err(ApiError::rule(party.party().not_verified(), detail));
    }
    bans::check(&party)?;
    let holds = is_primary(role) || *role == Role::JointAccountHolder;
    if holds && ctx.settings.account_holders_are_active_customers {
        check_customer(&party)?;
    }
    if *role == Role::AuthorizedUser
        && let PartyRecord::Person(person) = &party
    {
        check_authorized_user(ctx, person)?;
    }
    Ok(party)
}

/// Whoever holds an account is a customer in good standing.
fn check_customer(party: &PartyRecord) -> Result<(), ApiError> {
    let detail = match (party.is_customer(), party.status()) {
        (true, "ACTIVE") => return Ok(()),
        (true, status) => format!("a holder has status ACTIVE; this one has {status}"),
        (false, _) => "a holder is a customer; this party has is_customer false".to_owned(),
    };
    Err(ApiError::rule(ErrorCode::ImproperCustomerStatus, detail))
}

/// The OFAC check looks at the name of an authorized user, and at the address.
fn check_authorized_user(ctx: &Ctx<'_>, person: &types::Person) -> Result<(), ApiError> {
    let needs_address = ctx.settings.authorized_users_need_an_address;
    let mut errors = FieldErrors::default();
    for (field, is_there) in [
        ("first_name", person.first_name.is_some()),
        ("last_name", person.last_name.is_some()),
        ("legal_address", person.legal_address.is_some() || !needs_address),
    ] {
        if !is_there {
            errors.merge(FieldErrors::missing(field));
        }
    }
    errors.refused()?;
    let first_name = person.first_name.as_deref().unwrap_or_default();
    if kyb::steered(first_name).is_some_and(|it| it != VerificationResult::Accepted) {
        let detail = "a watchlist names a person like this one";
        return Err(ApiError::rule(Party::Person.not_verified(), detail));
    }
    Ok(())
}

/// Whether a party is an authorized user of an account of another holder.
pub(crate) fn is_authorized_user(ctx: &Ctx<'_>, id: &str) -> Result<bool, ApiError> {
    let entries = ctx.find_all::<Relationship>("party", id)?;
    Ok(entries.iter().any(|entry| entry.relationship_type == Role::AuthorizedUser))
}

/// Stores a checked relationship.
pub(crate) fn store(
    ctx: &Ctx<'_>,
    account: &Record<Account>,
    mut entry: AccountRelationship,
) -> Result<Record<Relationship>, ApiError> {
    if entry.relationship_type == Role::AccountHolder {
        entry.relationship_type = Role::PrimaryAccountHolder;
    }
    entry.customer_id = entry.customer_id.or(entry.person_id.take().map(Into::into));
    entry.deleted_at = None;
    entry.id = Some(ctx.new_id()?.into());
    entry.account_id = account.id;
    entry.created_at = Some(ctx.now);
    entry.updated_at = Some(ctx.now);
    let entry = Record::new(entry, ());
    ctx.add(&entry)?;
    Ok(entry)
}

/// Writes who is related into the account, for its view and its filters.
pub(crate) fn refresh(ctx: &Ctx<'_>, account: &mut Record<Account>) -> Result<(), ApiError> {
    let entries = ctx.find_all::<Relationship>("account", account.own_id())?;
    account.customer_ids = entries.iter().filter_map(|entry| entry.customer_id).collect();
    account.business_ids = entries.iter().filter_map(|entry| entry.business_id).collect();
    ctx.save(account)
}
