//! What others than the integrator do, from Rust: merchants, operators, readers of data.

use std::fmt::Display;

use super::Sandbox;
use crate::domain::application_decisions::ApplicationDecision;
use crate::domain::cards::three_ds;
use crate::domain::cards::three_ds::ThreeDsStatus;
use crate::domain::fdx;
use crate::domain::fdx::ReaderStep;
use crate::error::Error;
use crate::model::state::CardholderAuthentication;
use crate::registry;
use crate::spec::stored_id;

impl Sandbox {
    /// Decides on an application for a credit card, a line of credit or a restricted account, as an
    /// operator does in the console. An approval opens the account, of the holder who applied.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such application, it is decided already or of type `CREDIT`,
    /// or when the account cannot be opened, such as for a holder who is not verified.
    pub fn decide_application(&self, decision: &ApplicationDecision) -> Result<(), Error> {
        self.app.engine.act(|ctx| registry::decide_application(ctx, decision))?;
        Ok(())
    }

    /// Does what a reader of a customer's data does in Plaid Core Exchange: trades the code of a granted
    /// authorization request for an access and a refresh token. Returns their ids, in this order.
    ///
    /// # Errors
    /// [`Error::Refused`] when the code is none that was given, was used, or has expired.
    pub fn exchange_fdx_code(&self, code: &str) -> Result<Vec<String>, Error> {
        self.fdx_step(&ReaderStep::AuthorizationCode(code.to_owned()))
    }

    /// Trades a refresh token of Plaid Core Exchange, by its id, for a new access and a new refresh
    /// token. Returns their ids, in this order.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such refresh token, or it was used, revoked, or has expired.
    pub fn refresh_fdx_token(&self, token: impl Display) -> Result<Vec<String>, Error> {
        self.fdx_step(&ReaderStep::RefreshToken(token.to_string()))
    }

    /// Gives up a token of Plaid Core Exchange, by its id, and all that go back to the same request.
    /// Returns the ids of those that were valid.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such token.
    pub fn revoke_fdx_token(&self, token: impl Display) -> Result<Vec<String>, Error> {
        self.fdx_step(&ReaderStep::Revoke(token.to_string()))
    }

    fn fdx_step(&self, step: &ReaderStep) -> Result<Vec<String>, Error> {
        let tokens = self.app.engine.act(|ctx| fdx::step(ctx, step))?;
        Ok(tokens.iter().map(|token| token.id.to_string()).collect())
    }

    /// Has a merchant ask for the cardholder by 3-D Secure, for a payment of `amount` minor units. The
    /// decision is that of the active decision gateway of the card's product, or follows the product's
    /// policy. `is_answered` says whether a one-time password is entered rightly. Raises
    /// `CARD.THREE_DS.DECISION` and `CARD.THREE_DS.AUTHENTICATION`.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such card, or the amount is negative.
    pub async fn authenticate_cardholder(
        &self,
        card: impl Display,
        amount: i64,
        is_answered: bool,
    ) -> Result<CardholderAuthentication, Error> {
        let card = stored_id(card);
        let authentication = self.app.blocking(move |engine| {
            engine.act(|ctx| three_ds::authenticate(ctx, &card, amount, is_answered))
        });
        let made = authentication.await?.wire;
        Ok(CardholderAuthentication {
            id: made.id.to_string(),
            is_successful: made.status == ThreeDsStatus::Success,
            decision: made.decision,
        })
    }
}
