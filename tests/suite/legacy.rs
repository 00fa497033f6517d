//! The older interface: the same people, and what only it has.

use chrono::Duration;
use synctera::types::{DisclosureType, PersonStatus, VerificationStatus};
use synctera::v0::types::{
    CustomerDisclosureEventType, CustomerDisclosureType, CustomerInput, CustomerKycStatus,
    CustomerPatch, CustomerStatus, CustomerVerifyRequest, EmploymentInput, LicenseStatus,
    LicenseType, ListCustomerEmploymentQuery, ListCustomerRiskRatingsQuery, ListCustomersQuery,
    ListLicensesQuery, NewCustomerDisclosure, NewLicense, NewPrefill, NewRiskRating,
    RiskRatingRiskLevel, WatchlistAlertStatus, WatchlistSubscription, WatchlistSubscriptionStatus,
    WatchlistSuppression, WatchlistSuppressionStatus,
};
use synctera::{CustomerId, Sensitive};
use synctera_tests::World;
use synctera_tests::world::now;

use super::refusals::code;

fn status(error: &synctera::Error) -> u16 {
    error.status().map_or(0, |status| status.as_u16())
}

#[tokio::test]
async fn a_customer_is_a_person_under_another_name() {
    let world = World::new().await;
    let (old, new) = (world.client.legacy(), world.client.api());
    let body = CustomerInput {
        first_name: Some("Ada".to_owned()),
        last_name: Some("Byron".to_owned()),
        ssn: Some(Sensitive::from("456-78-9012")),
        ..CustomerInput::new(CustomerStatus::Active)
    };
    let customer = old.create_customer(&body).await.unwrap().into_inner();
    assert_eq!(customer.kyc_status, Some(CustomerKycStatus::Unverified));
    assert_eq!(customer.ssn.as_ref().unwrap().expose(), "9012");
    let id = customer.id.unwrap();
    let person = new.get_person(id.as_uuid().into()).await.unwrap().into_inner();
    assert_eq!((person.status, person.is_customer), (PersonStatus::Active, true));

    let known = world.customer().await;
    let query =
        ListCustomersQuery { last_name: Some("by*".to_owned()), ..ListCustomersQuery::default() };
    assert_eq!(old.list_customers(&query).await.unwrap().customers.len(), 2);
    let seen = old.get_customer(known.into()).await.unwrap().into_inner();
    assert_eq!(seen.kyc_status, Some(CustomerKycStatus::Accepted));
    assert_eq!(seen.addresses.len(), 2);

    let body = CustomerPatch { status: CustomerStatus::Frozen.into(), ..CustomerPatch::default() };
    old.update_customer(id, &body).await.unwrap();
    // A replacement keeps nothing but what only the platform knows.
    let body = CustomerInput {
        first_name: Some("Augusta".to_owned()),
        ..CustomerInput::new(CustomerStatus::Active)
    };
    let replaced = old.replace_customer(id, &body).await.unwrap().into_inner();
    assert_eq!((replaced.id, replaced.last_name), (Some(id), None));
    assert_eq!(replaced.creation_time, Some(now()));

    let nobody: CustomerId = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let error = old.get_customer(nobody).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (404, "RESOURCE_NOT_FOUND"));
    assert!(error.problem().title.is_some(), "the older interface names its errors");
}

#[tokio::test]
async fn a_customer_is_verified_by_the_older_names() {
    let world = World::new().await;
    let (old, new) = (world.client.legacy(), world.client.api());
    let id: CustomerId = world.customer().await.into();
    let shown = NewCustomerDisclosure::new(
        CustomerDisclosureEventType::Viewed,
        now(),
        CustomerDisclosureType::ESign,
        "1.0",
    );
    old.create_customer_disclosure(id, &shown).await.unwrap();
    let listed = old.list_customer_disclosures(id, &Default::default()).await.unwrap();
    assert_eq!(listed.disclosures[0].timestamp, now());
    let newer = new.list_disclosures(&Default::default()).await.unwrap();
    assert_eq!(newer.disclosures[0].type_, DisclosureType::ESign);

    let refused = CustomerVerifyRequest::new(false);
    let error = old.verify_customer(id, &refused).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("customer_consent"), "{error}");
    let verified = old.verify_customer(id, &CustomerVerifyRequest::new(true)).await.unwrap();
    assert_eq!(verified.kyc_status, CustomerKycStatus::Accepted);
    let rows = old.list_customer_verifications(id, &Default::default()).await.unwrap();
    assert_eq!(rows.verifications.len(), 2);
    let row = rows.verifications[0].id.unwrap();
    old.get_customer_verification(id, row).await.unwrap();
    // What is somebody else's is not there.
    let other: CustomerId = world.prospect().await.into();
    assert_eq!(status(&old.get_customer_verification(other, row).await.unwrap_err()), 404);
    let person = new.get_person(id.as_uuid().into()).await.unwrap();
    assert_eq!(person.verification_status, VerificationStatus::Accepted);
}

