//! What the sandbox keeps about people, beside their accounts: both sides of each rule.

use chrono::Duration;
use synctera::types::{
    AccountEddReason, AddressType, BanStatus, BusinessStructure, CrrRiskLevel, Edd,
    EddRelatedResourceType, ListAddressesQuery, ListCrrQuery, ListEddQuery, ListNotesQuery,
    ListPersonsQuery, NewAdverseAction, NewCustomerEdd, NewEdd, NewNote, NewPartyAddress,
    NewPersonalId, NewPersonalIdConfiguration, NotePatch, NoteRelatedResourceType, NoteStatus,
    NoteType, PartyAddressPatch, PersonPatch, PersonalIdPatch, PersonalIdType, Purpose,
    RelatedResourceType, UpdateNoteQuery,
};
use synctera::{CountryCode, OnboardBusiness, RelatedPerson, Sensitive};
use synctera_tests::World;
use synctera_tests::world::{now, office};

use super::refusals::code;

fn status(error: &synctera::Error) -> u16 {
    error.status().map_or(0, |status| status.as_u16())
}

fn new_address(kind: AddressType, line: &str) -> NewPartyAddress {
    NewPartyAddress {
        postal_code: Some("k1a0b1".to_owned()),
        ..NewPartyAddress::new(line, kind, "Ottawa", CountryCode::CA, "ON")
    }
}

#[tokio::test]
async fn an_address_of_a_party_is_a_resource_too() {
    let world = World::new().await;
    let api = world.client.api();
    let ada = world.customer().await;
    let of_ada = ListAddressesQuery {
        customer_id: Some(ada.into()),
        address_type: vec![AddressType::Legal],
        ..ListAddressesQuery::default()
    };
    let listed = api.list_addresses(&of_ada).await.unwrap().into_inner().addresses;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].address_line_1, "1 Market St");
    assert!(listed[0].is_active);

    // She moves, to where postal codes have a blank in them.
    let moved = NewPartyAddress {
        customer_id: Some(ada.into()),
        ..new_address(AddressType::Legal, "1 Rideau St")
    };
    let moved = api.create_address(&moved).await.unwrap().into_inner();
    assert_eq!(moved.postal_code.as_deref(), Some("K1A 0B1"));
    let person = api.get_person(ada).await.unwrap().into_inner();
    assert_eq!(person.legal_address.unwrap().address_line_1, "1 Rideau St");
    let before = api.get_address(listed[0].id).await.unwrap();
    assert!(!before.is_active, "the old address is not active any more");
    let active = ListAddressesQuery { is_active: Some(true), ..of_ada };
    assert_eq!(api.list_addresses(&active).await.unwrap().addresses[0].id, moved.id);

    let body = PartyAddressPatch { city: "Gatineau".to_owned().into(), ..Default::default() };
    let changed = api.update_address(moved.id, &body).await.unwrap().into_inner();
    assert_eq!(changed.city.as_deref(), Some("Gatineau"));
    let person = api.get_person(ada).await.unwrap().into_inner();
    assert_eq!(person.legal_address.unwrap().city.as_deref(), Some("Gatineau"));
}

#[tokio::test]
async fn an_address_belongs_to_somebody_who_is_there() {
    let world = World::new().await;
    let api = world.client.api();
    let nobodys = new_address(AddressType::Billing, "1 Rideau St");
    let error = api.create_address(&nobodys).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "BAD_REQUEST_BODY"));
    let nobody = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let body = NewPartyAddress { customer_id: Some(nobody), ..nobodys };
    let error = api.create_address(&body).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "CUSTOMER_NOT_FOUND"));
}

