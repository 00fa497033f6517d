//! Account templates: what an account is made from. Copied when it is made, never looked at again.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, patch, text};
use crate::spec::FieldErrors;

pub(crate) const TEMPLATE: Kind = Kind {
    name: "account template",
    id: "id",
    keys: &[("name", "/name"), ("type", "/template/account_type")],
};

/// The simple templates of a fresh workspace.
const SEEDED: [(&str, &str); 6] = [
    ("Checking", "CHECKING"),
    ("Saving", "SAVING"),
    ("Prepaid", "PREPAID"),
    ("Line of credit", "LINE_OF_CREDIT"),
    ("Secured charge", "CHARGE_SECURED"),
    ("Unsecured charge", "CHARGE_UNSECURED"),
];

const RAILS: [&str; 7] = [
    "is_ach_enabled",
    "is_card_enabled",
    "is_eft_ca_enabled",
    "is_external_card_enabled",
    "is_p2p_enabled",
    "is_synctera_pay_enabled",
    "is_wire_enabled",
];

pub(crate) fn seed(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    for (name, account_type) in SEEDED {
        let mut fields =
            json!({ "account_type": account_type, "currency": "USD", "bank_country": "US" });
        match account_type {
            "CHECKING" | "SAVING" | "PREPAID" => {}
            "LINE_OF_CREDIT" => {
                let part = json!({ "type": "RATE_OR_AMOUNT", "rate": 200, "min_amount": 2_500 });
                fields["minimum_payment"] = part;
            }
            _ => fields["minimum_payment"] = json!({ "type": "FULL" }),
        }
        for rail in rails_of(account_type) {
            fields[rail] = json!(ctx.settings.seeded_templates_enable_rails);
        }
        let template = json!({
            "id": ctx.new_id()?, "tenant": ctx.tenant, "name": name, "is_enabled": true,
            "template": fields,
        });
        ctx.insert(&TEMPLATE, &template)?;
    }
    Ok(())
}

/// The template that a new account is made from: the one it names, or the only one of its type.
pub(super) fn chosen(ctx: &Ctx<'_>, body: &Value) -> Result<Value, ApiError> {
    let account_type = text(body, "account_type");
    let id = text(body, "account_template_id");
    if !id.is_empty() {
        let code = ErrorCode::BadRequestBody;
        let template = ctx.referred(&TEMPLATE, id, code, "account_template_id")?;
        if template["is_enabled"] != true {
            return Err(
                FieldErrors::invalid("account_template_id", "the template is not enabled").into()
            );
        }
        if !account_type.is_empty() && template["template"]["account_type"] != account_type {
            return Err(
                FieldErrors::invalid("account_type", "is not the type of the template").into()
            );
        }
        return Ok(template);
    }
    if account_type.is_empty() {
        return Err(FieldErrors::missing("account_type").into());
    }
    let mut of_type = ctx.all_with(&TEMPLATE, "type", account_type)?;
    of_type.retain(|template| template["is_enabled"] == true);
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
    let mut template = ctx.request.body.clone();
    check_name(ctx, text(&template, "name"), "")?;
    template["id"] = json!(ctx.new_id()?);
    template["tenant"] = json!(ctx.tenant);
    default_rails(&mut template);
    ctx.insert(&TEMPLATE, &template)?;
    Reply::created::<types::AccountTemplate>(template)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::AccountTemplate>(ctx.url_resource(&TEMPLATE, "template_id")?)
}

pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut template = ctx.url_resource(&TEMPLATE, "template_id")?;
    let mut changes = ctx.request.body.clone();
    if changes.get("name").is_some() {
        check_name(ctx, text(&changes, "name"), text(&template, "id"))?;
    }
    let fields = changes["template"].take();
    crate::model::without(&mut changes, &["template"]);
    let fixed = &template["template"]["account_type"];
    if fields.get("account_type").is_some_and(|wanted| wanted != fixed) {
        return Err(FieldErrors::immutable("template.account_type").into());
    }
    patch(&mut template["template"], &fields);
    patch(&mut template, &changes);
    ctx.update(&TEMPLATE, &template)?;
    Reply::ok::<types::AccountTemplate>(template)
}

pub(super) fn replace(ctx: &Ctx<'_>) -> Outcome {
    let old = ctx.url_resource(&TEMPLATE, "template_id")?;
    let mut template = ctx.request.body.clone();
    check_name(ctx, text(&template, "name"), text(&old, "id"))?;
    template["id"] = old["id"].clone();
    template["tenant"] = old["tenant"].clone();
    default_rails(&mut template);
    ctx.update(&TEMPLATE, &template)?;
    Reply::ok::<types::AccountTemplate>(template)
}

pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("template_id");
    Reply::ok::<types::DeleteResponse>(ctx.delete(&TEMPLATE, id, "ACCOUNT_TEMPLATE")?)
}

/// The rails that a type of account has.
fn rails_of(account_type: &str) -> impl Iterator<Item = &'static str> {
    let is_deposit = matches!(account_type, "CHECKING" | "SAVING" | "PREPAID");
    let is_line = account_type == "LINE_OF_CREDIT";
    RAILS.into_iter().filter(move |rail| match *rail {
        "is_external_card_enabled" => is_deposit,
        "is_card_enabled" => !is_line,
        _ => true,
    })
}

/// A rail that is not named is off.
fn default_rails(template: &mut Value) {
    let account_type = text(&template["template"], "account_type").to_owned();
    for rail in rails_of(&account_type) {
        let fields = &mut template["template"];
        if fields.get(rail).is_none() {
            fields[rail] = json!(false);
        }
    }
}

fn check_name(ctx: &Ctx<'_>, name: &str, own_id: &str) -> Result<(), ApiError> {
    let taken = ctx.all_with(&TEMPLATE, "name", name)?;
    if taken.iter().any(|other| text(other, "id") != own_id) {
        let detail = format!("there is an account template called {name}");
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    Ok(())
}
