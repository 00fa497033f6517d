//! Requests about accounts.

use serde::Deserialize;
use synctera_api::runtime::{
    AccountId, AccountProductId, AccountTemplateId, ApplicationId, BasisPoints, ExternalAccountId,
    InternalAccountId, PlatformAccountId,
};

use super::values::{Choice, Metadata, PartyMember};
use super::{MemberError, Members, read_by_members};
use crate::types::{AccountClosureReason, AccountType};
use crate::{AddAccountParty, CloseAccount, Money, OpenAccount, Party, Rail, RemoveAccountParty};

read_by_members! {
    OpenAccountMembers => OpenAccount,
    AddAccountPartyMembers => AddAccountParty,
    RemoveAccountPartyMembers => RemoveAccountParty,
    CloseAccountMembers => CloseAccount,
}

/// A floor or a ceiling.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct LimitMembers {
    pub(super) balance: Money,
    pub(super) linked_account_id: Option<PlatformAccountId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct MinimumPaymentMembers {
    /// In basis points.
    pub(super) rate: BasisPoints,
    pub(super) min_amount: Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct SecurityMembers {
    linked_account_id: AccountId,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TemplateMember {
    AccountType(AccountType),
    AccountTemplateId(AccountTemplateId),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct OpenAccountMembers {
    template: Choice<TemplateMember>,
    primary_account_holder: Choice<PartyMember>,
    joint_account_holders: Option<Vec<Choice<PartyMember>>>,
    authorized_signers: Option<Vec<Choice<PartyMember>>>,
    authorized_users: Option<Vec<Choice<PartyMember>>>,
    is_ach_enabled: Option<bool>,
    is_card_enabled: Option<bool>,
    is_eft_ca_enabled: Option<bool>,
    is_external_card_enabled: Option<bool>,
    is_p2p_enabled: Option<bool>,
    is_synctera_pay_enabled: Option<bool>,
    is_wire_enabled: Option<bool>,
    interest_product_id: Option<AccountProductId>,
    balance_floor: Option<LimitMembers>,
    balance_ceiling: Option<LimitMembers>,
    credit_limit: Option<Money>,
    minimum_payment: Option<MinimumPaymentMembers>,
    grace_period: Option<u32>,
    security: Option<SecurityMembers>,
    application_id: Option<ApplicationId>,
    loan_id: Option<i64>,
    nickname: Option<String>,
    metadata: Metadata,
}

impl Members for OpenAccountMembers {
    type Request = OpenAccount;

    fn into_request(self) -> Result<OpenAccount, MemberError> {
        let primary = Party::from(self.primary_account_holder);
        let mut request = match self.template.0 {
            TemplateMember::AccountType(account_type) => OpenAccount::new(account_type, primary),
            TemplateMember::AccountTemplateId(id) => OpenAccount::from_template(id, primary),
        }
        .interest_product(self.interest_product_id)
        .credit_limit(self.credit_limit)
        .grace_period(self.grace_period)
        .secured_by(self.security.map(|security| security.linked_account_id))
        .application(self.application_id)
        .loan(self.loan_id)
        .nickname(self.nickname);
        for holder in self.joint_account_holders.into_iter().flatten() {
            request = request.joint(holder);
        }
        for signer in self.authorized_signers.into_iter().flatten() {
            request = request.authorized_signer(signer);
        }
        for user in self.authorized_users.into_iter().flatten() {
            request = request.authorized_user(user);
        }
        for (rail, is_on) in [
            (Rail::Ach, self.is_ach_enabled),
            (Rail::Card, self.is_card_enabled),
            (Rail::EftCanada, self.is_eft_ca_enabled),
            (Rail::ExternalCard, self.is_external_card_enabled),
            (Rail::InternalTransfer, self.is_p2p_enabled),
            (Rail::SyncteraPay, self.is_synctera_pay_enabled),
            (Rail::Wire, self.is_wire_enabled),
        ] {
            if let Some(is_on) = is_on {
                request = request.rail(rail, is_on);
            }
        }
        if let Some(LimitMembers { balance, linked_account_id }) = self.balance_floor {
            request = match linked_account_id {
                Some(linked) => request.floor_from(balance, linked),
                None => request.floor(balance),
            };
        }
        if let Some(LimitMembers { balance, linked_account_id }) = self.balance_ceiling {
            request = match linked_account_id {
                Some(linked) => request.ceiling_to(balance, linked),
                None => request.ceiling(balance),
            };
        }
        if let Some(payment) = self.minimum_payment {
            request = request.minimum_payment(payment.rate, payment.min_amount);
        }
        for (name, value) in self.metadata.into_iter().flatten() {
            request = request.metadata(name, value);
        }
        Ok(request)
    }
}

/// The ways in which a party can be added to an account.
#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AddedRole {
    JointAccountHolder,
    AuthorizedSigner,
    AuthorizedUser,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct AddAccountPartyMembers {
    account_id: AccountId,
    party: Choice<PartyMember>,
    relationship_type: AddedRole,
}

impl Members for AddAccountPartyMembers {
    type Request = AddAccountParty;

    fn into_request(self) -> Result<AddAccountParty, MemberError> {
        let (account, party) = (self.account_id, self.party);
        Ok(match self.relationship_type {
            AddedRole::JointAccountHolder => AddAccountParty::joint(account, party),
            AddedRole::AuthorizedSigner => AddAccountParty::authorized_signer(account, party),
            AddedRole::AuthorizedUser => AddAccountParty::authorized_user(account, party),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RemoveAccountPartyMembers {
    account_id: AccountId,
    party: Choice<PartyMember>,
}

impl Members for RemoveAccountPartyMembers {
    type Request = RemoveAccountParty;

    fn into_request(self) -> Result<RemoveAccountParty, MemberError> {
        Ok(RemoveAccountParty::new(self.account_id, self.party))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct CloseAccountMembers {
    account_id: AccountId,
    reason: AccountClosureReason,
    reason_details: String,
    destination: Option<Choice<DestinationMember>>,
    fail_if_blocked: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DestinationMember {
    ToAccount(AccountId),
    ToInternalAccount(InternalAccountId),
    ByAch(ExternalAccountId),
    ByBankDraft,
}

impl Members for CloseAccountMembers {
    type Request = CloseAccount;

    fn into_request(self) -> Result<CloseAccount, MemberError> {
        let request = CloseAccount::new(self.account_id, self.reason, self.reason_details);
        let request = match self.destination.map(|Choice(destination)| destination) {
            None => request,
            Some(DestinationMember::ToAccount(id)) => request.to_account(id),
            Some(DestinationMember::ToInternalAccount(id)) => request.to_internal_account(id),
            Some(DestinationMember::ByAch(id)) => request.by_ach(id),
            Some(DestinationMember::ByBankDraft) => request.by_bank_draft(),
        };
        Ok(if self.fail_if_blocked == Some(true) { request.fail_if_blocked() } else { request })
    }
}
