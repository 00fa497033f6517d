//! The alternatives of choices, and what only one of them can have.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use synctera::types::{
    AccountClosureReason, AccountType, AchDisputeReturnCodes, BusinessStructure, CardAction,
    CardActionState, DisclosureType, ExternalCardAction, ExternalCardActionState,
    ExternalCardDisputeReasonCode, SpendControlStaticWindowPeriod, VendorJson, VerificationResult,
    VerificationType, VerificationVendorInfo,
};
use synctera::{
    AccountId, ActOnDispute, AddAccountParty, AttachSpendControl, BankAccount, BasisPoints,
    BusinessId, CardId, ChangeAch, ChangeWalletToken, CloseAccount, CountryCode, CustomerId,
    DefineProduct, DefineSpendControl, DefineTemplate, Disclosed, DisputeId, EndSyncteraPay,
    EndTransfer, ExternalAccountId, Fund, InternalAccountId, IssueCard, LinkExternalAccount, Money,
    MoveByCard, OnboardBusiness, OnboardCustomer, OpenAccount, OpenDispute, PersonId,
    RecordVerification, ReviewCardImage, Schedule, SchedulePayment, SendAch, Transfer, Window,
};
use synctera_tests::world::{ada, now, office};

const ID: &str = "00000000-0000-4000-8000-000000000001";

fn id<T: std::str::FromStr>() -> T {
    ID.parse().ok().unwrap()
}

/// Reads the text, in which `$id` stands for every id and `$amount` for 5.00 USD, as YAML.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let text = text.replace("$id", ID).replace("$amount", "{amount: 500, currency: USD}");
    serde_saphyr::from_str(&text).map_err(|error| error.to_string())
}

#[track_caller]
fn same<T: DeserializeOwned + Debug>(text: &str, built: T) {
    let read: T = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(format!("{read:?}"), format!("{built:?}"), "{text}");
}

/// Refused, with the path of a member before the reason.
#[track_caller]
fn refused<T: DeserializeOwned + Debug>(text: &str, path: &str, reason: &str) {
    let error = read::<T>(text).unwrap_err();
    assert!(error.starts_with(&format!("{path}: {reason}")), "{text}: {error}");
}

#[test]
fn money_is_pulled_or_comes_from_the_platform() {
    let (account, amount): (AccountId, _) = (id(), Money::usd(5_00));
    let text = |source: &str| format!("account_id: $id\namount: $amount\nsource: {source}");
    same(&text("in_sandbox"), Fund::in_sandbox(account, amount));
    let from: InternalAccountId = id();
    same(&text("{from_internal: $id}"), Fund::from_internal(account, from, amount));
    refused::<Fund>(&text("pull"), "source", "missing field `external_account_id`");
    refused::<Fund>(&text("from_internal"), "source", "a value must be given");
    refused::<Fund>(&text("stolen"), "source", "must be one of pull");
    for (amount, path, reason) in [
        ("5.00", "amount", "must be an amount in minor units"),
        ("5.00 USD", "amount", "must be an amount in minor units"),
        ("{amount: 5.00, currency: USD}", "amount.amount", "must be an integer of 64 bits"),
        ("{amount: '500', currency: USD}", "amount.amount", "must be an integer of 64 bits"),
        ("{amount: 500}", "amount", "missing field `currency`"),
        ("{amount: 500, currency: usd}", "amount.currency", "must be a currency code"),
        ("{amount: 500, currency: USD, scale: 2}", "amount.scale", "unknown field `scale`"),
    ] {
        let text = format!("account_id: $id\namount: {amount}\nsource: in_sandbox");
        refused::<Fund>(&text, path, reason);
    }
}

#[test]
fn an_ach_transfer_pays_out_or_pulls() {
    let text = "dc_sign: CREDIT\noriginating_account_id: $id\nreceiving_account_id: $id\n\
                amount: $amount\ncustomer_id: $id\nis_same_day: true";
    let push = SendAch::push(id(), id(), Money::usd(5_00), id::<CustomerId>());
    same(text, push.clone().same_day());
    same("transfer_id: $id\nchange: cancel", ChangeAch::cancel(id()));
    for (schedule, built) in [
        ("{frequency: DAILY, start_date: 2026-11-24, count: 3}", Schedule::daily(day()).times(3)),
        (
            "{frequency: MONTHLY, start_date: 2026-11-24, start_search: FORWARD, count: 3}",
            Schedule::monthly(day()).times(3),
        ),
    ] {
        let transfer = "{originating_account_id: $id, receiving_account_id: $id, amount: $amount}";
        let text =
            format!("payment: {{transfer: {transfer}}}\nschedule: {schedule}\ndescription: Saving");
        let payment = Transfer::new(id::<AccountId>(), id::<AccountId>(), Money::usd(5_00));
        same(&text, SchedulePayment::transfer(payment, built, "Saving"));
    }
}

