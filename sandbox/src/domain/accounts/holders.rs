//! Who an account belongs to, and who else may use it.

use serde_json::{Value, json};
use synctera_api::v2::types::VerificationResult;

use crate::domain::parties::Party;
use crate::domain::{kyb, listing, parties};
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, Kind, one_of, text, without};
use crate::spec::FieldErrors;

pub(crate) const RELATIONSHIP: Kind = Kind {
    name: "account relationship",
    id: "id",
    keys: &[("account", "/account_id"), ("party", "/customer_id"), ("party", "/business_id")],
};

pub(crate) const PRIMARY: &str = "PRIMARY_ACCOUNT_HOLDER";
/// The deprecated alias of the primary holder.
pub(crate) const OLD_PRIMARY: &str = "ACCOUNT_HOLDER";

/// Relationships whose party must be verified.
pub(crate) const VERIFIED: [&str; 3] = [PRIMARY, "JOINT_ACCOUNT_HOLDER", "AUTHORIZED_SIGNER"];

/// The party an account belongs to.
pub(crate) struct Holder {
    pub(crate) party: Party,
    pub(crate) body: Value,
}

impl Holder {
    pub(crate) fn customer_type(&self) -> &'static str {
        match self.party {
            Party::Person => "PERSONAL",
            Party::Business => "BUSINESS",
        }
    }

    /// The primary holder of an account.
    pub(crate) fn of(ctx: &Ctx<'_>, account: &Value) -> Result<Self, ApiError> {
        let entries = ctx.all_with(&RELATIONSHIP, "account", text(account, "id"))?;
        let primary = entries.iter().find(|entry| entry["relationship_type"] == PRIMARY);
        match primary.map(|entry| parties::named(ctx, entry)).transpose()?.flatten() {
            Some((party, body)) => Ok(Self { party, body }),
            None => Err(ApiError::Internal("an account without a holder".to_owned())),
        }
    }
}

/// Everybody who is related to an account: in which way, and who it is.
pub(crate) fn related(
    ctx: &Ctx<'_>,
    account: &str,
) -> Result<Vec<(String, Party, Value)>, ApiError> {
    let mut all = Vec::new();
    for entry in ctx.all_with(&RELATIONSHIP, "account", account)? {
        if let Some((party, body)) = parties::named(ctx, &entry)? {
            all.push((text(&entry, "relationship_type").to_owned(), party, body));
        }
    }
    Ok(all)
}

/// Whether a person of the name that the query asks for is related to an account.
pub(crate) fn is_held_by_one_called(ctx: &Ctx<'_>, account: &Value) -> Result<bool, ApiError> {
    let asked: Vec<(&str, &str)> = ["first_name", "last_name"]
        .into_iter()
        .filter_map(|name| Some((name, ctx.request.query.get(name)?.as_str()?)))
        .collect();
    if asked.is_empty() {
        return Ok(true);
    }
    let is_called = |body: &Value| {
        asked.iter().all(|(name, wanted)| listing::matches(wanted, text(body, name)))
    };
    let parties = related(ctx, text(account, "id"))?;
    Ok(parties.iter().any(|(_, party, body)| *party == Party::Person && is_called(body)))
}

/// The id of the relationship between an account and a party; empty when there is none.
pub(crate) fn tie(ctx: &Ctx<'_>, account: &Value, party: &str) -> Result<String, ApiError> {
    let entries = ctx.all_with(&RELATIONSHIP, "account", text(account, "id"))?;
    let theirs = entries
        .iter()
        .find(|entry| [text(entry, "customer_id"), text(entry, "business_id")].contains(&party));
    Ok(theirs.map(|entry| text(entry, "id").to_owned()).unwrap_or_default())
}

pub(crate) fn is_primary(entry: &Value) -> bool {
    matches!(text(entry, "relationship_type"), PRIMARY | OLD_PRIMARY)
}

