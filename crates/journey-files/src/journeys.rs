//! The journeys by their names, and what each results in for other entries.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use synctera::reconcile::ReconciliationFile;
use synctera::{
    ActOnDispute, ActivateCard, AddAccountParty, AddEvidence, AddExternalCard, AddToApplePay,
    AddToGooglePay, AttachSpendControl, CancelPaymentSchedule, CancelWire, ChangeAch,
    ChangeWalletToken, CloseAccount, CreateWebhookSecret, DefineProduct, DefineSpendControl,
    DefineTemplate, DepositCheck, EndSyncteraPay, EndTransfer, Error, FinishWebhookSecretRoll,
    Fund, Funded, IssueCard, Journey, LinkExternalAccount, MoveByCard, OnboardBusiness,
    OnboardCustomer, OpenAccount, OpenDispute, RecordVerification, RemoveAccountParty, ReplaceCard,
    ResolveAlert, ResumeCard, ReverseCardPull, ReviewCardImage, RollWebhookSecret, SchedulePayment,
    ScreenPayee, SendAch, SendSyncteraPay, SendWire, SetCardPin, StartDocumentVerification,
    Subscribe, SuspendCard, Synctera, TerminateCard, Transfer, UploadCardImage, Verify,
};

/// The result that a reference without a member means.
pub(crate) const ID: &str = "id";

/// A result of a run by its name.
pub(crate) type Results = Vec<(String, String)>;

/// A journey.
pub(crate) trait Kind: Sync {
    /// Its name, such as `onboard_customer`.
    fn name(&self) -> &'static str;

    /// The names of its results; a list ends in `[]`.
    fn results(&self) -> &'static [&'static str];

    /// The names of the members of its request.
    fn members(&self) -> &'static [&'static str];

    /// Reads a request.
    fn read(&self, request: &Value) -> Result<Box<dyn Prepared>, String>;
}

/// A request that was read.
pub(crate) trait Prepared: Send + Sync {
    /// What is wrong with it, if that is known without sending anything.
    fn check(&self, client: &Synctera) -> Option<Error>;

    /// Runs it under a key, as this attempt.
    fn run<'r>(
        &'r self,
        client: &'r Synctera,
        key: &'r str,
        attempt: u32,
    ) -> BoxFuture<'r, Result<Results, Error>>;
}

struct Typed<J: Journey> {
    results: &'static [&'static str],
    read: fn(&J::Outcome) -> Results,
}

struct TypedRequest<J: Journey> {
    request: J,
    results: fn(&J::Outcome) -> Results,
}

impl<J: Journey + DeserializeOwned> Kind for Typed<J> {
    fn name(&self) -> &'static str {
        J::NAME
    }

    fn results(&self) -> &'static [&'static str] {
        self.results
    }

    fn members(&self) -> &'static [&'static str] {
        crate::members::members_of::<J>()
    }

    fn read(&self, request: &Value) -> Result<Box<dyn Prepared>, String> {
        let request = J::deserialize(request).map_err(|error| error.to_string())?;
        Ok(Box::new(TypedRequest { request, results: self.read }))
    }
}

impl<J: Journey> Prepared for TypedRequest<J> {
    fn check(&self, client: &Synctera) -> Option<Error> {
        // A journey checks its request before it waits for anything.
        let run = std::future::IntoFuture::into_future(client.run(&self.request));
        let checked = run.now_or_never()?;
        checked.err().filter(|error| error.kind() == synctera::ErrorKind::InvalidInput)
    }

    fn run<'r>(
        &'r self,
        client: &'r Synctera,
        key: &'r str,
        attempt: u32,
    ) -> BoxFuture<'r, Result<Results, Error>> {
        let run = client.run(&self.request).key(key).attempt(attempt);
        Box::pin(async move { Ok((self.results)(&run.await?)) })
    }
}

/// A result that is one value.
fn one(id: impl ToString) -> Results {
    vec![(ID.to_owned(), id.to_string())]
}

/// A result that the platform may leave out.
fn maybe(id: Option<impl ToString>) -> Results {
    id.map(one).unwrap_or_default()
}

/// Results of a list.
fn each<T: ToString>(list: &str, ids: impl Iterator<Item = T>) -> Results {
    ids.enumerate().map(|(place, id)| (format!("{list}[{place}]"), id.to_string())).collect()
}

const fn typed<J: Journey>(
    results: &'static [&'static str],
    read: fn(&J::Outcome) -> Results,
) -> Typed<J> {
    Typed { results, read }
}

/// Journeys that result in one id, or in nothing that is referred to.
const ID_ALONE: &[&str] = &[ID];
const NOTHING: &[&str] = &[];

