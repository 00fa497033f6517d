//! Issuing cards.

use std::collections::BTreeMap;

use synctera_api::runtime::{AccountId, CardId, CardImageId, CardProductId, PersonId};
use synctera_api::{Error, v2};

use super::details::{CardRequest, Details};
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::only::only;
use crate::journeys::resume::ResumeMarker;
use crate::journeys::{Availability, Journey, Party, Run, Steps, recovery};
use crate::normalize::{self, Normalization};
use crate::pages::Items;
use crate::types::{
    Card, CardStatus, CardType, EmbossName, Form, ListCardProductsQuery, NewCard, RecipientName,
    Shipping, ShippingMethod,
};
use crate::{Address, IntoOption, Synctera};

/// The maximum length of the name on a card, in characters.
const EMBOSS_MAX: usize = 21;

impl Synctera {
    /// Issues a card on an account to a customer of the account, a person or a business: a debit or
    /// prepaid card, which spends the available balance, or a credit card on a charge or credit
    /// account.
    ///
    /// A virtual card can be used immediately, a physical card once the cardholder has activated
    /// it. Without a product's id the journey uses the only active product of the card's type and
    /// form. An account can have one physical card and nine virtual cards.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// # let ada = customer;
    /// use synctera::IssueCard;
    ///
    /// let card = client.issue_card(&IssueCard::virtual_debit(account, ada)).await?;
    /// println!("card {} ends with {}", card.id, card.last_four.unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// [`Refused`](crate::ErrorKind::Refused) when there is not exactly one active product of the
    /// type and form; otherwise the error of the step that failed.
    pub fn issue_card(&self, request: &IssueCard) -> Run<'static, IssueCard> {
        Run::new(self, request)
    }
}

/// A request to issue a card; see [`Synctera::issue_card`].
///
/// The holder is a customer of the account. For a business see [`IssueCard::cardholder`].
#[derive(Clone, Debug)]
pub struct IssueCard {
    account: AccountId,
    holder: Party,
    cardholder: Option<PersonId>,
    kind: CardType,
    form: CardForm,
    product: Option<CardProductId>,
    image: Option<CardImageId>,
    method: Option<ShippingMethod>,
    emboss_name: Option<String>,
}

#[derive(Clone, Debug)]
enum CardForm {
    Virtual,
    Physical(Option<Box<Destination>>),
}

#[derive(Clone, Debug)]
struct Destination {
    first_name: String,
    last_name: String,
    address: Address,
}

impl IssueCard {
    /// A virtual debit card.
    pub fn virtual_debit(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::new(account, holder.into(), CardType::Debit, CardForm::Virtual)
    }

    /// A physical debit card, mailed to the holder's address unless [`ship_to`](Self::ship_to) is
    /// set.
    pub fn physical_debit(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::new(account, holder.into(), CardType::Debit, CardForm::Physical(None))
    }

    /// A virtual prepaid card, on a prepaid account.
    pub fn virtual_prepaid(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::new(account, holder.into(), CardType::Prepaid, CardForm::Virtual)
    }

    /// A physical prepaid card, on a prepaid account, mailed to the holder's address unless
    /// [`ship_to`](Self::ship_to) is set.
    pub fn physical_prepaid(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::new(account, holder.into(), CardType::Prepaid, CardForm::Physical(None))
    }

    /// A virtual credit card, on a charge or credit account.
    pub fn virtual_credit(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::new(account, holder.into(), CardType::Credit, CardForm::Virtual)
    }

    /// A physical credit card, on a charge or credit account, mailed to the holder's address unless
    /// [`ship_to`](Self::ship_to) is set.
    pub fn physical_credit(account: AccountId, holder: impl Into<Party>) -> Self {
        Self::new(account, holder.into(), CardType::Credit, CardForm::Physical(None))
    }

    fn new(account: AccountId, holder: Party, kind: CardType, form: CardForm) -> Self {
        Self {
            account,
            holder,
            cardholder: None,
            kind,
            form,
            product: None,
            image: None,
            method: None,
            emboss_name: None,
        }
    }

    /// The person who uses a card of a business, and whose name is on it unless
    /// [`emboss_name`](Self::emboss_name) is set. The card of a person has no other
    /// cardholder.
    ///
    /// The platform declines the transactions of a business card without a cardholder. A cardholder
    /// can be set later with `update_card`, once.
    #[must_use]
    pub fn cardholder(mut self, person: impl IntoOption<PersonId>) -> Self {
        self.cardholder = person.into_option();
        self
    }

    /// The card product.
    #[must_use]
    pub fn product(mut self, product: impl IntoOption<CardProductId>) -> Self {
        self.product = product.into_option();
        self
    }

    /// The image on the card, uploaded before. The card is `PENDING` until the image is approved.
    /// Has no effect on a virtual card.
    #[must_use]
    pub fn image(mut self, image: impl IntoOption<CardImageId>) -> Self {
        self.image = image.into_option();
        self
    }

    /// The shipping method: local mail by default. Has no effect on a virtual card.
    #[must_use]
    pub fn shipping_method(mut self, method: impl IntoOption<ShippingMethod>) -> Self {
        self.method = method.into_option();
        self
    }

    /// The name on the card, of 1 to 21 characters: the cardholder's name by default.
    #[must_use]
    pub fn emboss_name(mut self, line: impl IntoOption<String>) -> Self {
        self.emboss_name = line.into_option();
        self
    }

