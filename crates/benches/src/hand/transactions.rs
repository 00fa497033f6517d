//! Posted transactions.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::texts::{DcSign, TransactionDisputeStatus};

#[derive(Deserialize)]
pub struct PostedTransactionList {
    pub next_page_token: Option<String>,
    pub result: Vec<PostedTransaction>,
}

#[derive(Deserialize)]
pub struct PostedTransaction {
    pub created: DateTime<Utc>,
    pub data: PostedTransactionData,
    #[serde(default)]
    pub disputes: Vec<TransactionDispute>,
    pub effective_date: DateTime<Utc>,
    #[serde(default)]
    pub enhanced_transaction: Map<String, Value>,
    pub id: i64,
    pub idemkey: String,
    pub info_only: bool,
    pub lead_mode: bool,
    pub posted_date: DateTime<Utc>,
    pub reference_id: Option<String>,
    pub settlement_date: Option<NaiveDate>,
    pub status: String,
    pub subtype: String,
    pub tenant: String,
    pub transaction_time: DateTime<Utc>,
    #[serde(rename = "type")]
    pub type_: String,
    pub updated: DateTime<Utc>,
    pub uuid: Uuid,
}

#[derive(Deserialize)]
pub struct PostedTransactionData {
    #[serde(default)]
    pub external_data: Map<String, Value>,
    pub force_post: bool,
    pub hold_id: Option<Uuid>,
    pub lines: Vec<TransactionLine>,
    pub memo: String,
    pub metadata: Option<Map<String, Value>>,
    pub original_trx: Option<Uuid>,
    pub parent_trx: Option<Uuid>,
    #[serde(default)]
    pub risk_info: Map<String, Value>,
    #[serde(default)]
    pub user_data: Map<String, Value>,
    pub vendor_info: Option<Value>,
}

#[derive(Deserialize)]
pub struct TransactionLine {
    pub account_id: String,
    pub account_no: String,
    pub amount: i64,
    pub avail_balance: i64,
    pub available_balance: i64,
    pub balance: i64,
    pub created: DateTime<Utc>,
    pub currency: String,
    pub dc_sign: DcSign,
    pub is_fee: bool,
    pub is_gl_acc: bool,
    pub is_offset: bool,
    pub is_primary: bool,
    pub meta: Option<Map<String, Value>>,
    pub network: String,
    pub related_line: i64,
    pub seq: i64,
    pub sweep_agg_id: Option<Uuid>,
    pub tenant: String,
    pub updated: DateTime<Utc>,
    pub uuid: Uuid,
}

#[derive(Deserialize)]
pub struct TransactionDispute {
    pub created: DateTime<Utc>,
    pub external_case_reference: Option<String>,
    pub id: Uuid,
    pub internal_case_reference: Option<String>,
    pub status: TransactionDisputeStatus,
    pub updated: DateTime<Utc>,
}