/// What is wrong with the relationships of a new account, by themselves.
pub(crate) fn errors_of_all(entries: &Value) -> FieldErrors {
    let entries = entries.as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        return FieldErrors::missing("relationships");
    }
    let mut errors = FieldErrors::default();
    if entries.iter().filter(|entry| is_primary(entry)).count() != 1 {
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
pub(crate) fn check_all(ctx: &Ctx<'_>, entries: &[Value]) -> Result<Holder, ApiError> {
    let mut holder = None;
    for (index, entry) in entries.iter().enumerate() {
        let (party, body) = check(ctx, entry, &format!("relationships[{index}]."))?;
        if is_primary(entry) {
            holder = Some(Holder { party, body });
        }
    }
    holder.ok_or_else(|| ApiError::Internal("a holder that is there and not there".to_owned()))
}

/// The party of a relationship; refused when it may not have this one. The place of a relationship
/// in a list of a body is `relationships[0].`.
pub(crate) fn check(ctx: &Ctx<'_>, entry: &Value, place: &str) -> Result<(Party, Value), ApiError> {
    errors_of(entry).refused()?;
    let Some((party, body)) = parties::named_in(ctx, entry, place)? else {
        return Err(ApiError::Internal("a party that is there and not there".to_owned()));
    };
    let kind = text(entry, "relationship_type");
    let must_be_verified = VERIFIED.contains(&kind) || kind == OLD_PRIMARY;
    if must_be_verified && body["verification_status"] != "ACCEPTED" {
        let detail = format!(
            "{kind} needs verification_status ACCEPTED; this {} has {}",
            party.kind().name,
            text(&body, "verification_status")
        );
        return Err(ApiError::rule(party.not_verified(), detail));
    }
    if kind == "AUTHORIZED_USER" {
        let mut errors = FieldErrors::default();
        for field in ["first_name", "last_name", "legal_address"] {
            if party == Party::Person && body.get(field).is_none_or(Value::is_null) {
                errors.merge(FieldErrors::missing(field));
            }
        }
        // The OFAC check looks at the name and the address.
        if !errors.is_empty() {
            return Err(errors.into());
        }
        if kyb::steered(text(&body, "first_name"))
            .is_some_and(|result| result != VerificationResult::Accepted)
        {
            let detail = "a watchlist names a person like this one";
            return Err(ApiError::rule(party.not_verified(), detail));
        }
    }
    Ok((party, body))
}

/// Whether a party is an authorized user of an account of another holder.
pub(crate) fn is_authorized_user(ctx: &Ctx<'_>, id: &str) -> Result<bool, ApiError> {
    let entries = ctx.all_with(&RELATIONSHIP, "party", id)?;
    Ok(entries.iter().any(|entry| entry["relationship_type"] == "AUTHORIZED_USER"))
}

/// Stores a checked relationship.
pub(crate) fn store(ctx: &Ctx<'_>, account: &str, mut entry: Value) -> Result<Value, ApiError> {
    if entry["relationship_type"] == OLD_PRIMARY {
        entry["relationship_type"] = json!(PRIMARY);
    }
    // A person is a customer here, under the older of the two names.
    if let Some(person) = entry.get("person_id").cloned() {
        entry["customer_id"] = person;
    }
    without(&mut entry, &["person_id", "deleted_at"]);
    entry["id"] = json!(ctx.new_id()?);
    entry["account_id"] = json!(account);
    entry["created_at"] = json!(ctx.now_text());
    entry["updated_at"] = json!(ctx.now_text());
    ctx.insert(&RELATIONSHIP, &entry)?;
    Ok(entry)
}

/// Writes who is related into the account, for its view and its filters.
pub(crate) fn refresh(ctx: &Ctx<'_>, account: &mut Value) -> Result<(), ApiError> {
    let entries = ctx.all_with(&RELATIONSHIP, "account", text(account, "id"))?;
    let ids = |field: &str| -> Vec<String> {
        let ids = entries.iter().map(|entry| text(entry, field).to_owned());
        ids.filter(|id| !id.is_empty()).collect()
    };
    account["customer_ids"] = json!(ids("customer_id"));
    account["business_ids"] = json!(ids("business_id"));
    ctx.update(&ACCOUNT, account)
}
