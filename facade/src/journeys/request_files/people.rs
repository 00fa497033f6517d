//! Requests about people and businesses.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use synctera_api::Sensitive;
use synctera_api::runtime::{BusinessId, MonitoringAlertId, PersonId};

use super::values::{Choice, Metadata, PartyMember};
use super::{MemberError, Members, read_by_members};
use crate::types::{
    BusinessStructure, DisclosureType, DocumentVerificationSessionRequestDocumentType,
    DocumentVerificationSessionRequestLanguage, ManagingPersonDataTitle, VendorJson, VendorXml,
    VerificationDetailCategory, VerificationDetailInput, VerificationDetailResult,
    VerificationResult, VerificationType, VerificationVendorInfo,
};
use crate::{
    Address, Disclosed, OnboardBusiness, OnboardCustomer, PersonDetails, RecordVerification,
    RelatedPerson, ResolveAlert, ScreenPayee, StartDocumentVerification, Verify,
};

read_by_members! {
    OnboardCustomerMembers => OnboardCustomer,
    OnboardBusinessMembers => OnboardBusiness,
    VerifyMembers => Verify,
    StartDocumentVerificationMembers => StartDocumentVerification,
    RecordVerificationMembers => RecordVerification,
    ScreenPayeeMembers => ScreenPayee,
    ResolveAlertMembers => ResolveAlert,
}

