//! Accounts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::texts::{
    AccountAccessStatus, AccountStatus, AccountType, BalanceType, BillingFrequency, CustomerType,
    FundsOwnership, GeneralLedgerCategory, GeneralLedgerType,
};

#[derive(Deserialize)]
pub struct AccountList {
    pub accounts: Vec<Account>,
    pub next_page_token: Option<String>,
}

#[derive(Deserialize)]
pub struct Account {
    pub access_status: Option<AccountAccessStatus>,
    pub access_status_last_updated_time: Option<DateTime<Utc>>,
    pub account_closure: Option<Value>,
    pub account_number: Option<String>,
    pub account_number_masked: Option<String>,
    pub account_program_id: Option<Uuid>,
    pub account_purpose: Option<String>,
    pub account_template_id: Option<Uuid>,
    pub account_type: Option<AccountType>,
    pub application_id: Option<Uuid>,
    pub auto_payment_period: Option<i64>,
    pub balance_ceiling: Option<BalanceCeiling>,
    pub balance_floor: Option<BalanceFloor>,
    #[serde(default)]
    pub balances: Vec<Balance>,
    pub bank_account_id: Option<String>,
    pub bank_routing: Option<String>,
    pub billing_period: Option<BillingPeriod>,
    #[serde(default)]
    pub business_ids: Vec<Uuid>,
    pub close_date: Option<NaiveDate>,
    pub creation_time: Option<DateTime<Utc>>,
    pub credit_limit: Option<i64>,
    pub currency: Option<String>,
    #[serde(default)]
    pub customer_ids: Vec<Uuid>,
    pub customer_type: Option<CustomerType>,
    pub days_past_due: Option<i64>,
    pub exchange_rate_type: Option<String>,
    #[serde(default)]
    pub fee_product_ids: Vec<Uuid>,
    pub funds_ownership: Option<FundsOwnership>,
    pub general_ledger_category: Option<GeneralLedgerCategory>,
    pub general_ledger_type: Option<GeneralLedgerType>,
    pub grace_period: Option<i64>,
    pub iban: Option<String>,
    pub id: Option<Uuid>,
    pub in_closing_date: Option<NaiveDate>,
    pub interest_product_id: Option<Uuid>,
    pub is_account_pool: Option<bool>,
    pub is_ach_enabled: Option<bool>,
    pub is_card_enabled: Option<bool>,
    pub is_eft_ca_enabled: Option<bool>,
    pub is_external_card_enabled: Option<bool>,
    pub is_p2p_enabled: Option<bool>,
    pub is_sar_enabled: Option<bool>,
    pub is_security: Option<bool>,
    pub is_synctera_pay_enabled: Option<bool>,
    pub is_system_auto_pay_enabled: Option<bool>,
    pub is_wire_enabled: Option<bool>,
    pub last_updated_time: Option<DateTime<Utc>>,
    #[serde(default)]
    pub metadata: Map<String, Value>,
    pub minimum_payment: Option<Value>,
    pub nickname: Option<String>,
    pub open_date: Option<NaiveDate>,
    pub overdraft_limit: Option<i64>,
    pub restrictions: Option<AccountRestrictions>,
    pub security: Option<Security>,
    #[serde(default)]
    pub spend_control_ids: Vec<Uuid>,
    pub spending_limits: Option<SpendingLimits>,
    pub status: Option<AccountStatus>,
    #[serde(default)]
    pub stop_payments: Vec<StopPayment>,
    pub swift_code: Option<String>,
    pub tenant: Option<String>,
    pub vendor_info: Option<Value>,
}

#[derive(Deserialize)]
pub struct Balance {
    pub balance: i64,
    #[serde(rename = "type")]
    pub type_: BalanceType,
}

#[derive(Deserialize)]
pub struct AccountRestrictions {
    pub is_account_out_of_area: Option<bool>,
    pub is_delinquent: Option<bool>,
    pub is_past_due: Option<bool>,
    pub is_revoked: Option<bool>,
}

#[derive(Deserialize)]
pub struct BalanceCeiling {
    pub balance: i64,
    pub linked_account_id: Option<Uuid>,
    pub overflow_account_id: Option<Uuid>,
}

#[derive(Deserialize)]
pub struct BalanceFloor {
    pub balance: i64,
    pub linked_account_id: Option<Uuid>,
    pub overdraft_account_id: Option<Uuid>,
}

#[derive(Deserialize)]
pub struct BillingPeriod {
    pub frequency: BillingFrequency,
    pub start_date: DateTime<Utc>,
}

#[derive(Deserialize)]
pub struct SpendingLimits {
    pub day: Option<SpendingLimitWithTime>,
    pub description: Option<String>,
    pub lifetime: Option<SpendingLimitWithTime>,
    pub month: Option<SpendingLimitWithTime>,
    pub transaction: Option<SpendingLimitsTransaction>,
    pub week: Option<SpendingLimitWithTime>,
}

#[derive(Deserialize)]
pub struct SpendingLimitWithTime {
    pub amount: Option<i64>,
    pub transactions: Option<i64>,
}

#[derive(Deserialize)]
pub struct SpendingLimitsTransaction {
    pub amount: Option<i64>,
}

#[derive(Deserialize)]
pub struct Security {
    pub linked_account_id: Uuid,
}

#[derive(Deserialize)]
pub struct StopPayment {
    pub dispute_id: Option<Uuid>,
    pub expires_on: Option<DateTime<Utc>>,
    pub originator_name: String,
    pub stop_payment_id: Uuid,
    pub transaction_id: Option<Uuid>,
}