fn day() -> chrono::NaiveDate {
    now().date_naive()
}

#[test]
fn a_transfer_is_made_at_once_or_held() {
    let text = |mode: &str| {
        format!(
            "originating_account_id: $id\nreceiving_account_id: $id\namount: $amount\n\
             capture_mode: {mode}"
        )
    };
    let transfer = Transfer::new(id::<AccountId>(), id::<AccountId>(), Money::usd(5_00));
    same(&text("IMMEDIATE"), transfer.clone());
    same(&text("MANUAL"), transfer.clone().hold(None));
    same(&text("{MANUAL: {}}"), transfer.clone().hold(None));
    same(&text("{MANUAL: {expires_at: 2026-11-24T14:00:00Z}}"), transfer.hold(now()));
    let early = text("{IMMEDIATE: {expires_at: 2026-11-24T14:00:00Z}}");
    assert!(read::<Transfer>(&early).unwrap_err().starts_with("capture_mode"));
    same("transfer_id: $id\nstatus: CANCELED", EndTransfer::release(id()));
    same("transfer_id: $id\naction: cancel", EndSyncteraPay::cancel(id()));
    same("transfer_id: $id\naction: return", EndSyncteraPay::returned(id()));
}

#[test]
fn a_card_transfer_pulls_or_pushes() {
    let text = |kind: &str| {
        format!("type: {kind}\noriginating_account_id: $id\nexternal_card_id: $id\namount: $amount")
    };
    let (pull, push) = (
        MoveByCard::pull(id(), id(), Money::usd(5_00)),
        MoveByCard::push(id(), id(), Money::usd(5_00)),
    );
    same(&text("PULL"), pull.clone());
    same(&text("PUSH"), push);
    same(&text("{PULL: {three_ds_id: $id}}"), pull.three_ds(id::<synctera::ThreeDsId>()));
    let mixed = text("{PUSH: {three_ds_id: $id}}");
    refused::<MoveByCard>(&mixed, "type.PUSH.three_ds_id", "unknown field `three_ds_id`");
}

#[test]
fn a_card_has_a_kind_a_form_and_a_holder() {
    let text = |kind: &str, form: &str| {
        format!("account_id: $id\ncustomer_id: $id\ntype: {kind}\nform: {form}")
    };
    let (account, person): (AccountId, PersonId) = (id(), id());
    same(&text("DEBIT", "VIRTUAL"), IssueCard::virtual_debit(account, person));
    same(&text("DEBIT", "PHYSICAL"), IssueCard::physical_debit(account, person));
    same(&text("PREPAID", "VIRTUAL"), IssueCard::virtual_prepaid(account, person));
    same(&text("PREPAID", "PHYSICAL"), IssueCard::physical_prepaid(account, person));
    same(&text("CREDIT", "VIRTUAL"), IssueCard::virtual_credit(account, person));
    same(&text("CREDIT", "{PHYSICAL: {}}"), IssueCard::physical_credit(account, person));
    let shipped = text("DEBIT", "{VIRTUAL: {shipping: {method: OVERNIGHT}}}");
    assert!(read::<IssueCard>(&shipped).unwrap_err().starts_with("form"));
    let business: BusinessId = id();
    let of_business = "account_id: $id\nbusiness_id: $id\ntype: DEBIT\nform: VIRTUAL";
    same(of_business, IssueCard::virtual_debit(account, business));
    let of_none = "account_id: $id\ntype: DEBIT\nform: VIRTUAL";
    refused::<IssueCard>(of_none, "customer_id", "must be given, or business_id");
    same("card_image_id: $id\nstatus: APPROVED", ReviewCardImage::approve(id()));
    same("digital_wallet_token_id: $id\nstatus: ACTIVE", ChangeWalletToken::resume(id()));
    same("digital_wallet_token_id: $id\nstatus: TERMINATED", ChangeWalletToken::terminate(id()));
    let card: CardId = id();
    same("card_id: $id", synctera::SuspendCard::new(card));
}

