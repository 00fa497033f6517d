//! Whether a card transaction is approved: by the card, the account, the money, the spend controls and
//! the integrator's gateway, in the platform's order.

use synctera_api::runtime::ErrorCode;

use crate::api::card_simulations::attempt::{Attempt, Decline, Verdict, merchant};
use crate::api::card_simulations::gateway;
use crate::domain::cards::CARD;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{cards, parties, rules};
use crate::ledger;
use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, text};
use crate::spec::FieldErrors;

impl Attempt {
    /// What the body says.
    pub(crate) fn read(
        ctx: &Ctx<'_>,
        sub_type: &'static str,
        side: Side,
        amount: i64,
    ) -> Result<Self, ApiError> {
        let code = ErrorCode::BadRequestBody;
        let card = ctx.referred(&CARD, text(&ctx.request.body, "card_id"), code, "card_id")?;
        let Some(account) = ctx.get(&ACCOUNT, text(&card, "account_id"))? else {
            return Err(ApiError::Internal("a card whose account is gone".to_owned()));
        };
        let cash_back = ctx.request.body["cash_back_amount"].as_i64().unwrap_or_default();
        if !(0..=amount).contains(&cash_back) {
            return Err(
                FieldErrors::invalid("cash_back_amount", "must be a part of the amount").into()
            );
        }
        let sub_type = if cash_back > 0 { "pos_cashback" } else { sub_type };
        Ok(Self {
            id: ctx.subject()?,
            card,
            account,
            sub_type,
            amount,
            side,
            merchant: merchant(&ctx.request.body),
        })
    }

    /// Judges it.
    pub(crate) fn judge(&self, ctx: &Ctx<'_>) -> Result<Verdict, ApiError> {
        if let Some(decline) = self.card_fault(ctx)? {
            return Ok(Verdict::Declined(decline));
        }
        if let Some(decline) = self.address_fault(ctx)? {
            return Ok(Verdict::Declined(decline));
        }
        let approved = match self.check_account(ctx).and_then(|()| self.check_funds(ctx)) {
            Ok(approved) => approved,
            Err(refusal) => return declined(refusal).map(Verdict::Declined),
        };
        Ok(match gateway::decline(ctx, self, approved)? {
            Some(decline) => Verdict::Declined(decline),
            None => Verdict::Approved(approved),
        })
    }

    /// What the network finds wrong with the card itself.
    fn card_fault(&self, ctx: &Ctx<'_>) -> Result<Option<Decline>, ApiError> {
        let card = &self.card;
        let status = text(card, "card_status");
        if status != "ACTIVE" {
            return Ok(Some(Decline::by_network(format!("the card is {status}"))));
        }
        if text(card, "expiration_time") <= ctx.now_text().as_str() {
            return Ok(Some(Decline::by_network("the card has expired")));
        }
        let given = text(&ctx.request.body["card_options"], "expiration");
        let (month, year) = (text(card, "expiration_month"), text(card, "expiration_year"));
        let year = year.get(2..).unwrap_or_default();
        if !given.is_empty()
            && given != format!("{month}{year}")
            && given != format!("{year}{month}")
        {
            return Ok(Some(Decline::by_network("that is not when the card expires")));
        }
        let pin = text(&ctx.request.body, "pin");
        if !pin.is_empty() && !cards::try_pin(ctx, text(card, "id"), pin)? {
            return Ok(Some(Decline::by_network("that is not the card's PIN")));
        }
        if text(card, "customer_id").is_empty() {
            let detail = "the card has no holder yet";
            return Ok(Some(Decline::new("TRANSACTION_NOT_PERMITTED", detail)));
        }
        let country = text(&self.merchant, "country");
        if !matches!(country, "" | "US") && !cards::crosses_borders(ctx, card)? {
            let detail = "the card's product is for its own country alone";
            return Ok(Some(Decline::new("TRANSACTION_NOT_PERMITTED", detail)));
        }
        let wanted = match text(&ctx.request.body, "account_type") {
            "checking" => ("CHECKING", "NO_CHECKING_ACCOUNT"),
            "savings" => ("SAVING", "NO_SAVINGS_ACCOUNT"),
            "credit" => ("CREDIT", "NO_CREDIT_ACCOUNT"),
            _ => return Ok(None),
        };
        let is_credit = !matches!(text(&self.account, "account_type"), "CHECKING" | "SAVING");
        let fits = match wanted.0 {
            "CREDIT" => is_credit,
            kind => self.account["account_type"] == kind,
        };
        Ok((!fits).then(|| Decline::new(wanted.1, "the card's account is of another type")))
    }