#[tokio::test]
async fn a_personal_id_goes_in_whole_and_comes_out_masked() {
    let world = World::new().await;
    let api = world.client.api();
    let ada = world.customer().await;
    let sin =
        || NewPersonalId::new(ada.into(), PersonalIdType::Sin, Sensitive::from("046-454-286"));
    let stored = api.create_personal_id(sin()).await.unwrap().into_inner();
    assert_eq!(stored.identifier.expose(), "-286");
    assert_eq!(stored.country_code, CountryCode::CA);
    let person = api.get_person(ada).await.unwrap().into_inner();
    assert_eq!(person.personal_ids[0].id, stored.id);
    // There is one such number for a person,
    let error = api.create_personal_id(sin()).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (409, "DUPLICATE_RESOURCE"));
    // it says which country it is of, and a passport must say so itself.
    let french = PersonalIdPatch {
        country_code: "FR".parse::<CountryCode>().unwrap().into(),
        ..PersonalIdPatch::new(PersonalIdType::Sin)
    };
    let error = api.update_personal_id(stored.id, &french).await.unwrap_err();
    assert_eq!(error.problem().immutable.iter().collect::<Vec<_>>(), ["country_code"]);
    let passport =
        NewPersonalId::new(ada.into(), PersonalIdType::PassportNumber, Sensitive::from("X1234567"));
    let error = api.create_personal_id(passport).await.unwrap_err();
    assert!(error.problem().missing.iter().any(|field| field == "country_code"), "{error}");
    let odd = NewPersonalId::new(ada.into(), PersonalIdType::Ssn, Sensitive::from("456789012"));
    let error = api.create_personal_id(odd).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("identifier"), "{error}");

    api.delete_personal_id(stored.id).await.unwrap();
    assert!(api.get_person(ada).await.unwrap().personal_ids.is_empty());

    let key = NewPersonalIdConfiguration::new("-----BEGIN PUBLIC KEY-----");
    let key = api.create_personal_id_configuration(&key).await.unwrap().into_inner();
    let listed = api.list_personal_id_configurations(&Default::default()).await.unwrap();
    assert_eq!(listed.personal_id_configurations[0].id, key.id);
    api.delete_personal_id_configuration(key.id).await.unwrap();
    let error = api.get_personal_id_configuration(key.id).await.unwrap_err();
    assert_eq!(status(&error), 404);
}

#[tokio::test]
async fn notes_are_kept_and_the_platform_writes_some_itself() {
    let world = World::new().await;
    let api = world.client.api();
    let ada = world.customer().await;
    let note =
        NewNote::new("Called about a card", ada.to_string(), NoteRelatedResourceType::Customer);
    let note = api.create_note(&note).await.unwrap().into_inner();
    let query = UpdateNoteQuery::new(NoteRelatedResourceType::Customer);
    let body = NotePatch { status: NoteStatus::Resolved.into() };
    let resolved = api.update_note(note.id, &body, &query).await.unwrap();
    assert_eq!(resolved.status, Some(NoteStatus::Resolved));
    let query = UpdateNoteQuery::new(NoteRelatedResourceType::Account);
    let error = api.update_note(note.id, &body, &query).await.unwrap_err();
    assert_eq!(status(&error), 404);

    let suspended = PersonPatch {
        ban_status: BanStatus::Suspended.into(),
        note: "Odd transfers".to_owned().into(),
        ..PersonPatch::default()
    };
    api.update_person(ada, &suspended).await.unwrap();
    let query = ListNotesQuery {
        related_resource_id: vec![ada.to_string()],
        ..ListNotesQuery::new(NoteRelatedResourceType::Customer)
    };
    let notes = api.list_notes(&query).await.unwrap().into_inner().notes;
    assert_eq!(notes.len(), 2);
    assert_eq!(notes[1].type_, Some(NoteType::CustomerSuspended));
    assert_eq!(notes[1].content, "Odd transfers");

    let nobody = "00000000-0000-4000-8000-000000000000";
    let note = NewNote::new("?", nobody, NoteRelatedResourceType::Customer);
    let error = api.create_note(&note).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "CUSTOMER_NOT_FOUND"));
}

#[tokio::test]
async fn due_diligence_is_recorded_and_taken_back() {
    let world = World::new().await;
    let api = world.client.api();
    let ada = world.customer().await;
    let report = NewCustomerEdd {
        occupation: Some("Mathematician".to_owned()),
        ..NewCustomerEdd::new(AccountEddReason::StandardSubmission, ada.as_uuid())
    };
    let report = api.create_edd(&NewEdd::Customer(report)).await.unwrap().into_inner();
    let Edd::Customer(report) = report else { panic!("{report:?}") };
    assert_eq!(report.occupation.as_deref(), Some("Mathematician"));
    let query = ListEddQuery::new(vec![EddRelatedResourceType::Customer]);
    assert_eq!(api.list_edd(&query).await.unwrap().edd_reports.len(), 1);
    api.delete_edd(report.id).await.unwrap();
    assert!(api.list_edd(&query).await.unwrap().edd_reports.is_empty());
    let Edd::Customer(deleted) = api.get_edd(report.id).await.unwrap().into_inner() else {
        panic!("another report")
    };
    assert_eq!(deleted.deletion_time, Some(now()));

    let nobody = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let report = NewCustomerEdd::new(AccountEddReason::StandardSubmission, nobody);
    let error = api.create_edd(&NewEdd::Customer(report)).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "CUSTOMER_NOT_FOUND"));
}