#[test]
fn a_spend_control_counts_in_a_window() {
    let text = |range: &str| format!("name: Modest\ntime_range: {range}\namount_limit: $amount");
    let control = |window| DefineSpendControl::new("Modest", window).amount(Money::usd(5_00));
    same(&text("SINGLE_TRANSACTION"), control(Window::SingleTransaction));
    same(&text("FOREVER"), control(Window::Forever));
    let monthly = Window::Calendar(SpendControlStaticWindowPeriod::Monthly);
    same(&text("{STATIC_WINDOW: {period: MONTHLY}}"), control(monthly));
    let geo = "\ndirection: CREDITS\ngeo_restrictions: {mode: BLOCK_LIST, countries: [CA]}";
    let abroad = control(Window::Forever).credits().not_in([CountryCode::CA]);
    same(&(text("FOREVER") + geo), abroad);
    let detach = AttachSpendControl::detach_from(id(), id());
    same("account_id: $id\nspend_control_id: $id\naction: detach", detach);
}

#[test]
fn a_dispute_is_of_a_rail_and_takes_its_steps() {
    let text = |rail: &str| {
        format!(
            "payment_rail: {rail}\ntransaction_id: $id\ndisputed_amount: $amount\n\
             date_customer_reported: 2026-11-24T14:00:00Z"
        )
    };
    let amount = Money::usd(5_00);
    same(&text("ACH"), OpenDispute::ach(id(), amount, now()));
    let reason = ExternalCardDisputeReasonCode::NoCardholderAuthorization;
    let rail = "{EXTERNAL_CARD: {reason_code: NO_CARDHOLDER_AUTHORIZATION, \
                external_reference_id: network-1}}";
    same(&text(rail), OpenDispute::external_card(id(), amount, now(), reason, "network-1"));

    let dispute: DisputeId = id();
    for (action, built) in [
        ("provisional_credit", ActOnDispute::provisional_credit(dispute)),
        ("reverse_credit", ActOnDispute::reverse_credit(dispute)),
        ("chargeback", ActOnDispute::chargeback(dispute)),
        ("write_off", ActOnDispute::write_off(dispute)),
        ("accept_representment", ActOnDispute::accept_representment(dispute)),
        ("pre_arbitration", ActOnDispute::pre_arbitration(dispute)),
        ("arbitration", ActOnDispute::arbitration(dispute)),
        (
            "{card: {action: COMPLIANCE, state: CREATE}}",
            ActOnDispute::card(dispute, CardAction::Compliance, CardActionState::Create),
        ),
        (
            "{ach_return: {return_code: R10}}",
            ActOnDispute::ach_return(dispute, AchDisputeReturnCodes::R10),
        ),
        ("stop_payment", ActOnDispute::stop_payment(dispute)),
        ("provisional_debit", ActOnDispute::provisional_debit(dispute)),
        ("reverse_debit", ActOnDispute::reverse_debit(dispute)),
        ("accept_chargeback", ActOnDispute::accept_chargeback(dispute)),
        (
            "{external_card: {action: CHARGEBACK, state: DECLINE}}",
            ActOnDispute::external_card(
                dispute,
                ExternalCardAction::Chargeback,
                ExternalCardActionState::Decline,
            ),
        ),
    ] {
        same(&format!("dispute_id: $id\naction: {action}"), built);
    }
    let represent = "dispute_id: $id\nsupporting_doc_id: $id\n\
                     action: {external_card: {action: REPRESENTMENT, state: CREATE}}";
    same(represent, ActOnDispute::represent(dispute, id()));
    let represent = "dispute_id: $id\naction: represent";
    let with_document = format!("{represent}\nsupporting_doc_id: $id");
    same(&with_document, ActOnDispute::represent(dispute, id()));
    refused::<ActOnDispute>(represent, "supporting_doc_id", "must be given for a representment");
}

