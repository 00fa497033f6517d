//! A run that the platform refused, corrected and continued as the next attempt under the same key:
//! what was done stays done, what was refused is done once, and a process that remembers nothing can
//! do it. Killed between any two steps of the corrected run as well.

use std::fmt::Debug;

use chrono::{TimeDelta, Utc};
use synctera::types::{
    AccountType, BusinessStructure, DisclosureType, ListAccountsQuery, ListCardsQuery,
    ListOutgoingAchQuery, ListPersonsQuery, MailingAddressInput, Person, PersonPatch,
    VerificationStatus,
};
use synctera::{
    AccountId, AddAccountParty, BankAccount, CountryCode, Disclosed, ErrorKind, ExternalAccountId,
    IssueCard, Journey, LinkExternalAccount, Money, NextAction, OnboardBusiness, OnboardCustomer,
    OpenAccount, Patch, PersonDetails, PersonId, RelatedPerson, Run, SendAch, SendWire, Synctera,
    Transfer,
};
use synctera_tests::world::{ada, agreed, now, office, person};
use synctera_tests::{Fault, World};

use super::{assert_same, at, fresh, shown};

const KEY: &str = "the one";

/// A run that is refused with this code, what a person corrects, and how it is run then: the same
/// request or another one.
async fn corrected<S, J>(
    code: &str,
    set_up: impl AsyncFn(&World) -> S,
    first: impl Fn(&Synctera, &S) -> Run<'static, J>,
    correct: impl AsyncFn(&World, &S),
    second: impl Fn(&Synctera, &S) -> Run<'static, J>,
    check: impl AsyncFn(&World, &S),
) where
    J: Journey,
    J::Outcome: Debug,
{
    let refused = async || {
        let world = World::new().await;
        let setting = set_up(&world).await;
        // Twice, as the platform repeats a refusal under its key.
        for _ in 0..2 {
            let error = first(&fresh(&world), &setting).key(KEY).await.err().unwrap();
            assert_eq!(error.code().map(|code| code.as_str()), Some(code), "{error}");
            assert_eq!(error.next_action(), NextAction::CorrectAndContinue, "{error}");
            let advice = format!("run it again with the key {KEY} and attempt 2");
            assert!(error.to_string().contains(&advice), "{error}");
        }
        correct(&world, &setting).await;
        (world, setting)
    };
    let (calm, setting) = refused().await;
    calm.recorder.take();
    let outcome = second(&fresh(&calm), &setting).key(KEY).attempt(2).await.unwrap();
    let exchanges = calm.recorder.take().len();
    check(&calm, &setting).await;
    let counts = calm.sandbox.counts().unwrap();

    for exchange in 0..exchanges {
        let (world, setting) = refused().await;
        world.recorder.next(at(exchange, &Fault::LoseAnswer));
        second(&fresh(&world), &setting).key(KEY).attempt(2).await.err().unwrap();
        for attempt in [2, 3, 2] {
            let run = second(&fresh(&world), &setting).key(KEY).attempt(attempt);
            let again = run.await.unwrap();
            let case = format!("attempt {attempt}, after a kill at {exchange}");
            assert_same(&shown(&again), &shown(&outcome), &case);
            assert_eq!(world.sandbox.counts().unwrap(), counts, "{case}");
        }
        check(&world, &setting).await;
        world.sandbox.audit().unwrap();
    }
}

/// Somebody with an account that is empty, another one, and a bank.
#[derive(Clone, Copy)]
struct Payer {
    holder: PersonId,
    account: AccountId,
    other: AccountId,
    bank: ExternalAccountId,
}

impl Payer {
    async fn new(world: &World) -> Self {
        let holder = world.customer().await;
        let account = world.checking(holder).await;
        let other = world.account(AccountType::Saving, holder).await;
        let bank = BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890")
            .wires("021000021");
        let bank = LinkExternalAccount::by_numbers(holder, bank);
        let bank = world.client.link_external_account(&bank).await.unwrap().all().unwrap()[0].id;
        Self { holder, account, other, bank }
    }

