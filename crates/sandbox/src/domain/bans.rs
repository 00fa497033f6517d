//! Banned identities. A ban is on an identity and not on one record: every person who matches it is
//! banned, also one that is created later.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::{ErrorCode, PersonId, Sensitive};
use synctera_api::v2::types;
use synctera_api::v2::types::{BanStatus, PersonalIdType};
use uuid::Uuid;

use crate::domain::parties::{Party, PartyRecord, Person};
use crate::domain::personal_ids;
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
    /// Data files of earlier versions have it here, and not among the personal ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    ssn: Option<Sensitive<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_and_birth: Option<Sensitive<String>>,
    /// Its personal ids: type, country and number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    personal_ids: Vec<Sensitive<String>>,
}

/// What identifies a person now.
struct Known<'a> {
    person: &'a types::Person,
    name_and_birth: Option<Sensitive<String>>,
    personal_ids: Vec<Sensitive<String>>,
}

impl<'a> Known<'a> {
    fn of(ctx: &Ctx<'_>, person: &'a types::Person) -> Result<Self, ApiError> {
        let personal_ids = personal_ids::of(ctx, person.id)?;
        let personal_ids = personal_ids.iter().map(|id| {
            let number = id.identifier.expose();
            format!("{}/{}/{number}", id.id_type, id.country_code).into()
        });
        Ok(Self {
            person,
            name_and_birth: name_and_birth(person),
            personal_ids: personal_ids.chain(ssn_as_id(person.ssn.as_ref())).collect(),
        })
    }
}

/// A social security number as the personal id that it is.
fn ssn_as_id(ssn: Option<&Sensitive<String>>) -> Option<Sensitive<String>> {
    let ssn = ssn?.expose();
    (!ssn.is_empty()).then(|| format!("{}/US/{ssn}", PersonalIdType::Ssn).into())
}

impl Identity {
    /// Whether a person is the one that is banned: the same record, one of its personal ids, which
    /// the social security number is, or the same name and day of birth.
    fn is_of(&self, known: &Known<'_>) -> bool {
        let is_same =
            |one: &Sensitive<String>, other: &Sensitive<String>| one.expose() == other.expose();
        let names = self.name_and_birth.as_ref().zip(known.name_and_birth.as_ref());
        let of_ssn = ssn_as_id(self.ssn.as_ref());
        let mut banned = self.personal_ids.iter().chain(of_ssn.as_ref());
        self.person_id == known.person.id
            || names.is_some_and(|(one, other)| is_same(one, other))
            || banned.any(|banned| known.personal_ids.iter().any(|own| is_same(banned, own)))
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
    let bans = all(ctx)?;
    if bans.is_empty() {
        return Ok(false);
    }
    let known = Known::of(ctx, person)?;
    Ok(bans.iter().any(|ban| ban.is_of(&known)))
}

/// Bans a person whose personal ids changed, if they match a banned identity by now.
pub(crate) fn follow(ctx: &Ctx<'_>, id: impl ToString) -> Result<(), ApiError> {
    match ctx.find::<Person>(id)? {
        Some(person) if covers(ctx, &person)? => set(ctx, person, BanStatus::Banned),
        _ => Ok(()),
    }
}

/// Bans the identity of a person; the persons who match it.
pub(crate) fn add(ctx: &Ctx<'_>, id: &str) -> Result<Vec<PersonId>, ApiError> {
    let person = ctx.find_named::<Person>(id, Party::Person.not_found(), "person_id")?;
    let known = Known::of(ctx, &person)?;
    let identity = Identity {
        id: ctx.new_id()?,
        person_id: person.id,
        ssn: None,
        name_and_birth: known.name_and_birth,
        personal_ids: known.personal_ids,
    };
    let mut banned = Vec::new();
    for person in persons(ctx)? {
        if !identity.is_of(&Known::of(ctx, &person)?) {
            continue;
        }
        banned.push(person.id);
        set(ctx, person, BanStatus::Banned)?;
    }
    ctx.add(&Record::<Ban>::new(identity, ()))?;
    Ok(banned)
}

/// Lifts the bans that a person matches; the persons who are not banned any more.
pub(crate) fn lift(ctx: &Ctx<'_>, id: &str) -> Result<Vec<PersonId>, ApiError> {
    let person = ctx.find_named::<Person>(id, Party::Person.not_found(), "person_id")?;
    let known = Known::of(ctx, &person)?;
    for ban in all(ctx)?.into_iter().filter(|ban| ban.is_of(&known)) {
        ctx.remove(&BAN, &ban.id.to_string())?;
    }
    let bans = all(ctx)?;
    let mut allowed = Vec::new();
    for person in persons(ctx)? {
        let known = Known::of(ctx, &person)?;
        let is_covered = bans.iter().any(|ban| ban.is_of(&known));
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