    /// The ZIP code that the buyer gave is the cardholder's, by the legal address, else by that
    /// for shipping.
    fn address_fault(&self, ctx: &Ctx<'_>) -> Result<Option<Decline>, ApiError> {
        let given = text(&ctx.request.body["card_options"]["billing_address"], "zip");
        if given.is_empty() {
            return Ok(None);
        }
        let (_, holder) = parties::customer(ctx, text(&self.card, "customer_id"), "customer_id")?;
        let known = ["legal_address", "shipping_address"]
            .into_iter()
            .map(|address| text(&holder[address], "postal_code"))
            .find(|code| !code.is_empty());
        let five = |code: &str| code.chars().take(5).collect::<String>();
        let is_known = known.is_some_and(|known| five(known) == five(given));
        let detail = "the ZIP code is not the cardholder's";
        Ok((!is_known).then(|| Decline::new("ADDRESS_VERIFICATION_FAILED", detail)))
    }

    fn check_account(&self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        rules::check_account(ctx, &self.account, self.side)?;
        let customer = text(&self.card, "customer_id");
        rules::check_customer(ctx, &self.account, customer, "customer_id")?;
        rules::check_rail(&self.account, "is_card_enabled")?;
        if self.amount == 0 {
            return Ok(());
        }
        let sub_type = self.sub_type.to_uppercase();
        let merchant = |property: &str| self.merchant[property].as_str();
        let spend = Spend {
            kind: "CARD",
            sub_type: &sub_type,
            amount: self.amount,
            side: self.side,
            mcc: merchant("mcc"),
            country: merchant("country"),
        };
        rules::check_spend_controls(ctx, &self.account, &spend)
    }

    /// What the money is enough for; a part only where the merchant can take one.
    fn check_funds(&self, ctx: &Ctx<'_>) -> Result<i64, ApiError> {
        if self.side == Side::Credited || self.amount == 0 {
            return Ok(self.amount);
        }
        let Err(refusal) = rules::check_funds(ctx, &self.account, self.amount) else {
            return Ok(self.amount);
        };
        let is_capable = ctx.request.body["card_acceptor"]["partial_approval_capable"] == true;
        let available = ledger::balances(ctx, text(&self.account, "id"))?.available;
        let is_short = matches!(&refusal, ApiError::Problem(problem)
            if problem.code == ErrorCode::InsufficientFunds);
        if is_capable && is_short && (1..self.amount).contains(&available) {
            return Ok(available);
        }
        Err(refusal)
    }
}

/// A refusal of the rules that all rails share, as the card rail says it.
pub(crate) fn declined(refusal: ApiError) -> Result<Decline, ApiError> {
    let problem = match refusal {
        ApiError::Problem(problem) => problem,
        broken => return Err(broken),
    };
    let reason = match problem.code {
        ErrorCode::AccountClosed => "CLOSED_ACCOUNT",
        ErrorCode::BalanceViolation => "BALANCE_VIOLATION",
        ErrorCode::InsufficientFunds => "INSUFFICIENT_FUNDS",
        ErrorCode::PaymentRailNotEnabled => "DISABLED_PAYMENT_TYPE",
        ErrorCode::SpendControlViolation => "SPEND_CONTROL_VIOLATED",
        ErrorCode::SuspectedFraud => "SUSPECTED_FRAUD",
        _ => "TRANSACTION_NOT_PERMITTED",
    };
    Ok(Decline::new(reason, problem.detail))
}