#[tokio::test]
async fn employment_that_ended_is_history() {
    let world = World::new().await;
    let old = world.client.legacy();
    let id: CustomerId = world.customer().await.into();
    let body = EmploymentInput {
        employment_from: Some(now() - Duration::days(100)),
        ..EmploymentInput::new("Analytical Engines")
    };
    let job = old.create_customer_employment(id, &body).await.unwrap().into_inner();
    let current = ListCustomerEmploymentQuery::default();
    assert_eq!(old.list_customer_employment(id, &current).await.unwrap().employment.len(), 1);
    let ended = EmploymentInput { employment_to: Some(now() - Duration::days(1)), ..body.clone() };
    let ended = old.replace_customer_employment(id, job.id.unwrap(), &ended).await.unwrap();
    assert_eq!(ended.id, job.id);
    assert!(old.list_customer_employment(id, &current).await.unwrap().employment.is_empty());
    let all = ListCustomerEmploymentQuery { include_history: Some(true) };
    assert_eq!(old.list_customer_employment(id, &all).await.unwrap().employment.len(), 1);
    let backwards = EmploymentInput { employment_to: Some(now() - Duration::days(200)), ..body };
    let error = old.create_customer_employment(id, &backwards).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("employment_to"), "{error}");
}

#[tokio::test]
async fn a_number_is_filled_in_from_its_last_digits() {
    let world = World::new().await;
    let old = world.client.legacy();
    let id = world.prospect().await;
    let digits = |digits: &str| NewPrefill { ssn_last4: Some(Sensitive::from(digits)) };
    // Without a phone number nobody is found.
    let answer = old.prefill_person(id, &digits("4321")).await.unwrap();
    assert_eq!(answer.ssn_filled, Some(false));
    let phone = synctera::types::PersonPatch {
        phone_number: "+14155550123".to_owned().into(),
        ..Default::default()
    };
    world.client.api().update_person(id, &phone).await.unwrap();
    let answer = old.prefill_customer(id.into(), &digits("4321")).await.unwrap();
    assert_eq!(answer.ssn_filled, Some(true));
    let person = world.client.api().get_person(id).await.unwrap().into_inner();
    assert_eq!(person.ssn.unwrap().expose(), "4321");
    let error = old.prefill_person(id, &digits("43")).await.unwrap_err();
    assert!(error.problem().invalid.contains_key("ssn_last4"), "{error}");
}

#[tokio::test]
async fn a_risk_is_rated_on_demand() {
    let world = World::new().await;
    let old = world.client.legacy();
    let (known, prospect): (CustomerId, CustomerId) =
        (world.customer().await.into(), world.prospect().await.into());
    let rated = async |id| old.create_customer_risk_rating(id, &NewRiskRating::default()).await;
    let low = rated(known).await.unwrap().into_inner();
    assert_eq!(low.risk_level, Some(RiskRatingRiskLevel::Low));
    let high = rated(prospect).await.unwrap().into_inner();
    assert_eq!(high.risk_level, Some(RiskRatingRiskLevel::High));
    rated(known).await.unwrap();
    let listed = async |include_history| {
        let query = ListCustomerRiskRatingsQuery { include_history };
        old.list_customer_risk_ratings(known, &query).await.unwrap().risk_ratings.len()
    };
    assert_eq!((listed(None).await, listed(Some(true)).await), (1, 2));
    let id = low.id.unwrap();
    assert_eq!(old.get_customer_risk_rating(known, id).await.unwrap().risk_score, low.risk_score);
    assert_eq!(status(&old.get_customer_risk_rating(prospect, id).await.unwrap_err()), 404);
}