#[test]
fn an_account_is_opened_from_a_template() {
    let person: PersonId = id();
    let text = "template: {account_template_id: $id}\nprimary_account_holder: {business_id: $id}\n\
                authorized_signers: [{person_id: $id}]";
    let built = OpenAccount::from_template(id(), id::<BusinessId>()).authorized_signer(person);
    same(text, built);
    let text = "template: {account_type: LINE_OF_CREDIT}\nprimary_account_holder: {person_id: $id}\n\
                credit_limit: {amount: 50000, currency: USD}\n\
                minimum_payment: {rate: 300, min_amount: $amount}\n\
                grace_period: 25\nsecurity: {linked_account_id: $id}\napplication_id: $id\nloan_id: 7\n\
                balance_floor: {balance: {amount: 100, currency: USD}}\n\
                balance_ceiling: {balance: {amount: 200, currency: USD}, linked_account_id: $id}";
    let built = OpenAccount::new(AccountType::LineOfCredit, person)
        .credit_limit(Money::usd(500_00))
        .minimum_payment(BasisPoints::new(300), Money::usd(5_00))
        .grace_period(25)
        .secured_by(id::<AccountId>())
        .application(id::<synctera::ApplicationId>())
        .loan(7)
        .floor(Money::usd(1_00))
        .ceiling_to(Money::usd(2_00), id::<AccountId>());
    same(text, built);
    let text = "template: {account_type: CHECKING, account_template_id: $id}\n\
                primary_account_holder: {person_id: $id}";
    assert!(read::<OpenAccount>(text).unwrap_err().starts_with("template"));
    for (role, built) in [
        ("AUTHORIZED_SIGNER", AddAccountParty::authorized_signer(id(), person)),
        ("AUTHORIZED_USER", AddAccountParty::authorized_user(id(), person)),
    ] {
        let text = format!("account_id: $id\nparty: {{person_id: $id}}\nrelationship_type: {role}");
        same(&text, built);
    }
    // There is one primary holder, who is named when the account is opened.
    let text =
        "account_id: $id\nparty: {person_id: $id}\nrelationship_type: PRIMARY_ACCOUNT_HOLDER";
    refused::<AddAccountParty>(text, "relationship_type", "must be one of");
}

#[test]
fn templates_and_products_are_of_a_type() {
    let name = "Plus";
    for (account_type, built) in [
        ("CHECKING", DefineTemplate::checking(name)),
        ("CHARGE_SECURED", DefineTemplate::charge_secured(name)),
        ("CHARGE_UNSECURED", DefineTemplate::charge_unsecured(name)),
        (
            "{LINE_OF_CREDIT: {minimum_payment: {rate: 300, min_amount: $amount}}}",
            DefineTemplate::line_of_credit(name, BasisPoints::new(300), Money::usd(5_00)),
        ),
    ] {
        let text = format!(
            "name: Plus\naccount_type: {account_type}\ngrace_period: 22\n\
                            auto_payment_period: 3"
        );
        same(&text, built.grace_period(22).auto_payment_period(3));
    }
    let text = "name: Plus\naccount_type: LINE_OF_CREDIT";
    let path = "account_type";
    refused::<DefineTemplate>(text, path, "missing field `minimum_payment`");
    let text = "name: Plus\naccount_type: CHECKING\ncurrency: CAD";
    refused::<DefineTemplate>(text, "bank_country", "must be given with currency");
    let text = "name: Plus\naccount_type: CHECKING\nbank_country: CA";
    refused::<DefineTemplate>(text, "currency", "must be given with bank_country");
    let text = "name: Plus\naccount_type: CHECKING\ncurrency: XQQ\nbank_country: US";
    refused::<DefineTemplate>(text, "currency", "must be the code of a currency");
    let daily = DefineProduct::compounded_daily();
    same("calculation_method: COMPOUNDED_DAILY\naccrual_payout_schedule: MONTHLY", daily);
}

#[test]
fn an_account_elsewhere_is_linked_in_one_way() {
    let holder: PersonId = id();
    let text = |link: &str| format!("holder: {{person_id: $id}}\nlink: {link}");
    let plaid = "{plaid: {vendor_public_token: public-1, vendor_institution_id: ins_1, \
                 vendor_account_ids: [one, two], verify_owner: true}}";
    let built = LinkExternalAccount::plaid(holder, "public-1", "ins_1");
    same(&text(plaid), built.account("one").account("two").verify_owner());
    let finicity = "{finicity: {vendor_customer_id: 501, vendor_account_ids: null}}";
    same(&text(finicity), LinkExternalAccount::finicity(holder, "501"));
    let numbers = |owners: &str, more: &str| {
        text(&format!(
            "{{by_numbers: {{type: CHECKING, account_owner_names: {owners}, bank_name: Bank, \
             ach_routing_number: 021000021, number: 1{more}}}}}"
        ))
    };
    let account = BankAccount::checking("Ada", "Bank", "021000021", "1");
    same(&numbers("[Ada]", ""), LinkExternalAccount::by_numbers(holder, account));
    let path = "link.by_numbers.account_owner_names";
    refused::<LinkExternalAccount>(&numbers("[]", ""), path, "must name an owner");
    let mixed = numbers("[Ada]", ", verify_owner: true");
    let path = "link.by_numbers.verify_owner";
    refused::<LinkExternalAccount>(&mixed, path, "unknown field `verify_owner`");
    let both =
        "holder: {person_id: $id, business_id: $id}\nlink: {finicity: {vendor_customer_id: 5}}";
    assert!(read::<LinkExternalAccount>(both).unwrap_err().starts_with("holder"));
}

