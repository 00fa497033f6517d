//! What a request to onboard a business must be, and what is sent of it.

use synctera_api::Error;
use synctera_api::runtime::{CountryCode, Patch};

use super::OnboardBusiness;
use crate::checks::Checks;
use crate::journeys::people::related_person::RelatedPerson;
use crate::journeys::{Journey, Steps};
use crate::normalize::{self, Normalization};
use crate::types::{Business, BusinessPatch, BusinessStatus, NewBusiness};

impl OnboardBusiness {
    /// Checks the request without sending anything, and returns the values that would be sent in
    /// another form than they were given. The journey makes the same check, and reports the changes
    /// to [`Run::on_normalized`](crate::Run::on_normalized).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) with all fields that are missing or wrong.
    pub fn check(&self) -> Result<Vec<Normalization>, Error> {
        self.normalize().map(|(_, changes)| changes)
    }

    pub(super) fn normalize(&self) -> Result<(Self, Vec<Normalization>), Error> {
        let mut checks = Checks::of(Self::NAME);
        let legal_address = self.legal_address.normalize(&mut checks, "legal_address");
        let country = legal_address.country_code();
        let phone_number = |number: &str| normalize::phone_number(number, Some(country));
        // A business can be formed in another country than that of its address.
        let formed_in = |state: &str| {
            let in_the_us = |_| normalize::state(state, &CountryCode::US);
            normalize::state(state, country).or_else(in_the_us)
        };
        let normalized = Self {
            entity_name: checks.normalize(&self.entity_name, "entity_name", normalize::text),
            ein: checks.normalize_sensitive(self.ein.as_ref(), "ein", normalize::ein),
            email: checks.normalize_optional(self.email.as_deref(), "email", normalize::email),
            phone_number: checks.normalize_optional(
                self.phone_number.as_deref(),
                "phone_number",
                phone_number,
            ),
            formation_state: checks.normalize_optional(
                self.formation_state.as_deref(),
                "formation_state",
                formed_in,
            ),
            trade_names: self
                .trade_names
                .iter()
                .enumerate()
                .map(|(index, name)| {
                    checks.normalize(name, &format!("trade_names[{index}]"), normalize::text)
                })
                .collect(),
            website: checks.normalize_optional(self.website.as_deref(), "website", normalize::text),
            related_people: self
                .related_people
                .iter()
                .enumerate()
                .map(|(index, owner)| owner.normalize(&mut checks, index))
                .collect(),
            legal_address: legal_address.clone(),
            ..self.clone()
        };
        checks.ensure(
            !self.related_people.is_empty(),
            "related_people",
            "must contain an owner or a managing person",
        );
        for (index, (_, percent)) in self.owning_businesses.iter().enumerate() {
            checks.ensure(
                *percent > 0.0 && *percent <= 100.0,
                &format!("owning_businesses[{index}].percent_ownership"),
                "must be greater than 0 and at most 100",
            );
        }
        let of_businesses = self.owning_businesses.iter().map(|(_, percent)| *percent);
        let owned: f64 = self
            .related_people
            .iter()
            .filter_map(RelatedPerson::percent)
            .chain(of_businesses)
            .sum();
        // Shares such as thirds do not add up exactly.
        checks.ensure(
            owned <= 100.0 + 1e-6,
            "related_people",
            "must not own more than 100 percent together",
        );
        for (index, disclosed) in self.disclosures.iter().enumerate() {
            disclosed.check(&mut checks, index);
            checks.ensure(
                !disclosed.needs_person() || self.certifier().is_some(),
                &format!("disclosures[{index}].acknowledging_person_id"),
                "must name the person who certifies the ownership",
            );
        }
        checks.ensure(self.consented, "customer_consent", "must consent to the business check");
        Ok((normalized, checks.changes()?))
    }

    /// Updates a business that an earlier attempt created with other input.
    pub(super) async fn correct(
        &self,
        steps: &mut Steps<'_>,
        business: Business,
    ) -> Result<Business, Error> {
        let id = business.id.ok_or_else(|| Error::incomplete_answer("list_businesses", "id"))?;
        let given = |text: &Option<String>| text.clone().map_or(Patch::Leave, Patch::Set);
        let body = BusinessPatch {
            entity_name: Patch::Set(self.entity_name.clone()),
            structure: Patch::Set(self.structure.clone()),
            ein: self.ein.clone().map_or(Patch::Leave, Patch::Set),
            email: given(&self.email),
            phone_number: given(&self.phone_number),
            formation_date: self.formation_date.map_or(Patch::Leave, Patch::Set),
            formation_state: given(&self.formation_state),
            trade_names: Patch::Set(self.trade_names.clone()),
            website: given(&self.website),
            ..BusinessPatch::default()
        };
        let name = |_: &Business| id.to_string();
        let known = steps.update("correct", |api| api.update_business(id, &body), name).await?;
        // An address that is sent becomes another one on file.
        if known.legal_address.as_ref().is_some_and(|known| self.legal_address.is(known)) {
            return Ok(known);
        }
        let legal_address = Patch::Set(self.legal_address.to_input());
        let body = BusinessPatch { legal_address, ..BusinessPatch::default() };
        steps.update("correct address", |api| api.update_business(id, &body), name).await
    }

    /// The index of the person who acknowledges for the business, if there is exactly one.
    pub(super) fn certifier(&self) -> Option<usize> {
        let mut certifying =
            self.related_people.iter().enumerate().filter(|(_, person)| person.certifies());
        match (certifying.next(), certifying.next()) {
            (Some((index, _)), None) => Some(index),
            (None, _) => (self.related_people.len() == 1).then_some(0),
            (Some(_), Some(_)) => None,
        }
    }

    pub(super) fn to_new(&self) -> NewBusiness {
        NewBusiness {
            entity_name: Some(self.entity_name.clone()),
            structure: Some(self.structure.clone()),
            legal_address: Some(self.legal_address.to_input()),
            ein: self.ein.clone(),
            email: self.email.clone(),
            phone_number: self.phone_number.clone(),
            formation_date: self.formation_date,
            formation_state: self.formation_state.clone(),
            trade_names: self.trade_names.clone(),
            website: self.website.clone(),
            ..NewBusiness::new(true, BusinessStatus::Prospect)
        }
    }
}