#[tokio::test]
async fn a_customer_is_watched_for_a_period() {
    let world = World::new().await;
    let old = world.client.legacy();
    let person = world.customer().await;
    let id: CustomerId = person.into();
    let error = world
        .sandbox
        .raise_alert(person, &synctera::types::MonitoringAlertType::Watchlist)
        .unwrap_err();
    assert!(error.to_string().contains("not monitored"), "{error}");
    let error = old
        .create_watchlist_subscription(id, &WatchlistSubscription::new(false))
        .await
        .unwrap_err();
    assert!(error.problem().invalid.contains_key("customer_consent"), "{error}");
    let body = WatchlistSubscription::new(true);
    let subscription = old.create_watchlist_subscription(id, &body).await.unwrap().into_inner();
    assert_eq!(subscription.status, Some(WatchlistSubscriptionStatus::Active));
    let error = old.create_watchlist_subscription(id, &body).await.unwrap_err();
    assert_eq!(status(&error), 409);

    let alert_type = synctera::types::MonitoringAlertType::Watchlist;
    world.sandbox.raise_alert(person, &alert_type).unwrap();
    let alerts = old.list_watchlist_alerts(id).await.unwrap().into_inner().alerts;
    let alert = &alerts[0];
    assert_eq!(alert.status, WatchlistAlertStatus::Active);
    let suppress = |status| {
        WatchlistSuppression::new(
            alert.provider_subject_id.clone().unwrap(),
            alert.provider_subscription_id.clone().unwrap(),
            status,
        )
    };
    let now_is =
        async || old.get_watchlist_alert(id, alert.id.unwrap()).await.unwrap().status.clone();
    old.suppress_watchlist_alert(id, &suppress(WatchlistSuppressionStatus::Suppress))
        .await
        .unwrap();
    assert_eq!(now_is().await, WatchlistAlertStatus::Suppressed);
    old.suppress_watchlist_alert(id, &suppress(WatchlistSuppressionStatus::Unsuppress))
        .await
        .unwrap();
    assert_eq!(now_is().await, WatchlistAlertStatus::Active);
    let unknown = WatchlistSuppression {
        provider_subject_id: "nobody".to_owned(),
        ..suppress(WatchlistSuppressionStatus::Suppress)
    };
    assert_eq!(status(&old.suppress_watchlist_alert(id, &unknown).await.unwrap_err()), 400);
    let put = synctera::v0::types::WatchlistAlert {
        status: WatchlistAlertStatus::Suppressed,
        ..alert.clone()
    };
    old.replace_watchlist_alert(id, alert.id.unwrap(), &put).await.unwrap();
    assert_eq!(now_is().await, WatchlistAlertStatus::Suppressed);

    // After a year the period is over.
    world.sandbox.advance(Duration::days(367)).unwrap();
    let ended =
        old.get_watchlist_subscription(id, subscription.id.unwrap()).await.unwrap().into_inner();
    assert_eq!(ended.status, Some(WatchlistSubscriptionStatus::Inactive));
    let renewing =
        WatchlistSubscription { auto_renew: Some(true), ..WatchlistSubscription::new(true) };
    let renewed = old
        .replace_watchlist_subscription(id, subscription.id.unwrap(), &renewing)
        .await
        .unwrap()
        .into_inner();
    world.sandbox.advance(Duration::days(400)).unwrap();
    let listed = old.list_watchlist_subscriptions(id).await.unwrap();
    assert_eq!(listed.subscriptions[0].status, Some(WatchlistSubscriptionStatus::Active));
    assert!(listed.subscriptions[0].period_end > renewed.period_end);
}

#[tokio::test]
async fn a_license_is_kept_for_who_holds_it() {
    let world = World::new().await;
    let old = world.client.legacy();
    let id: CustomerId = world.customer().await.into();
    let body = NewLicense {
        customer_id: Some(id),
        license_number: Some(Sensitive::from("C11-0000001")),
        license_type: Some(LicenseType::Mrb),
        ..NewLicense::default()
    };
    let license = old.create_license(&body).await.unwrap().into_inner();
    assert_eq!(license.status, LicenseStatus::Unverified);
    let query = ListLicensesQuery { customer_id: Some(id), ..ListLicensesQuery::default() };
    assert_eq!(old.list_licenses(&query).await.unwrap().licenses[0].id, license.id);
    assert_eq!(old.get_license(license.id).await.unwrap().customer_id, Some(id));
    let nobodys = NewLicense { customer_id: None, ..body };
    let error = old.create_license(&nobodys).await.unwrap_err();
    assert_eq!((status(&error), code(&error)), (400, "BAD_REQUEST_BODY"));
}
