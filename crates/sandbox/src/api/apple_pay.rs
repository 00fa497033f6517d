//! Apple Pay: the request for the certificate under which Apple encrypts payments.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use synctera_api::runtime::Sensitive;
use synctera_api::v2::types::ApplepayCsrRequest;
use uuid::Uuid;

use crate::domain::csr;
use crate::domain::csr::Csr;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, Served};

pub(crate) const SERVED: &[Served] = &[Served::new("create_apple_pay_csr", create)];

pub(crate) const KEY: Kind =
    Kind { name: "Apple Pay key", id: "id", keys: &[("merchant", "/merchant_id")] };

/// The key behind a request, which the platform keeps.
enum ApplePayKey {}

impl Resource for ApplePayKey {
    const KIND: &'static Kind = &KEY;
    type Wire = ApplePayKeyRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
struct ApplePayKeyRecord {
    id: Uuid,
    merchant_id: String,
    organization_name: String,
    /// PKCS #8, in Base64.
    private_key: Sensitive<String>,
}

/// What Apple's portal takes as a file.
const MEDIA_TYPE: &str = "application/pkcs10";

/// The length that X.509 allows for a common name and an organization.
const NAME_MAX: usize = 64;

/// Makes a key and a request for its certificate; a merchant can have several.
fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: ApplepayCsrRequest = ctx.body()?;
    let ApplepayCsrRequest { merchant_id, organization_name } = asked;
    for (field, text) in [("merchant_id", &merchant_id), ("organization_name", &organization_name)]
    {
        let is_plain = !text.chars().any(char::is_control);
        if text.is_empty() || text.chars().count() > NAME_MAX || !is_plain {
            let reason = format!("must have 1 to {NAME_MAX} characters, without line breaks");
            return Err(crate::spec::FieldErrors::invalid(field, reason).into());
        }
    }
    let Csr { pem, private_key } = csr::new(&merchant_id, &organization_name)
        .map_err(|_| ApiError::Internal("no key can be made".to_owned()))?;
    let private_key = STANDARD.encode(private_key).into();
    let key = ApplePayKeyRecord { id: ctx.new_id()?, merchant_id, organization_name, private_key };
    ctx.add(&Record::<ApplePayKey>::new(key, ()))?;
    Ok(Reply { status: 201, ..Reply::file(MEDIA_TYPE, pem.into_bytes())? })
}
