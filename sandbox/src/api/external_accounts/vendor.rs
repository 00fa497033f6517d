//! A stand-in for Plaid, which hands out tokens and knows the accounts behind them, and for
//! Finicity, which knows them by its own id of the customer.
//!
//! Any public token that begins with `public-sandbox-` can be exchanged, and Finicity knows every
//! customer. The accounts behind an access token, or such an id, are whatever ids the caller names;
//! three beginnings steer what happens: `missing-` is not found, `loan-` is of a type that cannot
//! be linked, `failing-` fails its verification. Without ids, a checking and a savings account are
//! found.

use chrono::Duration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::api::external_accounts::account::{end, find, store, verification, view};
use crate::domain::external_accounts::{BANK_NAME, EXTERNAL_ACCOUNT, LINKED_ROUTING};
use crate::domain::parties;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, exactly_one, text, texts, timestamp};
use crate::spec::FieldErrors;

/// What an access token opens.
const ACCESS: Kind = Kind { name: "vendor access", id: "vendor_access_token", keys: &[] };

const PUBLIC_TOKEN: &str = "public-sandbox-";
/// How long the vendor's link token lives.
const LINK_TOKEN_HOURS: i64 = 4;

pub(super) fn link_token(ctx: &Ctx<'_>) -> Outcome {
    let mut token = ctx.request.body.clone();
    if text(&token, "client_name").chars().count() > 30 {
        return Err(FieldErrors::invalid("client_name", "must have at most 30 characters").into());
    }
    parties::named(ctx, &token)?;
    token["link_token"] = json!(format!("link-sandbox-{}", ctx.new_id()?));
    token["expiration"] = json!(timestamp(ctx.now + Duration::hours(LINK_TOKEN_HOURS)));
    token["request_id"] = json!(ctx.new_id()?);
    Reply::created::<types::ExternalAccountLinkToken>(token)
}

pub(super) fn access_token(ctx: &Ctx<'_>) -> Outcome {
    exactly_one(&ctx.request.body, &["customer_id", "business_id"])?;
    parties::named(ctx, &ctx.request.body)?;
    if !text(&ctx.request.body, "vendor_public_token").starts_with(PUBLIC_TOKEN) {
        let reason = format!("must begin with {PUBLIC_TOKEN} in this sandbox");
        return Err(FieldErrors::invalid("vendor_public_token", reason).into());
    }
    let mut access = ctx.request.body.clone();
    access["vendor_access_token"] = json!(format!("access-sandbox-{}", ctx.new_id()?));
    ctx.insert(&ACCESS, &access)?;
    access["request_id"] = json!(ctx.new_id()?);
    Reply::created::<types::ExternalAccountAccessToken>(access)
}

/// Adds the accounts that it can; the answer says which it could not, and why.
pub(super) fn add(ctx: &Ctx<'_>) -> Outcome {
    let link = Link::of(ctx)?;
    let (added, failed) = link.add(ctx, false)?;
    Reply::ok::<types::AddVendorAccountsResponse>(
        json!({ "added_accounts": added, "failed_accounts": failed }),
    )
}

/// Makes the accounts of a link those that are named: adds what is missing, deletes what is not
/// named, and leaves the rest alone.
pub(super) fn sync(ctx: &Ctx<'_>) -> Outcome {
    let link = Link::of(ctx)?;
    let (added, failed) = link.add(ctx, true)?;
    let mut deleted = Vec::new();
    for mut account in ctx.all_with(&EXTERNAL_ACCOUNT, "link", &link.name)? {
        let is_named = link.ids.iter().any(|id| id == text(&account, "name"));
        if !is_named && account["status"] != "DELETED" {
            end(ctx, &mut account)?;
            deleted.push(view(account));
        }
    }
    Reply::ok::<types::AddVendorAccountsResponse>(json!({
        "added_accounts": added, "failed_accounts": failed, "deleted_accounts": deleted,
    }))
}

/// What a request is about: the way in, whose it is, and the vendor's ids of accounts.
struct Link {
    vendor: String,
    /// What opens it at the vendor.
    token: String,
    access: Value,
    party: Value,
    ids: Vec<String>,
    /// What its accounts are found by; tells nothing of the token.
    name: String,
}