/// The journeys, with the results of each.
static ALL: &[&dyn Kind] = &[
    &typed::<OnboardCustomer>(ID_ALONE, |done| one(done.get().person.id)),
    &typed::<OnboardBusiness>(&[ID, "related_people[]"], |done| {
        let people = done.get().related_people.iter().map(|it| it.id);
        [one(done.get().id), each("related_people", people)].concat()
    }),
    &typed::<Verify>(NOTHING, |_| Results::new()),
    // The token, which is the `document_id` of a verification.
    &typed::<StartDocumentVerification>(ID_ALONE, |done| one(done.token.expose())),
    &typed::<RecordVerification>(ID_ALONE, |done| maybe(done.id)),
    &typed::<ScreenPayee>(ID_ALONE, |done| one(done.id)),
    &typed::<ResolveAlert>(ID_ALONE, |done| maybe(done.id)),
    &typed::<OpenAccount>(ID_ALONE, |done| one(done.id)),
    &typed::<AddAccountParty>(ID_ALONE, |done| maybe(done.id)),
    &typed::<RemoveAccountParty>(NOTHING, |_| Results::new()),
    &typed::<CloseAccount>(ID_ALONE, |done| maybe(done.account.id)),
    &typed::<DefineProduct>(ID_ALONE, |done| one(done.id)),
    &typed::<DefineTemplate>(ID_ALONE, |done| one(done.id)),
    &typed::<LinkExternalAccount>(&[ID, "accounts[]"], |done| {
        let ids = || done.accounts.iter().map(|it| it.id);
        [maybe(ids().next()), each("accounts", ids())].concat()
    }),
    &typed::<Fund>(ID_ALONE, |done| match done {
        Funded::Pulled(ach) => one(ach.id),
        Funded::Transferred(transfer) => one(transfer.id),
        _ => Results::new(),
    }),
    &typed::<SendAch>(ID_ALONE, |done| one(done.id)),
    &typed::<ChangeAch>(ID_ALONE, |done| one(done.id)),
    &typed::<Transfer>(ID_ALONE, |done| one(done.id)),
    &typed::<EndTransfer>(ID_ALONE, |done| one(done.id)),
    &typed::<SendWire>(ID_ALONE, |done| one(done.id)),
    &typed::<CancelWire>(ID_ALONE, |done| one(done.id)),
    &typed::<MoveByCard>(ID_ALONE, |done| one(done.id)),
    &typed::<ReverseCardPull>(ID_ALONE, |done| one(done.id)),
    &typed::<AddExternalCard>(ID_ALONE, |done| one(done.id)),
    &typed::<DepositCheck>(ID_ALONE, |done| one(done.id)),
    &typed::<SchedulePayment>(ID_ALONE, |done| maybe(done.id)),
    &typed::<CancelPaymentSchedule>(ID_ALONE, |done| maybe(done.id)),
    &typed::<SendSyncteraPay>(ID_ALONE, |done| one(done.id)),
    &typed::<EndSyncteraPay>(ID_ALONE, |done| one(done.id)),
    &typed::<IssueCard>(ID_ALONE, |done| one(done.id)),
    &typed::<ActivateCard>(ID_ALONE, |done| one(done.id)),
    &typed::<ReplaceCard>(ID_ALONE, |done| one(done.id)),
    &typed::<SuspendCard>(ID_ALONE, |done| one(done.id)),
    &typed::<ResumeCard>(ID_ALONE, |done| one(done.id)),
    &typed::<TerminateCard>(ID_ALONE, |done| one(done.id)),
    &typed::<SetCardPin>(NOTHING, |_| Results::new()),
    &typed::<UploadCardImage>(ID_ALONE, |done| one(done.id)),
    &typed::<ReviewCardImage>(ID_ALONE, |done| one(done.id)),
    &typed::<AddToApplePay>(NOTHING, |_| Results::new()),
    &typed::<AddToGooglePay>(NOTHING, |_| Results::new()),
    &typed::<ChangeWalletToken>(ID_ALONE, |done| maybe(done.id)),
    &typed::<DefineSpendControl>(ID_ALONE, |done| one(done.id)),
    &typed::<AttachSpendControl>(ID_ALONE, |done| maybe(done.id)),
    &typed::<OpenDispute>(ID_ALONE, |done| one(done.id)),
    &typed::<ActOnDispute>(NOTHING, |_| Results::new()),
    &typed::<AddEvidence>(ID_ALONE, |done| one(done.id)),
    &typed::<Subscribe>(ID_ALONE, |done| maybe(done.id)),
    &typed::<CreateWebhookSecret>(NOTHING, |_| Results::new()),
    &typed::<RollWebhookSecret>(NOTHING, |_| Results::new()),
    &typed::<FinishWebhookSecretRoll>(NOTHING, |_| Results::new()),
    &typed::<ReconciliationFile>(ID_ALONE, |done| one(done.id)),
];

/// All journeys.
pub(crate) fn all() -> impl Iterator<Item = &'static dyn Kind> {
    ALL.iter().copied()
}

/// The journey of a name.
pub(crate) fn find(name: &str) -> Option<&'static dyn Kind> {
    ALL.iter().copied().find(|journey| journey.name() == name)
}

/// The journey whose name is most like a text, if one is.
pub(crate) fn nearest(text: &str) -> Option<&'static str> {
    let names = ALL.iter().map(|journey| journey.name());
    let likeness = |name: &&str| strsim::jaro_winkler(name, text);
    names.max_by(|a, b| likeness(a).total_cmp(&likeness(b))).filter(|name| likeness(name) > 0.8)
}
