//! The platform of the tests, and people of whom every number is known.

use std::time::Duration;

use chrono::NaiveDate;
use synctera::types::{AccountType, InternalAccountBase, InternalAccountStatus};
use synctera::{
    AccountId, Address, Answer, BoxFuture, Call, CallTrace, Currency, Failure, InternalAccountId,
    Money, OnboardCustomer, OpenAccount, PersonDetails, PersonId, Retries, Synctera, Transfer,
    Transport,
};
use synctera_sandbox::Sandbox;

/// A client whose waits are short.
pub(crate) fn client(base_url: &str, api_key: &str) -> synctera::Builder {
    Synctera::builder(api_key)
        .base_url(base_url)
        .retries(Retries::default().waits(Duration::from_millis(1), Duration::from_millis(20)))
}

/// A client of a sandbox.
pub(crate) fn client_of(sandbox: &Sandbox) -> Synctera {
    client(&sandbox.base_url(), sandbox.api_key()).build().unwrap()
}

/// The n-th person. Name, number and address are of nobody else in a database of these tests.
pub(crate) fn person(number: u32) -> PersonDetails {
    let born = NaiveDate::from_ymd_opt(1985, 12, 10).unwrap();
    PersonDetails::new("Zephyrine", surname(number), born)
        .email("zephyrine.planted@example.com")
        .phone_number("+14155550123")
        .ssn(ssn(number))
        .legal_address(Address::us("77 Planted Street", "San Francisco", "CA", "94105"))
}

/// The name of the n-th person, in letters.
pub(crate) fn surname(number: u32) -> String {
    let letters = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
    let letters: String = letters;
    format!("Quackenbush{letters}")
}

/// The social security number of the n-th person.
pub(crate) fn ssn(number: u32) -> String {
    format!("456-{:02}-{:04}", 10 + number / 9_999 % 80, number % 9_999 + 1)
}

/// The request to onboard the n-th person.
pub(crate) fn onboarding(number: u32) -> OnboardCustomer {
    OnboardCustomer::new(person(number)).consented()
}

/// The request to open an account.
pub(crate) fn opening(holder: PersonId) -> OpenAccount {
    OpenAccount::new(AccountType::Checking, holder)
}

/// What each new account gets.
pub(crate) fn welcome(program: InternalAccountId, account: AccountId) -> Transfer {
    Transfer::new(program, account, Money::usd(7_00))
}

/// The program's own account.
pub(crate) async fn program_account(client: &Synctera) -> InternalAccountId {
    let body = InternalAccountBase::new(Currency::USD, InternalAccountStatus::Active);
    client.api().create_internal_account(&body).await.unwrap().id.unwrap()
}

/// Sends each request with a fault by chance, as the sandbox has them.
pub(crate) struct Faulty {
    /// From 0 to 1.
    pub(crate) share: f64,
}

impl Transport for Faulty {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        const FAULTS: [&str; 5] =
            ["status=503", "status=500; after", "drop", "drop; after", "truncate=20"];
        Box::pin(async move {
            let mut request = call.request;
            if fastrand::f64() < self.share {
                let fault = FAULTS[fastrand::usize(..FAULTS.len())];
                request.headers_mut().insert("sandbox-fault", fault.parse().unwrap());
            }
            match call.http.execute(request).await {
                Ok(response) => Ok(Answer::new(response)),
                Err(error) => Err(Failure::from_http(error, CallTrace::default())),
            }
        })
    }
}
