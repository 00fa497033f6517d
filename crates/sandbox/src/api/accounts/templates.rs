//! Account templates: what an account is made from. Copied when it is made, never looked at again.

use serde_json::{Value, json};
use synctera_api::runtime::{AccountTemplateId, ErrorCode, Patch};
use synctera_api::v2::types::{self, AccountType, TemplateFields, VendorType};
use uuid::Uuid;

use crate::domain::accounts::templates::{TEMPLATE, Template};
use crate::domain::applications;
use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, build, complete, merge};
use crate::spec::FieldErrors;

/// The simple templates of a fresh workspace.
const SEEDED: [(&str, AccountType); 6] = [
    ("Checking", AccountType::Checking),
    ("Saving", AccountType::Saving),
    ("Prepaid", AccountType::Prepaid),
    ("Line of credit", AccountType::LineOfCredit),
    ("Secured charge", AccountType::ChargeSecured),
    ("Unsecured charge", AccountType::ChargeUnsecured),
];

pub(crate) fn seed(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    for (name, account_type) in SEEDED {
        let minimum_payment = match account_type {
            AccountType::Checking | AccountType::Saving | AccountType::Prepaid => json!(null),
            AccountType::LineOfCredit => {
                json!({ "type": "RATE_OR_AMOUNT", "rate": 200, "min_amount": 2_500 })
            }
            _ => json!({ "type": "FULL" }),
        };
        let fields = json!({
            "account_type": account_type, "currency": "USD", "bank_country": "US",
            "minimum_payment": minimum_payment,
        });
        store(ctx, ctx.new_id()?, name, &fields)?;
    }
    Ok(())
}

/// The simple templates of a fresh workspace for accounts with a servicer. Their ids are from a
/// sequence of their own.
const SEEDED_REVOLVING: [(&str, AccountType); 2] = [
    ("Unsecured revolving credit", AccountType::RevolvingCreditUnsecured),
    ("Secured revolving credit", AccountType::RevolvingCreditSecured),
];

pub(crate) fn seed_revolving(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    for (name, account_type) in SEEDED_REVOLVING {
        // The ids at the servicer, of which the sandbox has none, are made up.
        let loanpro = json!({
            "tenant_id": "1", "loc_product_id": 1, "purchases_bucket_id": 1,
            "cash_advance_bucket_id": 2,
        });
        let fields = json!({
            "account_type": account_type, "currency": "USD", "bank_country": "US",
            "application_workflow_id": ctx.new_side_id()?,
            "vendor_info": {
                "vendor_type": VendorType::Loanpro, "vendor_data": { "loanpro": loanpro },
            },
        });
        store(ctx, ctx.new_side_id()?, name, &fields)?;
    }
    Ok(())
}

/// Stores a template of a fresh workspace.
fn store(ctx: &Ctx<'_>, id: Uuid, name: &str, fields: &Value) -> Result<(), ApiError> {
    let template = json!({
        "id": id, "tenant": ctx.tenant, "name": name, "is_enabled": true, "template": fields,
    });
    let mut template = Record::<Template>::new(build(template)?, ());
    set_rails(&mut template.template, ctx.settings.seeded_templates_enable_rails);
    ctx.add(&template)
}

/// The template that a new account is made from: the one it names, or the only one of its type.
pub(super) fn chosen(
    ctx: &Ctx<'_>,
    body: &types::NewAccount,
) -> Result<Record<Template>, ApiError> {
    if let Some(id) = body.account_template_id {
        let code = ErrorCode::BadRequestBody;
        let template = ctx.find_named::<Template>(id, code, "account_template_id")?;
        if !template.is_enabled {
            return Err(
                FieldErrors::invalid("account_template_id", "the template is not enabled").into()
            );
        }
        if body.account_type.as_ref().is_some_and(|it| *it != template.template.account_type) {
            return Err(
                FieldErrors::invalid("account_type", "is not the type of the template").into()
            );
        }
        return Ok(template);
    }
    let Some(account_type) = &body.account_type else {
        return Err(FieldErrors::missing("account_type").into());
    };
    let mut of_type = ctx.find_all::<Template>("type", account_type.as_str())?;
    of_type.retain(|template| template.is_enabled);
    match of_type.len() {
        1 => Ok(of_type.remove(0)),
        0 => Err(FieldErrors::invalid("account_type", "no enabled template has this type").into()),
        count => {
            let reason = format!("{count} enabled templates have this type; name one of them");
            Err(FieldErrors::invalid("account_template_id", reason).into())
        }
    }
}

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TEMPLATE,
        items: "account_templates",
        filters: &[("account_type", By::Key("type"))],
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::AccountTemplateList>(ctx)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let body: types::AccountTemplateInput = ctx.body()?;
    check_name(ctx, &body.name, None)?;
    let template = asked(ctx, ctx.new_id()?.into())?;
    ctx.add(&template)?;
    Reply::json(201, &template.wire)
}

