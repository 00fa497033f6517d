//! Requests about accounts at other banks.

use serde::Deserialize;
use synctera_api::Sensitive;

use super::values::{Choice, PartyMember};
use super::{MemberError, Members, read_by_members};
use crate::{BankAccount, LinkExternalAccount};

read_by_members! { LinkExternalAccountMembers => LinkExternalAccount }

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct LinkExternalAccountMembers {
    holder: Choice<PartyMember>,
    link: Choice<LinkMembers>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum LinkMembers {
    Plaid {
        vendor_public_token: Sensitive<String>,
        vendor_institution_id: String,
        vendor_account_ids: Option<Vec<String>>,
        verify_owner: Option<bool>,
    },
    Finicity {
        vendor_customer_id: String,
        vendor_account_ids: Option<Vec<String>>,
        verify_owner: Option<bool>,
    },
    ByNumbers(BankAccountMembers),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct BankAccountMembers {
    #[serde(rename = "type")]
    kind: BankAccountType,
    account_owner_names: Vec<String>,
    bank_name: String,
    ach_routing_number: Sensitive<String>,
    number: Sensitive<String>,
    wire_routing_number: Option<Sensitive<String>>,
    nickname: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum BankAccountType {
    Checking,
    Savings,
}

impl BankAccountMembers {
    fn into_bank_account(self) -> Result<BankAccount, MemberError> {
        let mut owners = self.account_owner_names.into_iter();
        let Some(owner) = owners.next() else {
            return Err(MemberError::new(
                "link.by_numbers.account_owner_names",
                "must name an owner",
            ));
        };
        let (bank, routing, number) =
            (self.bank_name, self.ach_routing_number.expose(), self.number.expose());
        let account = match self.kind {
            BankAccountType::Checking => BankAccount::checking(owner, bank, routing, number),
            BankAccountType::Savings => BankAccount::savings(owner, bank, routing, number),
        };
        let account = account
            .wires(self.wire_routing_number.as_ref().map(Sensitive::expose))
            .nickname(self.nickname);
        Ok(owners.fold(account, BankAccount::owner))
    }
}

impl Members for LinkExternalAccountMembers {
    type Request = LinkExternalAccount;

    fn into_request(self) -> Result<LinkExternalAccount, MemberError> {
        let holder = self.holder;
        let (mut request, accounts, verify_owner) = match self.link.0 {
            LinkMembers::Plaid {
                vendor_public_token: token,
                vendor_institution_id: institution,
                vendor_account_ids,
                verify_owner,
            } => {
                let request = LinkExternalAccount::plaid(holder, token.expose(), institution);
                (request, vendor_account_ids, verify_owner)
            }
            LinkMembers::Finicity { vendor_customer_id, vendor_account_ids, verify_owner } => {
                let request = LinkExternalAccount::finicity(holder, vendor_customer_id);
                (request, vendor_account_ids, verify_owner)
            }
            LinkMembers::ByNumbers(account) => {
                let account = account.into_bank_account()?;
                (LinkExternalAccount::by_numbers(holder, account), None, None)
            }
        };
        for id in accounts.into_iter().flatten() {
            request = request.account(id);
        }
        Ok(if verify_owner == Some(true) { request.verify_owner() } else { request })
    }
}