    /// With this much on the account.
    async fn with(world: &World, amount: Money) -> Self {
        let payer = Self::new(world).await;
        world.fund(payer.account, amount).await;
        payer
    }

    fn push(&self, client: &Synctera, amount: i64) -> Run<'static, SendAch> {
        client.send_ach(&SendAch::push(self.account, self.bank, Money::usd(amount), self.holder))
    }

    fn wire(&self, client: &Synctera, amount: i64) -> Run<'static, SendWire> {
        let amount = Money::usd(amount);
        client.send_wire(&SendWire::new(self.account, self.bank, amount, self.holder, "Invoice"))
    }

    fn transfer(&self, client: &Synctera, amount: i64) -> Run<'static, Transfer> {
        client.transfer(&Transfer::new(self.account, self.other, Money::usd(amount)))
    }

    async fn available(&self, world: &World) -> i64 {
        world.balances(self.account).await.1.minor()
    }
}

/// A refusal for want of money, and what is corrected: more money for the same request, or less in
/// the request.
macro_rules! short_of_money {
    ($($rail:ident: $funded:ident, $lowered:ident;)*) => { $(
        #[tokio::test]
        async fn $funded() {
            corrected(
                "INSUFFICIENT_FUNDS",
                async |world| Payer::with(world, Money::usd(20_00)).await,
                |client, payer| payer.$rail(client, 60_00),
                async |world, payer| world.fund(payer.account, Money::usd(80_00)).await,
                |client, payer| payer.$rail(client, 60_00),
                async |world, payer| assert_eq!(payer.available(world).await, 40_00),
            )
            .await;
        }

        #[tokio::test]
        async fn $lowered() {
            corrected(
                "INSUFFICIENT_FUNDS",
                async |world| Payer::with(world, Money::usd(20_00)).await,
                |client, payer| payer.$rail(client, 60_00),
                async |_, _| {},
                |client, payer| payer.$rail(client, 15_00),
                async |world, payer| assert_eq!(payer.available(world).await, 5_00),
            )
            .await;
        }
    )* };
}

short_of_money! {
    push: an_ach_push_goes_out_once_there_is_money, an_ach_push_goes_out_with_a_smaller_amount;
    wire: a_wire_goes_out_once_there_is_money, a_wire_goes_out_with_a_smaller_amount;
    transfer: a_transfer_is_done_once_there_is_money, a_transfer_is_done_with_a_smaller_amount;
}

#[tokio::test]
async fn a_holder_who_is_verified_meanwhile_gets_the_account_in_the_same_attempt() {
    let world = World::new().await;
    let prospect = named(&world).await;
    world.recorder.take();
    let open = OpenAccount::new(AccountType::Checking, prospect);
    let error = fresh(&world).open_account(&open).key(KEY).await.unwrap_err();
    assert_eq!(error.next_action(), NextAction::RemoveReason, "{error}");
    let advice = format!("verify person {prospect}, then run it again with the key {KEY}");
    assert!(error.to_string().ends_with(&advice), "{error}");
    assert!(world.recorder.take().iter().all(|sent| sent.line.starts_with("GET ")));
    verify(&world, prospect).await;
    fresh(&world).open_account(&open).key(KEY).await.unwrap();
    fresh(&world).open_account(&open).key(KEY).attempt(2).await.unwrap();
    let accounts = world.client.api().list_accounts(&ListAccountsQuery::default()).await.unwrap();
    assert_eq!(accounts.accounts.len(), 1);
}

