//! Whether a card transaction is approved: by the card, the account, the money, the spend controls and
//! the integrator's gateway, in the platform's order.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    AccountType, CardStatus, WithdrawalSimulationAccountType as ChosenAccount,
};

use crate::api::card_simulations::attempt::{
    Attempt, Decline, Merchant, Presented, SubType, Verdict,
};
use crate::api::card_simulations::gateway;
use crate::domain::cards::Card;
use crate::domain::parties::PartyRecord;
use crate::domain::rules::Rail;
use crate::domain::side::Side;
use crate::domain::spend_controls::Spend;
use crate::domain::{cards, parties, rules};
use crate::ledger;
use crate::ledger::{Account, LedgerAccount};
use crate::model::{ApiError, Ctx};
use crate::spec::FieldErrors;

impl Attempt {
    /// What was presented, with the card and the account that it is about.
    pub(crate) fn new(
        ctx: &Ctx<'_>,
        presented: Presented,
        sub_type: SubType,
        side: Side,
    ) -> Result<Self, ApiError> {
        let (code, amount) = (ErrorCode::BadRequestBody, presented.amount);
        let card = ctx.find_named::<Card>(presented.card_id, code, "card_id")?;
        let account = ctx.find_related::<Account>(card.account_id)?;
        let cash_back = presented.cash_back_amount.unwrap_or_default();
        if !(0..=amount).contains(&cash_back) {
            return Err(
                FieldErrors::invalid("cash_back_amount", "must be a part of the amount").into()
            );
        }
        Ok(Self {
            id: ctx.subject()?.into(),
            card,
            currency: LedgerAccount::of(&account)?.currency,
            account,
            sub_type: if cash_back > 0 { SubType::PosCashback } else { sub_type },
            amount,
            side,
            merchant: Merchant::from(&presented),
            presented,
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
        if card.card_status != CardStatus::Active {
            return Ok(Some(Decline::by_network(format!("the card is {}", card.card_status))));
        }
        if card.expiration_time <= ctx.now {
            return Ok(Some(Decline::by_network("the card has expired")));
        }
        let options = self.presented.card_options.as_ref();
        let given = options.and_then(|options| options.expiration.as_deref()).unwrap_or_default();
        let month = &card.expiration_month;
        let year = card.expiration_year.get(2..).unwrap_or_default();
        if !given.is_empty()
            && given != format!("{month}{year}")
            && given != format!("{year}{month}")
        {
            return Ok(Some(Decline::by_network("that is not when the card expires")));
        }
        if let Some(pin) = &self.presented.pin
            && !pin.expose().is_empty()
            && !cards::try_pin(ctx, card.id, pin.expose())?
        {
            return Ok(Some(Decline::by_network("that is not the card's PIN")));
        }
        if card.customer_id.is_none() {
            let detail = "the card has no holder yet";
            return Ok(Some(Decline::new("TRANSACTION_NOT_PERMITTED", detail)));
        }
        let is_abroad = self.merchant.country.as_deref().is_some_and(|country| country != "US");
        if is_abroad && !cards::crosses_borders(ctx, card)? {
            let detail = "the card's product is for its own country alone";
            return Ok(Some(Decline::new("TRANSACTION_NOT_PERMITTED", detail)));
        }
        let is_checking = self.account.account_type == Some(AccountType::Checking);
        let is_saving = self.account.account_type == Some(AccountType::Saving);
        let (fits, reason) = match self.presented.account_type {
            Some(ChosenAccount::Checking) => (is_checking, "NO_CHECKING_ACCOUNT"),
            Some(ChosenAccount::Savings) => (is_saving, "NO_SAVINGS_ACCOUNT"),
            Some(ChosenAccount::Credit) => (!is_checking && !is_saving, "NO_CREDIT_ACCOUNT"),
            Some(_) | None => return Ok(None),
        };
        Ok((!fits).then(|| Decline::new(reason, "the card's account is of another type")))
    }

    /// The ZIP code that the buyer gave is the cardholder's, by the legal address, else by that
    /// for shipping.
    fn address_fault(&self, ctx: &Ctx<'_>) -> Result<Option<Decline>, ApiError> {
        let options = self.presented.card_options.as_ref();
        let billing = options.and_then(|options| options.billing_address.as_ref());
        let given = billing.and_then(|billing| billing.zip.as_deref()).unwrap_or_default();
        if given.is_empty() {
            return Ok(None);
        }
        let holder = parties::find(ctx, self.customer(), "customer_id")?;
        let shipping = match &holder {
            PartyRecord::Person(person) => person.shipping_address.as_ref(),
            PartyRecord::Business(_) => None,
        };
        let known = [holder.legal_address(), shipping]
            .into_iter()
            .filter_map(|address| address?.postal_code.as_deref())
            .find(|code| !code.is_empty());
        let five = |code: &str| code.chars().take(5).collect::<String>();
        let is_known = known.is_some_and(|known| five(known) == five(given));
        let detail = "the ZIP code is not the cardholder's";
        Ok((!is_known).then(|| Decline::new("ADDRESS_VERIFICATION_FAILED", detail)))
    }

    fn check_account(&self, ctx: &Ctx<'_>) -> Result<(), ApiError> {
        rules::check_account(ctx, &self.account, self.side)?;
        rules::check_customer(ctx, &self.account, &self.customer(), "customer_id")?;
        rules::check_rail(&self.account, Rail::Card)?;
        if self.amount == 0 {
            return Ok(());
        }
        let sub_type = self.sub_type.as_str().to_uppercase();
        let spend = Spend {
            kind: "CARD",
            sub_type: &sub_type,
            amount: self.amount,
            side: self.side,
            mcc: self.merchant.mcc.as_deref(),
            country: self.merchant.country.as_deref(),
        };
        rules::check_spend_controls(ctx, &self.account, &spend)
    }

    /// What the money is enough for; a part only where the merchant can take one.
    fn check_funds(&self, ctx: &Ctx<'_>) -> Result<i64, ApiError> {
        if self.amount == 0 {
            return Ok(self.amount);
        }
        if self.side == Side::Credited {
            rules::check_room(ctx, &self.account, self.amount)?;
            return Ok(self.amount);
        }
        let Err(refusal) = rules::check_funds(ctx, &self.account, self.amount) else {
            return Ok(self.amount);
        };
        let acceptor = self.presented.card_acceptor.as_ref();
        let is_capable =
            acceptor.is_some_and(|acceptor| acceptor.partial_approval_capable == Some(true));
        let available = ledger::balances(ctx, self.card.account_id)?.available;
        let is_short = matches!(&refusal, ApiError::Problem(problem)
            if problem.code == ErrorCode::InsufficientFunds);
        if is_capable && is_short && (1..self.amount).contains(&available) {
            return Ok(available);
        }
        Err(refusal)
    }

    /// The cardholder's id, as the rules of all rails take it; empty where there is none yet.
    fn customer(&self) -> String {
        self.card.customer_id.map(|id| id.to_string()).unwrap_or_default()
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