    /// The recipient and the address to which the card is mailed. Has no effect on a virtual card.
    #[must_use]
    pub fn ship_to(
        mut self,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        address: Address,
    ) -> Self {
        if let CardForm::Physical(destination) = &mut self.form {
            *destination = Some(Box::new(Destination {
                first_name: first_name.into(),
                last_name: last_name.into(),
                address,
            }));
        }
        self
    }

    fn normalize(&self) -> Result<(Self, Vec<Normalization>), Error> {
        let mut checks = Checks::of(Self::NAME);
        if let Some(line) = &self.emboss_name {
            checks.ensure(
                (1..=EMBOSS_MAX).contains(&line.chars().count()),
                "emboss_name.line_1",
                "must have 1 to 21 characters",
            );
        }
        checks.ensure(
            self.cardholder.is_none() || matches!(self.holder, Party::Business(_)),
            "customer_id",
            "must be given for the card of a business only",
        );
        let mut normalized = self.clone();
        if let CardForm::Physical(Some(destination)) = &mut normalized.form {
            let Destination { first_name, last_name, address } = &mut **destination;
            for (name, field) in [(first_name, "first_name"), (last_name, "last_name")] {
                let field = format!("shipping.recipient_name.{field}");
                *name = checks.normalize(name, &field, normalize::text);
            }
            *address = address.normalize(&mut checks, "shipping.address");
        }
        Ok((normalized, checks.changes()?))
    }

    fn to_new(&self, product: CardProductId, marker: &ResumeMarker) -> NewCard {
        let mut metadata = BTreeMap::new();
        marker.put_among(&mut metadata);
        let shipping = match &self.form {
            CardForm::Virtual => None,
            CardForm::Physical(destination) => self.shipping(destination.as_deref()),
        };
        let request = CardRequest {
            kind: self.kind.clone(),
            form: self.form(),
            account: self.account,
            product,
            customer: self.holder.customer_id().or(self.cardholder.map(Into::into)),
            business: self.holder.business_id(),
            emboss_name: self.emboss_name.clone().map(EmbossName::new),
            metadata,
            image: self.image,
            shipping,
            replaces: None,
        };
        request.into()
    }

    fn shipping(&self, destination: Option<&Destination>) -> Option<Shipping> {
        let (address, recipient_name) = match destination {
            None if self.method.is_none() => return None,
            None => (None, None),
            Some(to) => {
                let name = RecipientName::new(to.first_name.clone(), to.last_name.clone());
                (Some(to.address.to_postal()), Some(name))
            }
        };
        Some(Shipping {
            address,
            recipient_name,
            method: self.method.clone(),
            ..Shipping::default()
        })
    }

    fn form(&self) -> Form {
        match self.form {
            CardForm::Virtual => Form::Virtual,
            CardForm::Physical(_) => Form::Physical,
        }
    }
}

/// A card, after the journey.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedCard {
    /// The id of the card.
    pub id: CardId,
    /// The status. A new virtual card is `ACTIVE`, a new physical card `UNACTIVATED`, or `PENDING`
    /// while it waits for a PIN or an image.
    pub status: CardStatus,
    /// The last four digits of the card number, once it has one.
    pub last_four: Option<String>,
    /// The card.
    pub card: Card,
}

impl Sealed for IssueCard {}

impl Journey for IssueCard {
    type Outcome = IssuedCard;

    const NAME: &'static str = "issue_card";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<IssuedCard, Error> {
        let request = steps.normalized(self.normalize()?);
        let product = match request.product {
            Some(product) => product,
            None => find_product(steps.api(), &request.kind, request.form()).await?,
        };
        let account = (!steps.is_corrected()).then_some(self.account);
        let card: Card = steps
            .create(
                "",
                |api, marker| recovery::card(api, account, marker),
                |api, marker| api.issue_card(&request.to_new(product, marker)),
                id_text,
            )
            .await
            .map_err(|error| self.cardholder.map_or(self.holder, Party::from).named_in(error))?;
        let made = issued("issue_card", card)?;
        let id = made.id;
        issued("get_card", steps.current(made.card, |api| api.get_card(id)).await?)
    }
}

/// The id of a card, for progress; empty for a card of a type that this version does not know.
pub(super) fn id_text(card: &Card) -> String {
    Details::of(card).map_or_else(String::new, |card| card.id.to_string())
}

/// The card of an answer.
pub(super) fn issued(operation: &str, card: Card) -> Result<IssuedCard, Error> {
    let Some(details) = Details::of(&card) else {
        return Err(Error::incomplete_answer(operation, "card_details"));
    };
    let (id, status) = (details.id, details.status.clone());
    let last_four = details.last_four.map(str::to_owned);
    Ok(IssuedCard { id, status, last_four, card })
}

/// The only active product of a type and form.
async fn find_product(
    api: &v2::Client,
    kind: &CardType,
    form: Form,
) -> Result<CardProductId, Error> {
    let query =
        ListCardProductsQuery { form: Some(form.clone()), ..ListCardProductsQuery::default() };
    let mut products = Items::of(api.clone(), query);
    let mut found = Vec::new();
    while let Some(product) = products.try_next().await? {
        // Older products have no type: they are for debit cards.
        let is_kind = product.card_type.as_ref().unwrap_or(&CardType::Debit) == kind;
        if product.active && is_kind && product.form == form {
            found.push((product.id, product.name));
        }
    }
    let which = format!("active {kind} card product of form {form}");
    only(IssueCard::NAME, &which, "IssueCard::product", &found)
}
