//! Tokens of cards in digital wallets.

use synctera_api::runtime::CardId;
use synctera_api::v2::types::{DigitalWalletToken as Wire, DigitalWalletTokenState as State};

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const TOKEN: Kind = Kind {
    name: "digital wallet token",
    id: "id",
    keys: &[("card", "/card_id"), ("state", "/state")],
};

/// A card in a digital wallet.
pub(crate) enum DigitalWalletToken {}

impl Resource for DigitalWalletToken {
    const KIND: &'static Kind = &TOKEN;
    type Wire = Wire;
    type Facts = ();
}

pub(crate) fn set_state(
    ctx: &Ctx<'_>,
    token: &mut Record<DigitalWalletToken>,
    state: State,
) -> Result<(), ApiError> {
    token.last_updated_time = Some(ctx.now);
    if state == State::Terminated {
        token.removed_from_wallet_time = Some(ctx.now);
    }
    token.state = Some(state);
    ctx.save(token)
}

/// Ends the tokens of a card that ends, or hands them to the card that takes its place.
pub(crate) fn leave(ctx: &Ctx<'_>, card: CardId, heir: Option<CardId>) -> Result<(), ApiError> {
    for mut token in ctx.find_all::<DigitalWalletToken>("card", card)? {
        match heir {
            Some(heir) => {
                token.card_id = Some(heir);
                token.last_updated_time = Some(ctx.now);
                ctx.save(&token)?;
            }
            None => {
                if let Some(State::Active | State::Suspended | State::Requested) = token.state {
                    set_state(ctx, &mut token, State::Terminated)?;
                }
            }
        }
    }
    Ok(())
}