/// Declares members of which some are those of a person.
macro_rules! with_person {
    ($(#[$meta:meta])* struct $name:ident { $($member:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, expecting = "an object")]
        struct $name {
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
            metadata: Metadata,
            $($member: $type,)*
        }

        impl $name {
            fn person(&self) -> PersonDetails {
                let dob = *self.dob.expose();
                let person = PersonDetails::new(&self.first_name, &self.last_name, dob)
                    .middle_name(self.middle_name.as_deref())
                    .chosen_name(self.chosen_name.as_deref())
                    .email(self.email.as_deref())
                    .phone_number(self.phone_number.as_deref())
                    .ssn(self.ssn.as_ref().map(Sensitive::expose))
                    .legal_address(self.legal_address.clone())
                    .shipping_address(self.shipping_address.clone());
                let metadata = self.metadata.iter().flatten();
                metadata.fold(person, |person, (name, value)| person.metadata(name, value.clone()))
            }
        }
    };
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DisclosedMembers {
    #[serde(rename = "type")]
    kind: DisclosureType,
    version: String,
    event_type: DisclosureEvent,
    disclosure_date: DateTime<Utc>,
    acknowledging_person_id: Option<PersonId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum DisclosureEvent {
    Acknowledged,
    Viewed,
    Displayed,
}

impl From<DisclosedMembers> for Disclosed {
    fn from(members: DisclosedMembers) -> Self {
        let (kind, version, at) = (members.kind, members.version, members.disclosure_date);
        let disclosed = match members.event_type {
            DisclosureEvent::Acknowledged => Self::acknowledged(kind, version, at),
            DisclosureEvent::Viewed => Self::viewed(kind, version, at),
            DisclosureEvent::Displayed => Self::displayed(kind, version, at),
        };
        disclosed.by(members.acknowledging_person_id)
    }
}

with_person! {
    struct OnboardCustomerMembers {
        disclosures: Option<Vec<DisclosedMembers>>,
        customer_consent: Option<bool>,
        customer_ip_address: Option<IpAddr>,
        monitoring: Option<bool>,
    }
}

impl Members for OnboardCustomerMembers {
    type Request = OnboardCustomer;

    fn into_request(self) -> Result<OnboardCustomer, MemberError> {
        let mut request = OnboardCustomer::new(self.person()).ip_address(self.customer_ip_address);
        for disclosed in self.disclosures.into_iter().flatten() {
            request = request.disclosed(disclosed.into());
        }
        if self.customer_consent == Some(true) {
            request = request.consented();
        }
        if self.monitoring == Some(true) {
            request = request.monitoring();
        }
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RelatedPersonMembers {
    New(Box<NewPersonMembers>),
    Existing(ExistingPersonMembers),
}

with_person! {
    struct NewPersonMembers {
        percent_ownership: Option<f64>,
        title: Option<ManagingPersonDataTitle>,
        title_other: Option<String>,
        certifies_ownership: Option<bool>,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ExistingPersonMembers {
    person_id: PersonId,
    percent_ownership: Option<f64>,
    title: Option<ManagingPersonDataTitle>,
    title_other: Option<String>,
    certifies_ownership: Option<bool>,
}

impl RelatedPersonMembers {
    fn into_related_person(self, index: usize) -> Result<RelatedPerson, MemberError> {
        let name = if matches!(self, Self::New(_)) { "new" } else { "existing" };
        let (person, percent, title, title_other, certifies) = match self {
            Self::New(new) => {
                let person = RelatedPerson::new(new.person());
                let (percent, certifies) = (new.percent_ownership, new.certifies_ownership);
                (person, percent, new.title, new.title_other, certifies)
            }
            Self::Existing(known) => {
                let person = RelatedPerson::existing(known.person_id);
                let (percent, certifies) = (known.percent_ownership, known.certifies_ownership);
                (person, percent, known.title, known.title_other, certifies)
            }
        };
        let person = person.ownership_percent(percent);
        let person = match (title, title_other) {
            (title, None) => person.managing_as(title),
            (Some(ManagingPersonDataTitle::Other), other) => person.managing_as_other(other),
            (_, Some(_)) => {
                let path = format!("related_people[{index}].{name}.title_other");
                return Err(MemberError::new(path, "can be given only with the title OTHER"));
            }
        };
        Ok(if certifies == Some(true) { person.certifies_ownership() } else { person })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct OwningBusinessMembers {
    business_id: BusinessId,
    percent_ownership: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct OnboardBusinessMembers {
    entity_name: String,
    structure: BusinessStructure,
    legal_address: Address,
    ein: Option<Sensitive<String>>,
    email: Option<String>,
    phone_number: Option<String>,
    formation_date: Option<NaiveDate>,
    formation_state: Option<String>,
    trade_names: Option<Vec<String>>,
    website: Option<String>,
    related_people: Option<Vec<Choice<RelatedPersonMembers>>>,
    owning_businesses: Option<Vec<OwningBusinessMembers>>,
    disclosures: Option<Vec<DisclosedMembers>>,
    customer_consent: Option<bool>,
    monitoring: Option<bool>,
}

impl Members for OnboardBusinessMembers {
    type Request = OnboardBusiness;

    fn into_request(self) -> Result<OnboardBusiness, MemberError> {
        let mut request =
            OnboardBusiness::new(self.entity_name, self.structure, self.legal_address)
                .ein(self.ein.as_ref().map(Sensitive::expose))
                .email(self.email)
                .phone_number(self.phone_number)
                .website(self.website);
        request = match (self.formation_date, self.formation_state) {
            (Some(date), Some(state)) => request.formed(date, state),
            (None, None) => request,
            (Some(_), None) => return Err(MemberError::new("formation_state", GOES_WITH_DATE)),
            (None, Some(_)) => return Err(MemberError::new("formation_date", GOES_WITH_STATE)),
        };
        for name in self.trade_names.into_iter().flatten() {
            request = request.trade_name(name);
        }
        for (index, Choice(person)) in self.related_people.into_iter().flatten().enumerate() {
            request = request.related_person(person.into_related_person(index)?);
        }
        for owner in self.owning_businesses.into_iter().flatten() {
            request = request.owned_by(owner.business_id, owner.percent_ownership);
        }
        for disclosed in self.disclosures.into_iter().flatten() {
            request = request.disclosed(disclosed.into());
        }
        if self.customer_consent == Some(true) {
            request = request.consented();
        }
        if self.monitoring == Some(true) {
            request = request.monitoring();
        }
        Ok(request)
    }
}

const GOES_WITH_DATE: &str = "must be given with formation_date";
const GOES_WITH_STATE: &str = "must be given with formation_state";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct VerifyMembers {
    party: Choice<PartyMember>,
    document_id: Option<Sensitive<String>>,
    customer_consent: Option<bool>,
    customer_ip_address: Option<IpAddr>,
}

impl Members for VerifyMembers {
    type Request = Verify;

    fn into_request(self) -> Result<Verify, MemberError> {
        let request =
            Verify::new(self.party).document(self.document_id).ip_address(self.customer_ip_address);
        Ok(if self.customer_consent == Some(true) { request.consented() } else { request })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct StartDocumentVerificationMembers {
    person_id: PersonId,
    document_type: Option<DocumentVerificationSessionRequestDocumentType>,
    language: Option<DocumentVerificationSessionRequestLanguage>,
    send_message: Option<bool>,
}

impl Members for StartDocumentVerificationMembers {
    type Request = StartDocumentVerification;

    fn into_request(self) -> Result<StartDocumentVerification, MemberError> {
        let request = StartDocumentVerification::new(self.person_id)
            .document_type(self.document_type)
            .language(self.language);
        Ok(if self.send_message == Some(true) { request.send_message() } else { request })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RecordVerificationMembers {
    party: Choice<PartyMember>,
    verification_type: VerificationType,
    result: VerificationResult,
    verification_time: DateTime<Utc>,
    details: Option<Vec<DetailMembers>>,
    vendor_info: Option<Choice<VendorMembers>>,
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DetailMembers {
    category: Option<VerificationDetailCategory>,
    description: Option<String>,
    result: Option<VerificationDetailResult>,
    score: Option<f64>,
    url: Option<String>,
    vendor_code: Option<String>,
}

impl From<DetailMembers> for VerificationDetailInput {
    fn from(members: DetailMembers) -> Self {
        let DetailMembers { category, description, result, score, url, vendor_code } = members;
        Self { category, description, result, score, url, vendor_code }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
enum VendorMembers {
    #[serde(rename = "application/json")]
    Json { vendor: String, json: Map<String, Value> },
    #[serde(rename = "text/xml")]
    Xml { vendor: String, xml: String },
}

impl From<VendorMembers> for VerificationVendorInfo {
    fn from(members: VendorMembers) -> Self {
        match members {
            VendorMembers::Json { vendor, json } => {
                Self::ApplicationJson(VendorJson::new(json, vendor))
            }
            VendorMembers::Xml { vendor, xml } => Self::TextXml(VendorXml::new(vendor, xml)),
        }
    }
}

impl Members for RecordVerificationMembers {
    type Request = RecordVerification;

    fn into_request(self) -> Result<RecordVerification, MemberError> {
        let (kind, at) = (self.verification_type, self.verification_time);
        let mut request = RecordVerification::new(self.party, kind, self.result, at)
            .vendor(self.vendor_info.map(|Choice(vendor)| vendor.into()));
        for detail in self.details.into_iter().flatten() {
            request = request.detail(detail.into());
        }
        for (name, value) in self.metadata.into_iter().flatten() {
            request = request.metadata(name, value);
        }
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ScreenPayeeMembers {
    payer: Choice<PartyMember>,
    payee: Choice<PartyMember>,
}

impl Members for ScreenPayeeMembers {
    type Request = ScreenPayee;

    fn into_request(self) -> Result<ScreenPayee, MemberError> {
        Ok(ScreenPayee::new(self.payer, self.payee))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ResolveAlertMembers {
    alert_id: MonitoringAlertId,
}

impl Members for ResolveAlertMembers {
    type Request = ResolveAlert;

    fn into_request(self) -> Result<ResolveAlert, MemberError> {
        Ok(ResolveAlert::new(self.alert_id))
    }
}
