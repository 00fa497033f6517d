//! What an application for a restricted account tells: questions with answers, and documents.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{RestrictedApplicationDetails, RestrictedApplicationItem as Item};

use crate::domain::documents::Document;
use crate::model::{ApiError, Ctx};

/// The documents that an application names are there.
pub(super) fn check_documents(
    ctx: &Ctx<'_>,
    details: &RestrictedApplicationDetails,
) -> Result<(), ApiError> {
    for (section_at, section) in details.sections.iter().enumerate() {
        for (page_at, page) in section.pages.iter().enumerate() {
            for (at, item) in page.items.iter().enumerate() {
                let Item::Document(document) = item else {
                    continue;
                };
                let place = format!("sections[{section_at}].pages[{page_at}].items[{at}]");
                let field = format!("application_details.{place}.document_id");
                let code = ErrorCode::BadRequestBody;
                ctx.find_named::<Document>(document.document_id, code, &field)?;
            }
        }
    }
    Ok(())
}