/// The platform refuses, too, when it knows better than what was read.
#[tokio::test]
async fn a_holder_whom_the_platform_refuses_gets_the_account_once_verified() {
    corrected(
        "CUSTOMER_NOT_VERIFIED",
        async |world| {
            let prospect = named(world).await;
            let mut shown = serde_json::to_value(
                world.client.api().get_person(prospect).await.unwrap().into_inner(),
            )
            .unwrap();
            shown["verification_status"] = "ACCEPTED".into();
            let shown: &str = String::leak(shown.to_string());
            world.recorder.all(move |sent| {
                let is_read = sent.line.starts_with("GET /v2/persons/");
                is_read.then_some(Fault::Answer(200, JSON, shown))
            });
            prospect
        },
        |client, prospect| client.open_account(&OpenAccount::new(AccountType::Checking, *prospect)),
        async |world, prospect| {
            world.recorder.all(|_| None);
            verify(world, *prospect).await;
        },
        |client, prospect| client.open_account(&OpenAccount::new(AccountType::Checking, *prospect)),
        async |world, _| {
            let query = ListAccountsQuery::default();
            let accounts = world.client.api().list_accounts(&query).await.unwrap();
            assert_eq!(accounts.accounts.len(), 1);
        },
    )
    .await;
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

#[tokio::test]
async fn an_authorized_user_is_added_once_their_address_is_known() {
    corrected(
        "BAD_REQUEST_BODY",
        async |world| {
            let holder = world.customer().await;
            (world.checking(holder).await, world.prospect().await)
        },
        |client, (account, user)| {
            client.add_account_party(&AddAccountParty::authorized_user(*account, *user))
        },
        async |world, (_, user)| {
            let body = PersonPatch {
                first_name: Patch::Set("William".to_owned()),
                last_name: Patch::Set("King".to_owned()),
                legal_address: Patch::Set(MailingAddressInput {
                    city: Some("San Francisco".to_owned()),
                    state: Some("CA".to_owned()),
                    postal_code: Some("94105".to_owned()),
                    ..MailingAddressInput::new("1 Market St", CountryCode::US)
                }),
                ..PersonPatch::default()
            };
            world.client.api().update_person(*user, &body).await.unwrap();
        },
        |client, (account, user)| {
            client.add_account_party(&AddAccountParty::authorized_user(*account, *user))
        },
        async |world, (account, _)| {
            let api = world.client.api();
            let query = Default::default();
            let parties = api.list_account_relationships(*account, &query).await.unwrap();
            assert_eq!(parties.relationships.len(), 2);
        },
    )
    .await;
}

#[tokio::test]
async fn a_card_is_issued_once_the_account_is_not_suspended() {
    corrected(
        "IMPROPER_ACCOUNT_STATUS",
        async |world| {
            let holder = world.customer().await;
            let account = world.checking(holder).await;
            world.client.suspend_account(account, "Looked at").await.unwrap();
            (account, holder)
        },
        |client, (account, holder)| client.issue_card(&IssueCard::virtual_debit(*account, *holder)),
        async |world, (account, _)| {
            world.client.reinstate_account(*account, "It is fine").await.unwrap();
        },
        |client, (account, holder)| client.issue_card(&IssueCard::virtual_debit(*account, *holder)),
        async |world, _| {
            let cards = world.client.api().list_cards(&ListCardsQuery::default()).await.unwrap();
            assert_eq!(cards.cards.len(), 1);
        },
    )
    .await;
}

/// What a person becomes by the correction.
fn grace(born: &str) -> PersonDetails {
    PersonDetails::new("Grace", "Hopper", born.parse().unwrap())
        .middle_name("Brewster")
        .email("grace@example.com")
        .phone_number("+12125550199")
        .ssn("456-78-9013")
        .legal_address(office())
}

async fn only_person(world: &World) -> Person {
    let persons = world.client.api().list_persons(&ListPersonsQuery::default()).await.unwrap();
    assert_eq!(persons.persons.len(), 1);
    persons.persons[0].clone()
}

fn is_grace(person: &Person) {
    assert_eq!(person.first_name.as_deref(), Some("Grace"));
    assert_eq!(person.middle_name.as_deref(), Some("Brewster"));
    assert_eq!(person.last_name.as_deref(), Some("Hopper"));
    assert_eq!(person.email.as_deref(), Some("grace@example.com"));
    assert_eq!(person.phone_number.as_deref(), Some("+12125550199"));
    assert_eq!(person.ssn.as_ref().unwrap().expose(), "9013");
    let born = person.dob.as_ref().unwrap().expose().to_string();
    assert_eq!(born, "1986-12-09");
}

/// A disclosure in a version that the workspace does not have, which only the platform knows.
fn unknown_version() -> Disclosed {
    Disclosed::acknowledged(DisclosureType::RegDd, "2.0", now())
}

#[tokio::test]
async fn a_customer_is_the_same_person_after_a_correction_of_all_their_data() {
    corrected(
        "BAD_REQUEST_BODY",
        async |_| (),
        |client, ()| {
            let request = OnboardCustomer::new(ada())
                .disclosed(agreed(DisclosureType::ESign))
                .disclosed(unknown_version())
                .consented()
                .monitoring();
            client.onboard_customer(&request)
        },
        async |world, ()| {
            assert_eq!(only_person(world).await.first_name.as_deref(), Some("Ada"));
        },
        |client, ()| {
            let request = OnboardCustomer::new(grace("1986-12-09"))
                .disclosed(agreed(DisclosureType::ESign))
                .disclosed(agreed(DisclosureType::RegDd))
                .consented()
                .monitoring();
            client.onboard_customer(&request)
        },
        async |world, ()| {
            let person = only_person(world).await;
            is_grace(&person);
            assert_eq!(person.verification_status, VerificationStatus::Accepted);
            let api = world.client.api();
            let disclosures = api.list_disclosures(&Default::default()).await.unwrap();
            assert_eq!(disclosures.disclosures.len(), 2);
            let watched = api.list_monitoring_subscriptions(&Default::default()).await.unwrap();
            assert_eq!(watched.subscriptions.len(), 1);
        },
    )
    .await;
}

/// The platform's day is behind the one of this machine, so only the platform knows that the date
/// of birth is wrong.
#[tokio::test]
async fn a_customer_whom_the_platform_did_not_take_is_created_after_the_correction() {
    corrected(
        "BAD_REQUEST_BODY",
        async |_| (),
        |client, ()| {
            client.onboard_customer(&OnboardCustomer::new(grace("2026-11-25")).consented())
        },
        async |world, ()| {
            let persons = world.client.api().list_persons(&Default::default()).await.unwrap();
            assert!(persons.persons.is_empty());
        },
        |client, ()| {
            client.onboard_customer(&OnboardCustomer::new(grace("1986-12-09")).consented())
        },
        async |world, ()| is_grace(&only_person(world).await),
    )
    .await;
}

#[tokio::test]
async fn a_business_and_the_people_behind_it_are_the_same_after_a_correction() {
    fn request(
        name: &str,
        owner: PersonDetails,
        known: PersonId,
        last: Disclosed,
    ) -> OnboardBusiness {
        OnboardBusiness::new(name, BusinessStructure::Llc, office())
            .ein("12-3456789")
            .related_person(
                RelatedPerson::new(owner).ownership_percent(60.0).managing().certifies_ownership(),
            )
            .related_person(RelatedPerson::existing(known).ownership_percent(40.0))
            .disclosed(agreed(DisclosureType::OwnerCertification))
            .disclosed(last)
            .consented()
            .monitoring()
    }
    corrected(
        "BAD_REQUEST_BODY",
        async |world| world.customer().await,
        |client, known| {
            let owner = person("Ada", "Lovelace");
            client.onboard_business(&request("Flow Matic LLC", owner, *known, unknown_version()))
        },
        async |_, _| {},
        |client, known| {
            let (owner, last) = (grace("1986-12-09"), agreed(DisclosureType::RegDd));
            client.onboard_business(&request("Flowmatic LLC", owner, *known, last))
        },
        async |world, known| {
            let api = world.client.api();
            let businesses = api.list_businesses(&Default::default()).await.unwrap();
            assert_eq!(businesses.businesses.len(), 1);
            let business = &businesses.businesses[0];
            assert_eq!(business.entity_name.as_deref(), Some("Flowmatic LLC"));
            assert_eq!(business.verification_status, Some(VerificationStatus::Accepted));
            let persons = api.list_persons(&Default::default()).await.unwrap();
            assert_eq!(persons.persons.len(), 2);
            is_grace(persons.persons.iter().find(|person| person.id != *known).unwrap());
            let ties = api.list_relationships(&Default::default()).await.unwrap();
            assert_eq!(ties.relationships.len(), 3);
        },
    )
    .await;
}

/// The data of a person is what the last attempt said, also when it is what an earlier one said.
#[tokio::test]
async fn corrections_that_go_back_and_forth_end_with_the_last_one() {
    let world = World::new().await;
    let client = fresh(&world);
    let run = async |first_name: &str, attempt: u32| {
        let request = OnboardCustomer::new(person(first_name, "Byron")).consented();
        client.onboard_customer(&request).key(KEY).attempt(attempt).await.unwrap();
        let found = only_person(&world).await.first_name;
        assert_eq!(found.as_deref(), Some(first_name), "attempt {attempt}");
    };
    for (attempt, first_name) in ["Ada", "Augusta", "Ada", "Augusta", "Anne"].iter().enumerate() {
        let attempt = u32::try_from(attempt).unwrap() + 1;
        run(first_name, attempt).await;
        run(first_name, attempt).await;
    }
}

/// Without a further attempt, another request under the key may be another customer's.
#[tokio::test]
async fn a_key_that_is_used_for_two_customers_changes_neither() {
    let world = World::new().await;
    let first = OnboardCustomer::new(ada()).consented();
    fresh(&world).onboard_customer(&first).key(KEY).await.unwrap();
    let second = OnboardCustomer::new(grace("1986-12-09")).consented();
    let error = fresh(&world).onboard_customer(&second).key(KEY).await.unwrap_err();
    assert_eq!((error.kind(), error.next_action()), (ErrorKind::KeyReused, NextAction::UseNewKey));
    assert_eq!(only_person(&world).await.first_name.as_deref(), Some("Ada"));

    let business = |name: &str| {
        OnboardBusiness::new(name, BusinessStructure::Llc, office())
            .related_person(RelatedPerson::new(ada()).ownership_percent(60.0))
            .consented()
    };
    fresh(&world).onboard_business(&business("Flow Matic LLC")).key("b").await.unwrap();
    let error = fresh(&world).onboard_business(&business("Other LLC")).key("b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyReused, "{error}");
    let businesses = world.client.api().list_businesses(&Default::default()).await.unwrap();
    assert_eq!(businesses.businesses[0].entity_name.as_deref(), Some("Flow Matic LLC"));
}

/// The moment of a disclosure is not what makes it another act.
#[tokio::test]
async fn a_disclosure_with_another_moment_is_the_same_act() {
    let world = World::new().await;
    let request = |days: i64| {
        let seen = now() + TimeDelta::days(days);
        OnboardCustomer::new(ada())
            .disclosed(Disclosed::acknowledged(DisclosureType::RegDd, "1.0", seen))
            .consented()
    };
    world.recorder.next(at(3, &Fault::Answer(503, &[], "")));
    let error = fresh(&world).onboard_customer(&request(0)).key(KEY).await.unwrap_err();
    assert_eq!(error.operation(), "verify", "{error}");
    for attempt in [1, 2, 3] {
        let run = fresh(&world).onboard_customer(&request(1)).key(KEY).attempt(attempt);
        let customer = run.await.unwrap().accepted().unwrap();
        assert_eq!(customer.disclosures[0].disclosure_date, now());
    }
    let disclosures = world.client.api().list_disclosures(&Default::default()).await.unwrap();
    assert_eq!(disclosures.disclosures.len(), 1);
    only_person(&world).await;
}

/// What an earlier attempt did with other input stays, and the error names it.
#[tokio::test]
async fn money_that_moved_does_not_move_again_with_another_amount() {
    let world = World::new().await;
    let payer = Payer::with(&world, Money::usd(100_00)).await;
    let sent = payer.push(&fresh(&world), 10_00).key(KEY).await.unwrap();
    let wire = payer.wire(&fresh(&world), 10_00).key(KEY).await.unwrap();
    let moved = payer.transfer(&fresh(&world), 10_00).key(KEY).await.unwrap();
    let left = payer.available(&world).await;
    assert_eq!(left, 70_00);

    let again = async |attempt| {
        let client = fresh(&world);
        [
            payer.push(&client, 20_00).key(KEY).attempt(attempt).await.unwrap_err(),
            payer.wire(&client, 20_00).key(KEY).attempt(attempt).await.unwrap_err(),
            payer.transfer(&client, 20_00).key(KEY).attempt(attempt).await.unwrap_err(),
        ]
    };
    for error in again(1).await {
        assert_eq!(error.kind(), ErrorKind::KeyReused, "{error}");
    }
    for attempt in [2, 3] {
        let [push, wired, transferred] = again(attempt).await;
        for error in [&push, &wired, &transferred] {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            assert_eq!(error.next_action(), NextAction::CheckByHand, "{error}");
        }
        for (error, transaction) in [
            (&push, sent.id.to_string()),
            (&wired, wire.transaction_id.to_string()),
            (&transferred, moved.id.to_string()),
        ] {
            assert!(error.to_string().contains(&transaction), "{error}");
        }
    }
    assert_eq!(payer.available(&world).await, left);
}

/// A pull shows nowhere until its file has left, so nothing tells whether it is under way.
#[tokio::test]
async fn a_pull_with_another_amount_is_left_to_a_person() {
    let world = World::new().await;
    let payer = Payer::new(&world).await;
    let pull =
        |amount: i64| SendAch::pull(payer.account, payer.bank, Money::usd(amount), payer.holder);
    let first = fresh(&world).send_ach(&pull(10_00)).key(KEY).await.unwrap_err();
    assert_eq!(first.code().unwrap().as_str(), "EXTERNAL_ACCOUNT_NOT_VERIFIED", "{first}");

    let clash = fresh(&world).send_ach(&pull(20_00)).key(KEY).await.unwrap_err();
    assert_eq!(
        (clash.kind(), clash.next_action()),
        (ErrorKind::KeyReused, NextAction::CheckByHand)
    );
    let other = fresh(&world).send_ach(&pull(20_00)).key(KEY).attempt(2).await.unwrap_err();
    assert_eq!((other.kind(), other.next_action()), (ErrorKind::Refused, NextAction::CheckByHand));
    for error in [clash, other] {
        assert!(error.to_string().contains("check by hand"), "{error}");
        assert!(error.to_string().contains("new key"), "{error}");
    }
    let query = ListOutgoingAchQuery::default();
    let sent = world.client.api().list_outgoing_ach(&query).await.unwrap();
    assert!(sent.transactions.is_empty());
}

/// An answer that the platform did not give under the key of an earlier attempt says nothing about
/// what that attempt did.
#[tokio::test]
async fn an_answer_that_may_not_be_the_platforms_sends_no_further_attempt() {
    for answer in [
        Fault::Answer(401, JSON, r#"{"code":"UNAUTHENTICATED","status":401}"#),
        Fault::Answer(403, &[("content-type", "text/html")], "<html>blocked</html>"),
        Fault::Answer(404, &[("content-type", "text/html")], "<html>not here</html>"),
        Fault::Answer(408, &[], ""),
        Fault::Answer(425, &[], ""),
        Fault::Answer(429, JSON, r#"{"code":"TOO_MANY_REQUESTS"}"#),
        Fault::Answer(499, JSON, r#"{"code":"REQUEST_CANCELED"}"#),
        Fault::Answer(503, &[], ""),
        Fault::Garble("<html>log in first</html>"),
        Fault::LoseRequest,
    ] {
        let world = World::new().await;
        let payer = Payer::with(&world, Money::usd(100_00)).await;
        world.recorder.next([Some(Fault::LoseAnswer)]);
        payer.transfer(&fresh(&world), 10_00).key(KEY).await.unwrap_err();
        world.recorder.take();
        world.recorder.next([Some(answer.clone())]);
        payer.transfer(&fresh(&world), 10_00).key(KEY).attempt(2).await.unwrap_err();
        assert_eq!(world.recorder.take().len(), 1, "{answer:?}");
        payer.transfer(&fresh(&world), 10_00).key(KEY).attempt(2).await.unwrap();
        assert_eq!(payer.available(&world).await, 90_00, "{answer:?}");
    }
}

/// A run whose caller chose no key is continued with the one that its error contains.
#[tokio::test]
async fn a_run_without_a_key_is_continued_with_that_of_its_error() {
    let world = World::new().await;
    let holder = world.customer().await;
    let account = world.checking(holder).await;
    let bank = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
    let client = fresh(&world);
    macro_rules! resumed {
        ($run:expr) => {
            world.recorder.next([Some(Fault::LoseAnswer)]);
            let error = $run.await.unwrap_err();
            let before = world.sandbox.counts().unwrap();
            let key = error.progress().unwrap().key.clone();
            $run.key(key.clone()).await.unwrap();
            $run.key(key).attempt(2).await.unwrap();
            assert_eq!(world.sandbox.counts().unwrap(), before, "{error}");
        };
    }
    let link = LinkExternalAccount::by_numbers(holder, bank);
    resumed!(client.link_external_account(&link));
    let other = OnboardCustomer::new(ada()).consented();
    world.recorder.next([Some(Fault::LoseAnswer)]);
    let error = client.onboard_customer(&other).await.unwrap_err();
    let key = error.progress().unwrap().key.clone();
    client.onboard_customer(&other).key(key).await.unwrap();
    let persons = world.client.api().list_persons(&ListPersonsQuery::default()).await.unwrap();
    assert_eq!(persons.persons.len(), 2);
    // These read first: what is lost is the answer to the write.
    for exchange in [2, 1] {
        world.recorder.next(at(exchange, &Fault::LoseAnswer));
        let (error, before) = match exchange {
            2 => {
                let open = OpenAccount::new(AccountType::Saving, holder);
                let error = client.open_account(&open).await.unwrap_err();
                let before = world.sandbox.counts().unwrap();
                let key = error.progress().unwrap().key.clone();
                client.open_account(&open).key(key).await.unwrap();
                (error, before)
            }
            _ => {
                let issue = IssueCard::virtual_debit(account, holder);
                let error = client.issue_card(&issue).await.unwrap_err();
                let before = world.sandbox.counts().unwrap();
                let key = error.progress().unwrap().key.clone();
                client.issue_card(&issue).key(key).await.unwrap();
                (error, before)
            }
        };
        assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
        assert_eq!(world.sandbox.counts().unwrap(), before, "{error}");
    }
}

/// A run that is corrected after the platform forgot its keys brings the person up to date, too.
#[tokio::test]
async fn a_correction_after_the_keys_are_forgotten_reaches_the_person() {
    let world = World::new().await;
    let refused = OnboardCustomer::new(ada()).disclosed(unknown_version()).consented();
    fresh(&world).onboard_customer(&refused).key(KEY).await.unwrap_err();
    world.sandbox.advance(TimeDelta::days(8)).unwrap();
    let corrected = OnboardCustomer::new(grace("1986-12-09"))
        .disclosed(agreed(DisclosureType::RegDd))
        .consented();
    let started_at = Utc::now() - TimeDelta::days(8);
    for attempt in [2, 2, 3] {
        let run = fresh(&world).onboard_customer(&corrected).key(KEY).attempt(attempt);
        run.started_at(started_at).await.unwrap().accepted().unwrap();
        is_grace(&only_person(&world).await);
    }
}

#[tokio::test]
async fn attempts_are_counted_from_one_and_have_a_limit() {
    let world = World::new().await;
    for attempt in [0, Run::<OnboardCustomer>::ATTEMPTS_MAX + 1, u32::MAX] {
        let request = OnboardCustomer::new(ada()).consented();
        let error = world.client.onboard_customer(&request).attempt(attempt).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.invalid().contains_key("attempt"), "{error}");
    }
    assert_eq!(world.recorder.seen(), 0);
}

/// A customer of whom the platform knows all that a verification needs, and who is not verified.
async fn named(world: &World) -> PersonId {
    let refused = OnboardCustomer::new(ada()).disclosed(unknown_version()).consented();
    world.client.onboard_customer(&refused).await.unwrap_err();
    let person = only_person(world).await;
    let active = PersonPatch {
        status: synctera::types::PersonStatus::Active.into(),
        ..PersonPatch::default()
    };
    world.client.api().update_person(person.id, &active).await.unwrap();
    person.id
}

async fn verify(world: &World, person: PersonId) {
    let request = synctera::Verify::new(person).consented();
    world.client.verify(&request).await.unwrap().accepted().unwrap();
}
