//! The details of a person.

use chrono::{NaiveDate, Utc};
use serde_json::{Map, Value};
use synctera_api::runtime::{Patch, PersonId};
use synctera_api::{Error, Sensitive};

use crate::IntoOption;
use crate::address::Address;
use crate::checks::Checks;
use crate::journeys::steps::Created;
use crate::journeys::{Steps, recovery};
use crate::normalize;
use crate::types::{MailingAddress, NewPerson, Person, PersonPatch, PersonStatus};

/// A person's details, for a customer or for a person behind a business.
///
/// The platform verifies a person of whom it has an e-mail address, a phone number, a social
/// security number and a legal address. A journey checks all of them before it sends anything.
///
/// ```
/// use synctera::{Address, PersonDetails};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
///     .email("ada@example.com")
///     .phone_number("+14155550123")
///     .ssn("456-78-9012")
///     .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PersonDetails {
    first_name: String,
    middle_name: Option<String>,
    last_name: String,
    chosen_name: Option<String>,
    dob: Sensitive<NaiveDate>,
    email: Option<String>,
    phone_number: Option<String>,
    ssn: Option<Sensitive<String>>,
    legal_address: Option<Address>,
    shipping_address: Option<Address>,
    metadata: Map<String, Value>,
}

impl PersonDetails {
    /// A person by legal name and date of birth, which must be in the past and not before 1900.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        date_of_birth: NaiveDate,
    ) -> Self {
        Self {
            first_name: first_name.into(),
            middle_name: None,
            last_name: last_name.into(),
            chosen_name: None,
            dob: Sensitive::new(date_of_birth),
            email: None,
            phone_number: None,
            ssn: None,
            legal_address: None,
            shipping_address: None,
            metadata: Map::new(),
        }
    }

    /// The middle name, as in the legal name.
    #[must_use]
    pub fn middle_name(mut self, name: impl IntoOption<String>) -> Self {
        self.middle_name = name.into_option();
        self
    }

    /// The name that the person prefers to be called by.
    #[must_use]
    pub fn chosen_name(mut self, name: impl IntoOption<String>) -> Self {
        self.chosen_name = name.into_option();
        self
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(mut self, email: impl IntoOption<String>) -> Self {
        self.email = email.into_option();
        self
    }

    /// The phone number: `+14155550123`, or in the national format of the legal address's country.
    #[must_use]
    pub fn phone_number(mut self, number: impl IntoOption<String>) -> Self {
        self.phone_number = number.into_option();
        self
    }

    /// The social security number: nine digits. The platform's answers contain the last four only.
    #[must_use]
    pub fn ssn(mut self, ssn: impl IntoOption<String>) -> Self {
        self.ssn = ssn.into_option().map(Sensitive::new);
        self
    }

    /// The residential address. Verification needs a street address, not a post office box.
    #[must_use]
    pub fn legal_address(mut self, address: impl IntoOption<Address>) -> Self {
        self.legal_address = address.into_option();
        self
    }

    /// The address for mail and cards, if it is not the legal address.
    #[must_use]
    pub fn shipping_address(mut self, address: impl IntoOption<Address>) -> Self {
        self.shipping_address = address.into_option();
        self
    }

    /// Adds a value of your own, which the platform stores with the person.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }

    /// The details in the platform's form. Notes what a verification would need or refuse; `under`
    /// is the path of the person in the request, with a dot at its end.
    pub(super) fn normalize(&self, checks: &mut Checks, under: &str) -> Self {
        let field = |name: &str| format!("{under}{name}");
        checks.date_of_birth(*self.dob.expose(), Utc::now().date_naive(), &field("dob"));
        checks.given(self.email.is_some(), &field("email"));
        checks.given(self.phone_number.is_some(), &field("phone_number"));
        checks.given(self.ssn.is_some(), &field("ssn"));
        checks.given(self.legal_address.is_some(), &field("legal_address"));
        let mut address = |address: &Option<Address>, name: &str| {
            address.as_ref().map(|address| address.normalize(checks, &field(name)))
        };
        let legal_address = address(&self.legal_address, "legal_address");
        let shipping_address = address(&self.shipping_address, "shipping_address");
        let country = legal_address.as_ref().map(Address::country_code);
        let phone_number = checks.normalize_optional(
            self.phone_number.as_deref(),
            &field("phone_number"),
            |number| normalize::phone_number(number, country),
        );
        let mut text = |text: Option<&str>, name: &str| {
            checks.normalize_optional(text, &field(name), normalize::text)
        };
        let middle_name = text(self.middle_name.as_deref(), "middle_name");
        let chosen_name = text(self.chosen_name.as_deref(), "chosen_name");
        Self {
            first_name: checks.normalize(&self.first_name, &field("first_name"), normalize::text),
            middle_name,
            last_name: checks.normalize(&self.last_name, &field("last_name"), normalize::text),
            chosen_name,
            dob: self.dob.clone(),
            email: checks.normalize_optional(
                self.email.as_deref(),
                &field("email"),
                normalize::email,
            ),
            phone_number,
            ssn: checks.normalize_sensitive(self.ssn.as_ref(), &field("ssn"), normalize::ssn),
            legal_address,
            shipping_address,
            metadata: self.metadata.clone(),
        }
    }

    /// Creates the person, or finds the one that an earlier run created.
    pub(super) async fn create(
        &self,
        steps: &mut Steps<'_>,
        part: &str,
        is_customer: bool,
        status: PersonStatus,
    ) -> Result<Person, Error> {
        let body = self.to_new(is_customer, status);
        // A correction may change the values that a person is searched by.
        let identity = (!steps.is_corrected()).then(|| (self.dob.clone(), self.ssn.clone()));
        let done = steps
            .find_or_create(
                part,
                |api, marker| recovery::person(api, identity.clone(), marker),
                |api, marker| {
                    let mut body = body.clone();
                    marker.put(&mut body.metadata);
                    api.create_person(&body)
                },
                |person| person.id.to_string(),
            )
            .await?;
        match done {
            Created::AsAsked(person) => Ok(person),
            Created::Earlier(person) => self.correct(steps, part, person.id).await,
        }
    }

    /// Updates a person that an earlier attempt created with other input.
    async fn correct(
        &self,
        steps: &mut Steps<'_>,
        part: &str,
        person: PersonId,
    ) -> Result<Person, Error> {
        let given = |text: &Option<String>| text.clone().map_or(Patch::Leave, Patch::Set);
        let body = PersonPatch {
            first_name: Patch::Set(self.first_name.clone()),
            middle_name: given(&self.middle_name),
            last_name: Patch::Set(self.last_name.clone()),
            chosen_name: given(&self.chosen_name),
            dob: Patch::Set(self.dob.clone()),
            email: given(&self.email),
            phone_number: given(&self.phone_number),
            ssn: self.ssn.clone().map_or(Patch::Leave, Patch::Set),
            ..PersonPatch::default()
        };
        let id = |person: &Person| person.id.to_string();
        let data = format!("correct/{part}");
        let known = steps.update(&data, |api| api.update_person(person, &body), id).await?;

        // An address that is sent becomes another one on file.
        let is_new = |wanted: &Option<Address>, known: &Option<MailingAddress>| {
            wanted.as_ref().is_some_and(|wanted| !known.as_ref().is_some_and(|it| wanted.is(it)))
        };
        if !is_new(&self.legal_address, &known.legal_address)
            && !is_new(&self.shipping_address, &known.shipping_address)
        {
            return Ok(known);
        }
        let address = |address: &Option<Address>| {
            address.as_ref().map_or(Patch::Leave, |address| Patch::Set(address.to_input()))
        };
        let body = PersonPatch {
            legal_address: address(&self.legal_address),
            shipping_address: address(&self.shipping_address),
            ..PersonPatch::default()
        };
        let addresses = format!("correct addresses/{part}");
        steps.update(&addresses, |api| api.update_person(person, &body), id).await
    }

    fn to_new(&self, is_customer: bool, status: PersonStatus) -> NewPerson {
        NewPerson {
            first_name: Some(self.first_name.clone()),
            middle_name: self.middle_name.clone(),
            last_name: Some(self.last_name.clone()),
            chosen_name: self.chosen_name.clone(),
            dob: Some(self.dob.clone()),
            email: self.email.clone(),
            phone_number: self.phone_number.clone(),
            ssn: self.ssn.clone(),
            legal_address: self.legal_address.as_ref().map(Address::to_input),
            shipping_address: self.shipping_address.as_ref().map(Address::to_input),
            metadata: self.metadata.clone(),
            ..NewPerson::new(is_customer, status)
        }
    }
}