/// The template that a body asks for, with the rails that it does not name off.
fn asked(ctx: &Ctx<'_>, id: AccountTemplateId) -> Result<Record<Template>, ApiError> {
    let rest = json!({ "id": id, "tenant": ctx.tenant });
    // From the body as it was sent: the types of requests know no rails of credit accounts, which
    // templates have.
    let wire = complete(&ctx.request.body, rest)?;
    let mut template = Record::<Template>::new(wire, ());
    set_rails(&mut template.template, false);
    Ok(template)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Template>("template_id")?.wire)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut template = ctx.find_in_url::<Template>("template_id")?;
    let mut body: types::AccountTemplatePatch = ctx.body()?;
    if let Patch::Set(name) = &body.name {
        check_name(ctx, name, template.id)?;
    }
    // What is set in the template's fields leaves the other fields as they are.
    if let Patch::Set(fields) = std::mem::take(&mut body.template) {
        let fixed = template.template.account_type.as_str();
        if fields.account_type.as_ref().is_some_and(|sent| sent.as_str() != fixed) {
            return Err(FieldErrors::immutable("template.account_type").into());
        }
        // As they were sent: an empty list clears, and the type of nested changes leaves it out.
        merge(&mut template.template, &ctx.request.body.get("template"))?;
    }
    merge(&mut template.wire, &body)?;
    ctx.save(&template)?;
    Reply::json(200, &template.wire)
}

pub(super) fn replace(ctx: &Ctx<'_>) -> Outcome {
    let old = ctx.find_in_url::<Template>("template_id")?;
    let Some(id) = old.id else {
        return Err(ApiError::Internal("a template without an id".to_owned()));
    };
    let body: types::AccountTemplateInput = ctx.body()?;
    check_name(ctx, &body.name, Some(id))?;
    let template = asked(ctx, id)?;
    ctx.save(&template)?;
    Reply::json(200, &template.wire)
}

/// Deletes a template, unless an application waits for an account that is made from it.
pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("template_id");
    if let Some(id) = ctx.find_in_url::<Template>("template_id")?.id
        && applications::waiting_for(ctx, id)?.is_some()
    {
        let detail = "an application is under way whose account is made from the template";
        return Err(ApiError::rule(ErrorCode::UnableToTransact, detail));
    }
    Reply::json(200, &ctx.delete(&TEMPLATE, id, "ACCOUNT_TEMPLATE")?)
}

/// Sets the rails of an account's type that are not set; a rail that is not named is off.
fn set_rails(fields: &mut TemplateFields, is_on: bool) {
    let is_deposit = matches!(
        fields.account_type,
        AccountType::Checking | AccountType::Saving | AccountType::Prepaid
    );
    let is_line = fields.account_type == AccountType::LineOfCredit;
    for (rail, applies) in [
        (&mut fields.is_ach_enabled, true),
        (&mut fields.is_card_enabled, !is_line),
        (&mut fields.is_eft_ca_enabled, true),
        (&mut fields.is_external_card_enabled, is_deposit),
        (&mut fields.is_p2p_enabled, true),
        (&mut fields.is_synctera_pay_enabled, true),
        (&mut fields.is_wire_enabled, true),
    ] {
        if applies {
            rail.get_or_insert(is_on);
        }
    }
}

fn check_name(ctx: &Ctx<'_>, name: &str, own: Option<AccountTemplateId>) -> Result<(), ApiError> {
    let taken = ctx.find_all::<Template>("name", name)?;
    if taken.iter().any(|other| other.id != own) {
        let detail = format!("there is an account template called {name}");
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    Ok(())
}
