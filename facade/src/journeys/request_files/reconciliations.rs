//! Requests about reconciliation files.

use serde::Deserialize;

use super::values::Base64;
use super::{MemberError, Members, read_by_members};
use crate::reconcile::ReconciliationFile;

read_by_members! { ReconciliationFileMembers => ReconciliationFile }

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ReconciliationFileMembers {
    file_name: String,
    byte_data: Base64,
}

impl Members for ReconciliationFileMembers {
    type Request = ReconciliationFile;

    fn into_request(self) -> Result<ReconciliationFile, MemberError> {
        Ok(ReconciliationFile::new(self.file_name, self.byte_data.0))
    }
}