impl Link {
    fn of(ctx: &Ctx<'_>) -> Result<Self, ApiError> {
        exactly_one(&ctx.request.body, &["customer_id", "business_id"])?;
        let Some((_, party)) = parties::named(ctx, &ctx.request.body)? else {
            return Err(ApiError::Internal("a party that is there and not there".to_owned()));
        };
        let vendor = text(&ctx.request.body, "vendor");
        let (access, token) = if vendor == "FINICITY" {
            let customer = text(&ctx.request.body, "vendor_customer_id");
            if customer.is_empty() {
                return Err(FieldErrors::missing("vendor_customer_id").into());
            }
            (json!({ "vendor_institution_id": "finicity" }), format!("finicity-{customer}"))
        } else {
            let token = text(&ctx.request.body, "vendor_access_token");
            (accessed(ctx, token)?, token.to_owned())
        };
        let mut ids: Vec<String> =
            texts(&ctx.request.body["vendor_account_ids"]).into_iter().map(str::to_owned).collect();
        if ids.is_empty() {
            ids = vec!["checking".to_owned(), "savings".to_owned()];
        }
        let name = hex::encode(Sha256::digest(&token));
        Ok(Self { vendor: vendor.to_owned(), token, access, party, ids, name })
    }

    /// Adds the accounts that it can: those, and why not the others. One that this link has
    /// already is a failure, unless it may stay.
    fn add(&self, ctx: &Ctx<'_>, may_stay: bool) -> Result<(Vec<Value>, Vec<Value>), ApiError> {
        let (mut added, mut failed) = (Vec::new(), Vec::new());
        for id in &self.ids {
            let mut account = self.account(ctx, id);
            account["vendor_link"] = json!(self.name);
            let known = find(ctx, &account)?;
            if may_stay
                && known.as_ref().is_some_and(|it| it["vendor_link"] == account["vendor_link"])
            {
                continue;
            }
            let refused = match refusal(id) {
                None if known.is_some() => {
                    Some(("DUPLICATE_ACCOUNT", "the account is linked already"))
                }
                refused => refused,
            };
            match refused {
                Some((reason, description)) => failed.push(json!({
                    "vendor_account_id": id, "reason": reason, "reason_description": description,
                })),
                None => added.push(view(store(ctx, account)?)),
            }
        }
        Ok((added, failed))
    }

    /// The account behind a vendor's id: the same number for the same id and link.
    fn account(&self, ctx: &Ctx<'_>, id: &str) -> Value {
        let mut digest = Sha256::new_with_prefix(&self.token);
        digest.update(id);
        let bytes = digest.finalize();
        let number =
            bytes.iter().take(10).map(|byte| char::from(b'0' + byte % 10)).collect::<String>();
        let party = &self.party;
        let owner = match text(party, "entity_name") {
            "" => format!("{} {}", text(party, "first_name"), text(party, "last_name")),
            name => name.to_owned(),
        };
        let mut account = json!({
            "account_identifiers": { "number": number },
            "account_owner_names": [owner.trim()],
            "currency": "USD",
            "customer_type": ctx.request.body["customer_type"],
            "name": id,
            "routing_identifiers": {
                "bank_name": BANK_NAME, "bank_countries": ["US"], "ach_routing_number": LINKED_ROUTING,
            },
            "type": if id.contains("saving") { "SAVINGS" } else { "CHECKING" },
            "vendor_data": {
                "account_number_mask": crate::model::last_four(&number),
                "institution_id": self.access["vendor_institution_id"],
            },
            "verification": verification(&self.vendor, "VERIFIED", &ctx.now_text()),
        });
        for field in ["customer_id", "business_id"] {
            if let Some(party) = ctx.request.body.get(field) {
                account[field] = party.clone();
            }
        }
        account
    }
}

/// What an access token opens, for whom it was made.
fn accessed(ctx: &Ctx<'_>, token: &str) -> Result<Value, ApiError> {
    let field = "vendor_access_token";
    let access = ctx.referred(&ACCESS, token, ErrorCode::BadRequestBody, field)?;
    for party in ["customer_id", "business_id"] {
        if text(&access, party) != text(&ctx.request.body, party) {
            let reason = "the access token was made for another customer";
            return Err(FieldErrors::invalid(field, reason).into());
        }
    }
    Ok(access)
}

fn refusal(vendor_account_id: &str) -> Option<(&'static str, &'static str)> {
    if vendor_account_id.starts_with("missing-") {
        Some(("ACCOUNT_NOT_FOUND", "the vendor knows no such account"))
    } else if vendor_account_id.starts_with("loan-") {
        Some(("UNSUPPORTED_ACCOUNT_TYPE", "accounts of this type cannot be linked"))
    } else if vendor_account_id.starts_with("failing-") {
        Some(("FAILED_VERIFICATION", "the vendor could not verify the account"))
    } else {
        None
    }
}
