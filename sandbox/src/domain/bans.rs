//! Banned identities. A ban is on an identity and not on one record: every person who matches it is
//! banned, also one that is created later.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::{ErrorCode, PersonId, Sensitive};
use synctera_api::v2::types;
use synctera_api::v2::types::BanStatus;
use uuid::Uuid;

use crate::domain::parties::{Party, PartyRecord, Person};
use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const BAN: Kind = Kind { name: "ban", id: "id", keys: &[] };

/// A banned identity.
pub(crate) enum Ban {}

impl Resource for Ban {
    const KIND: &'static Kind = &BAN;
    type Wire = Identity;
    type Facts = ();
}

/// What persons are told apart by, as it was when the identity was banned.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    id: Uuid,
    person_id: PersonId,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssn: Option<Sensitive<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_and_birth: Option<Sensitive<String>>,
}

impl Identity {
    /// Whether a person is the one that is banned: the same record, the same social security number,
    /// or the same name and day of birth.
    fn is_of(&self, person: &types::Person) -> bool {
        fn is_same(banned: Option<&Sensitive<String>>, own: Option<&Sensitive<String>>) -> bool {
            let own = own.map(Sensitive::expose);
            banned.map(Sensitive::expose).is_some_and(|banned| Some(banned) == own)
        }
        self.person_id == person.id
            || is_same(self.ssn.as_ref(), person.ssn.as_ref())
            || is_same(self.name_and_birth.as_ref(), name_and_birth(person).as_ref())
    }
}

/// First and last name and the day of birth, if all are known.
fn name_and_birth(person: &types::Person) -> Option<Sensitive<String>> {
    let name = |name: &Option<String>| {
        let words: Vec<&str> = name.as_deref()?.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" ").to_lowercase())
    };
    let (first, last) = (name(&person.first_name)?, name(&person.last_name)?);
    let birth = person.dob.as_ref()?.expose();
    Some(format!("{first}/{last}/{birth}").into())
}

fn all(ctx: &Ctx<'_>) -> Result<Vec<Record<Ban>>, ApiError> {
    let stored = ctx.tx.scan(ctx.tenant, BAN.name, &[], 0, i64::MAX)?;
    stored.iter().map(|stored| Record::of(&stored.body)).collect()
}

fn persons(ctx: &Ctx<'_>) -> Result<Vec<Record<Person>>, ApiError> {
    let stored = ctx.tx.scan(ctx.tenant, Person::KIND.name, &[], 0, i64::MAX)?;
    stored.iter().map(|stored| Record::of(&stored.body)).collect()
}

/// Whether a person matches a banned identity.
pub(crate) fn covers(ctx: &Ctx<'_>, person: &types::Person) -> Result<bool, ApiError> {
    Ok(all(ctx)?.iter().any(|ban| ban.is_of(person)))
}

/// Bans the identity of a person; the persons who match it.
pub(crate) fn add(ctx: &Ctx<'_>, id: &str) -> Result<Vec<PersonId>, ApiError> {
    let person = ctx.find_named::<Person>(id, Party::Person.not_found(), "person_id")?;
    let identity = Identity {
        id: ctx.new_id()?,
        person_id: person.id,
        ssn: person.ssn.clone().filter(|ssn| !ssn.expose().is_empty()),
        name_and_birth: name_and_birth(&person),
    };
    let mut banned = Vec::new();
    for person in persons(ctx)?.into_iter().filter(|person| identity.is_of(person)) {
        banned.push(person.id);
        set(ctx, person, BanStatus::Banned)?;
    }
    ctx.add(&Record::<Ban>::new(identity, ()))?;
    Ok(banned)
}

/// Lifts the bans that a person matches; the persons who are not banned any more.
pub(crate) fn lift(ctx: &Ctx<'_>, id: &str) -> Result<Vec<PersonId>, ApiError> {
    let person = ctx.find_named::<Person>(id, Party::Person.not_found(), "person_id")?;
    for ban in all(ctx)?.into_iter().filter(|ban| ban.is_of(&person)) {
        ctx.remove(&BAN, &ban.id.to_string())?;
    }
    let bans = all(ctx)?;
    let mut allowed = Vec::new();
    for person in persons(ctx)? {
        let is_covered = bans.iter().any(|ban| ban.is_of(&person));
        if person.ban_status == BanStatus::Banned && !is_covered {
            allowed.push(person.id);
            set(ctx, person, BanStatus::Allowed)?;
        }
    }
    Ok(allowed)
}

fn set(ctx: &Ctx<'_>, mut person: Record<Person>, status: BanStatus) -> Result<(), ApiError> {
    if person.ban_status == status {
        return Ok(());
    }
    person.ban_status = status;
    person.last_updated_time = ctx.now;
    ctx.save(&person)
}

/// Refuses a party that is banned.
pub(crate) fn check(party: &PartyRecord) -> Result<(), ApiError> {
    if party.ban_status() == Some(&BanStatus::Banned) {
        let detail = "the person is BANNED";
        return Err(ApiError::rule(ErrorCode::ImproperCustomerStatus, detail));
    }
    Ok(())
}
