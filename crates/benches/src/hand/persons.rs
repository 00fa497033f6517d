//! Persons.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::texts::{
    AddressType, BanStatus, Classification, PersonStatus, PersonalIdType, SsnSource,
    VerificationStatus,
};

#[derive(Deserialize)]
pub struct PersonList {
    pub next_page_token: Option<String>,
    pub persons: Vec<Person>,
}

#[derive(Deserialize)]
pub struct Person {
    pub ban_status: BanStatus,
    pub chosen_name: Option<String>,
    #[serde(default)]
    pub classifications: Vec<Classification>,
    pub creation_time: DateTime<Utc>,
    pub customer_active: Option<DateTime<Utc>>,
    pub dob: Option<NaiveDate>,
    pub email: Option<String>,
    pub first_name: Option<String>,
    pub has_accounts: Option<bool>,
    pub id: Uuid,
    pub is_customer: bool,
    pub is_user: Option<bool>,
    pub last_name: Option<String>,
    pub last_updated_time: DateTime<Utc>,
    pub legal_address: Option<Address>,
    #[serde(default)]
    pub metadata: Map<String, Value>,
    pub middle_name: Option<String>,
    #[serde(default)]
    pub personal_ids: Vec<PersonalIdEntry>,
    pub phone_number: Option<String>,
    pub shipping_address: Option<Address>,
    pub ssn: Option<String>,
    pub ssn_source: Option<SsnSource>,
    pub status: PersonStatus,
    pub tenant: String,
    pub vendor_info: Option<Value>,
    pub verification_last_run: Option<DateTime<Utc>>,
    pub verification_status: VerificationStatus,
}

#[derive(Deserialize)]
pub struct Address {
    pub address_line_1: String,
    pub address_line_2: Option<String>,
    pub address_type: Option<AddressType>,
    pub city: Option<String>,
    pub country_code: String,
    pub id: Option<Uuid>,
    pub is_registered_agent: Option<bool>,
    pub nickname: Option<String>,
    pub postal_code: Option<String>,
    pub state: Option<String>,
}

#[derive(Deserialize)]
pub struct PersonalIdEntry {
    pub country_code: String,
    pub expiry_date: Option<NaiveDate>,
    pub id: Uuid,
    pub id_type: PersonalIdType,
    pub identifier: String,
    pub issue_date: Option<NaiveDate>,
    pub system_provided: bool,
}