#[tokio::test]
async fn a_verification_rates_the_risk_and_a_better_one_rates_it_anew() {
    let world = World::new().await;
    let api = world.client.api();
    let request = OnboardBusiness::new("Flow Matic", BusinessStructure::Llc, office())
        .related_person(
            RelatedPerson::new(synctera_tests::world::person("Grace", "Review"))
                .ownership_percent(100.0),
        )
        .consented();
    let business = world.client.onboard_business(&request).await.unwrap().into_inner();
    let query = ListCrrQuery { business_id: Some(business.id), ..ListCrrQuery::default() };
    let first = api.list_crr(&query).await.unwrap().into_inner().risk_scores;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].risk_level, CrrRiskLevel::Medium);
    assert!(!first[0].calculations_breakdown.is_empty());

    let grace = business.related_people[0].id;
    super::onboarding::decide(&world, grace, "ACCEPTED").await;
    let again = synctera::types::VerifyRequest {
        business_id: Some(business.id),
        ..synctera::types::VerifyRequest::new(true)
    };
    api.verify(&again).await.unwrap();
    let current = api.list_crr(&query).await.unwrap().into_inner().risk_scores;
    assert_eq!(current.len(), 1);
    assert!(current[0].risk_score < first[0].risk_score);
    let with_history = ListCrrQuery { include_history: Some(true), ..query };
    let all = api.list_crr(&with_history).await.unwrap().into_inner().risk_scores;
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].id, all[0].valid_to), (first[0].id, Some(now())));
}

#[tokio::test]
async fn an_adverse_action_tells_one_to_five_reasons() {
    let world = World::new().await;
    let api = world.client.api();
    let ada = world.customer().await;
    let action = |reasons: usize| {
        let reasons = vec!["Too little income".to_owned(); reasons];
        let kind = RelatedResourceType::Customer;
        NewAdverseAction::new(now(), Purpose::LineDecrease, reasons, ada.as_uuid(), kind)
    };
    let stored = api.create_adverse_action(&action(5)).await.unwrap().into_inner();
    assert_eq!(api.get_adverse_action(stored.id).await.unwrap().reasons.len(), 5);
    let listed = api.list_adverse_actions(&Default::default()).await.unwrap();
    assert_eq!(listed.adverse_actions.len(), 1);
    for wrong in [0, 6] {
        let error = api.create_adverse_action(&action(wrong)).await.unwrap_err();
        assert!(error.problem().invalid.contains_key("reasons"), "{error}");
    }
}

#[tokio::test]
async fn persons_are_found_by_what_they_are_to_the_bank() {
    use synctera::types::Classification;
    let world = World::new().await;
    let api = world.client.api();
    let (customer, prospect) = (world.customer().await, world.prospect().await);
    for (class, expected) in
        [(Classification::BankCustomer, customer), (Classification::Prospect, prospect)]
    {
        let query = ListPersonsQuery { classifications: vec![class], ..Default::default() };
        let found: Vec<_> =
            api.list_persons(&query).await.unwrap().persons.iter().map(|p| p.id).collect();
        assert_eq!(found, [expected]);
    }
}

#[tokio::test]
async fn what_a_vendor_cannot_say_at_once_it_says_later() {
    use synctera::types::VerificationStatus;
    let world = World::new().await;
    let request =
        synctera::OnboardCustomer::new(synctera_tests::world::person("Ada", "Pending")).consented();
    let id = world.client.onboard_customer(&request).await.unwrap().into_inner().person.id;
    let api = world.client.api();
    let verified = async || api.get_person(id).await.unwrap().verification_status.clone();
    world.sandbox.advance(Duration::minutes(59)).unwrap();
    assert_eq!(verified().await, VerificationStatus::Pending);
    world.sandbox.advance(Duration::minutes(1)).unwrap();
    assert_eq!(verified().await, VerificationStatus::Accepted);
}
