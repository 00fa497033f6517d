//! Statements.

use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
pub struct StatementList {
    pub next_page_token: Option<String>,
    pub statements: Vec<StatementSummary>,
}

#[derive(Deserialize)]
pub struct StatementSummary {
    pub account_id: Option<Uuid>,
    pub end_date: Option<NaiveDate>,
    pub id: Option<Uuid>,
    pub issue_date: Option<NaiveDate>,
    pub start_date: Option<NaiveDate>,
}