#[test]
fn what_is_left_goes_to_one_destination() {
    let close = || CloseAccount::new(id(), AccountClosureReason::CustomerRequestTransfer, "Moved");
    let text = |destination: &str| {
        format!(
            "account_id: $id\nreason: CUSTOMER_REQUEST_TRANSFER\nreason_details: Moved\n\
             destination: {destination}"
        )
    };
    same(&text("null"), close());
    same(&text("by_bank_draft"), close().by_bank_draft());
    same(&text("{by_ach: $id}"), close().by_ach(id::<ExternalAccountId>()));
    same(&text("{to_internal_account: $id}"), close().to_internal_account(id()));
    let both = text("{by_ach: $id, to_account: $id}");
    assert!(read::<CloseAccount>(&both).unwrap_err().starts_with("destination"));
}

#[test]
fn people_are_new_or_known() {
    let office_text = "{address_line_1: 1 Market St, city: San Francisco, state: CA, \
                       postal_code: 94105, country_code: US}";
    let business = |more: &str| {
        format!("entity_name: Flow\nstructure: LLC\nlegal_address: {office_text}\n{more}")
    };
    let built = || OnboardBusiness::new("Flow", BusinessStructure::Llc, office());
    same(&business(""), built());
    let text = business("related_people: [{existing: {person_id: $id, title_other: Clerk}}]");
    let path = "related_people[0].existing.title_other";
    refused::<OnboardBusiness>(&text, path, "can be given only with the title OTHER");
    let text = business("related_people: [{existing: {person_id: $id, first_name: Ada}}]");
    let path = "related_people[0].existing.first_name";
    refused::<OnboardBusiness>(&text, path, "unknown field `first_name`");
    let text = business("formation_date: 2020-02-29");
    refused::<OnboardBusiness>(&text, "formation_state", "must be given with formation_date");
    let text = business("formation_state: DE");
    refused::<OnboardBusiness>(&text, "formation_date", "must be given with formation_state");

    let text = format!(
        "first_name: Ada\nlast_name: Byron\ndob: 1985-12-10\nemail: ada@example.com\n\
         phone_number: +14155550123\nssn: 456-78-9012\nlegal_address: {office_text}\n\
         disclosures: [{{type: REG_DD, version: 1.0, event_type: DISPLAYED, \
         disclosure_date: 2026-11-24T14:00:00Z, acknowledging_person_id: $id}}]\n\
         customer_consent: false"
    );
    let shown = Disclosed::displayed(DisclosureType::RegDd, "1.0", now());
    let built = OnboardCustomer::new(ada()).disclosed(shown.by(id::<PersonId>()));
    same(&text, built);
    let error = read::<OnboardCustomer>(&text.replace("1985-12-10", "1985-13-10")).unwrap_err();
    assert!(error.starts_with("dob: ") && !error.contains("1985"), "{error}");

    let text = "party: {business_id: $id}\nverification_type: WATCHLIST\nresult: REJECTED\n\
                verification_time: 2026-11-24T14:00:00Z\n\
                vendor_info: {application/json: {vendor: CHECKERS, json: {ok: true}}}";
    let mut json = serde_json::Map::new();
    json.insert("ok".to_owned(), true.into());
    let vendor = VerificationVendorInfo::ApplicationJson(VendorJson::new(json, "CHECKERS"));
    let (kind, result) = (VerificationType::Watchlist, VerificationResult::Rejected);
    same(text, RecordVerification::new(id::<BusinessId>(), kind, result, now()).vendor(vendor));
}
