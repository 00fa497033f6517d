//! An attempt to pay by card, and why it is declined.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::{CardId, CurrencyCode, Sensitive, TransactionId};
use synctera_api::v2::types::{CardAcceptorModel, CardOptions, WithdrawalSimulationAccountType};

use crate::domain::cards::Card;
use crate::domain::side::Side;
use crate::ledger::Account;
use crate::model::Record;

/// A card transaction as it reaches the platform.
pub(crate) struct Attempt {
    /// The ledger's id of it.
    pub(crate) id: TransactionId,
    pub(crate) card: Record<Card>,
    pub(crate) account: Record<Account>,
    pub(crate) currency: CurrencyCode,
    pub(crate) sub_type: SubType,
    /// In minor units of the account's currency.
    pub(crate) amount: i64,
    pub(crate) side: Side,
    pub(crate) merchant: Merchant,
    pub(crate) presented: Presented,
}

/// What a merchant or a machine presents: what the messages that begin a transaction have in common.
#[derive(Deserialize)]
pub(crate) struct Presented {
    pub(crate) card_id: CardId,
    /// In minor units; a balance inquiry has none.
    #[serde(default)]
    pub(crate) amount: i64,
    /// The part of the amount that is paid out in cash.
    pub(crate) cash_back_amount: Option<i64>,
    pub(crate) mid: String,
    pub(crate) card_acceptor: Option<CardAcceptorModel>,
    pub(crate) card_options: Option<CardOptions>,
    pub(crate) pin: Option<Sensitive<String>>,
    /// The account that the cardholder chose at a machine.
    pub(crate) account_type: Option<WithdrawalSimulationAccountType>,
}

/// What a card transaction is, as the ledger calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubType {
    AtmWithdrawal,
    BalanceInquiry,
    Credit,
    PosCashback,
    PosPurchase,
}

/// What a refund of any of them is.
pub(super) const REFUND: &str = "pos_refund";

impl SubType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AtmWithdrawal => "atm_withdrawal",
            Self::BalanceInquiry => "balance_inquiry",
            Self::Credit => "credit",
            Self::PosCashback => "pos_cashback",
            Self::PosPurchase => "pos_purchase",
        }
    }

    /// What takes it back.
    pub(super) fn reversal(self) -> String {
        format!("{}_reversal", self.as_str())
    }
}

/// Who is paid, with what the rules look at in one spelling.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Merchant {
    pub(crate) mid: String,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mcc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    /// Two letters, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country: Option<String>,
}

impl From<&Presented> for Merchant {
    fn from(presented: &Presented) -> Self {
        let acceptor = presented.card_acceptor.clone().unwrap_or_default();
        let country = acceptor.country.map(|country| country.as_str().to_ascii_uppercase());
        let country = country.filter(|country| !country.is_empty());
        Self {
            mid: presented.mid.clone(),
            name: acceptor.name.unwrap_or_default(),
            mcc: acceptor.mcc,
            city: acceptor.city,
            state: acceptor.state,
            country: country.map(|country| match country.as_str() {
                "USA" | "840" | "UNITED STATES" => "US".to_owned(),
                _ => country,
            }),
        }
    }
}

/// What came of it.
pub(crate) enum Verdict {
    /// This much is approved: what was asked for, or a part of it.
    Approved(i64),
    Declined(Decline),
}

/// Why not.
pub(crate) struct Decline {
    /// The platform's name of the reason.
    pub(crate) reason: String,
    pub(crate) detail: String,
    /// The network turned it away before the platform was asked.
    pub(crate) is_by_network: bool,
}

impl Decline {
    pub(crate) fn new(reason: &str, detail: impl Into<String>) -> Self {
        Self { reason: reason.to_owned(), detail: detail.into(), is_by_network: false }
    }

    pub(crate) fn by_network(detail: impl Into<String>) -> Self {
        Self { is_by_network: true, ..Self::new("NETWORK_DECLINED", detail) }
    }
}
