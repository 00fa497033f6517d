//! A customer from a clean slate to money moved and a card in hand.
//!
//! `cargo run --example customer_journey` needs no key and no network: it starts a sandbox of its
//! own. With `SYNCTERA_API_KEY` set it walks through the platform's sandbox instead. There the ACH
//! transfer stays pending, since nobody can turn that clock, and no money is pulled in, since nobody
//! sits before Plaid.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::error::Error;
use std::time::Instant;

use chrono::{Duration, Utc};
use synctera::types::{
    AccountType, BalanceType, DcSign, DisclosureType, InternalAccountBase, InternalAccountStatus,
    ListPendingTransactionsQuery, ListPostedTransactionsQuery, OutgoingAchStatus,
};
use synctera::{
    AccountId, Address, BankAccount, CompletedStep, Currency, Disclosed, InternalAccountId,
    IssueCard, LinkExternalAccount, Money, OnboardCustomer, OpenAccount, PersonDetails, SendAch,
    Synctera, Transfer,
};
use synctera_sandbox::Sandbox;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    let begun = Instant::now();
    let (client, sandbox) = if std::env::var_os("SYNCTERA_API_KEY").is_some() {
        let client = Synctera::from_env()?;
        if client.base_url() == synctera::Environment::Production.base_url() {
            return Err("this example makes up people and money: not in production".into());
        }
        (client, None)
    } else {
        let sandbox = Sandbox::start().await?;
        let client = Synctera::builder(sandbox.api_key()).base_url(sandbox.base_url()).build()?;
        (client, Some(sandbox))
    };
    println!("sandbox at {}\n", client.base_url());
    let mut steps = 0;
    let mut on_step = |step: &CompletedStep| {
        steps += 1;
        let CompletedStep { journey, operation, resource, took, .. } = step;
        println!("{journey:<22} {operation:<37} {resource:<36} {:>4} ms", took.as_millis());
    };

    // Who: a person who read what they had to, and agreed to be checked.
    let today = Utc::now();
    let ada = PersonDetails::new("Ada", "Byron", "1985-12-10".parse()?)
        .email("ada@example.com")
        .phone_number("+14155550123")
        .ssn("456-78-9012")
        .legal_address(Address::us("1 Market St", "San Francisco", "CA", "94105"));
    let ada = OnboardCustomer::new(ada)
        .disclosed(Disclosed::acknowledged(DisclosureType::ESign, "1.0", today))
        .disclosed(Disclosed::acknowledged(DisclosureType::KycDataCollection, "1.0", today))
        .disclosed(Disclosed::acknowledged(DisclosureType::RegDd, "1.0", today))
        .disclosed(Disclosed::acknowledged(DisclosureType::AchAuthorization, "1.0", today))
        .consented()
        .monitoring();
    let customer = client.onboard_customer(&ada).on_step(&mut on_step).await?.accepted()?;
    let ada = customer.person.id;

    // Where: a checking account and one to save on.
    let checking = OpenAccount::new(AccountType::Checking, ada).nickname("Everyday");
    let checking = client.open_account(&checking).on_step(&mut on_step).await?.id;
    let saving = OpenAccount::new(AccountType::Saving, ada).nickname("Rainy days");
    let saving = client.open_account(&saving).on_step(&mut on_step).await?.id;

    // What: a bonus from the program's own account, some of it saved, money in, money out.
    let program = funding_account(&client).await?;
    let bonus = Transfer::new(program, checking, Money::usd(500_00)).memo("Welcome");
    client.transfer(&bonus).on_step(&mut on_step).await?;
    let saved = Transfer::new(checking, saving, Money::usd(120_00)).memo("For rainy days");
    client.transfer(&saved).on_step(&mut on_step).await?;

    // Plaid proves an account, and money is pulled from proven ones alone. Only the sandbox of this
    // repository knows a Plaid that needs no customer in front of a browser.
    let link = if sandbox.is_some() {
        LinkExternalAccount::plaid(ada, "public-sandbox-journey", "ins_109508").account("checking")
    } else {
        let account =
            BankAccount::checking("Ada Byron", "Community Bank", "021000021", "1234567890");
        LinkExternalAccount::by_numbers(ada, account)
    };
    let bank = client.link_external_account(&link).on_step(&mut on_step).await?.all()?[0].id;
    let mut transfers = Vec::new();
    if sandbox.is_some() {
        let deposit = SendAch::pull(checking, bank, Money::usd(250_00), ada).memo("Deposit");
        transfers.push(client.send_ach(&deposit).on_step(&mut on_step).await?.id);
    }
    let rent = SendAch::push(checking, bank, Money::usd(80_00), ada).memo("Rent");
    transfers.push(client.send_ach(&rent).on_step(&mut on_step).await?.id);

    let card = IssueCard::virtual_debit(checking, ada);
    let card = client.issue_card(&card).on_step(&mut on_step).await?;
    println!("\ncard ending {} is {}", card.last_four.unwrap_or_default(), card.status.as_str());

    let in_checking = match &sandbox {
        // A week later, the files are with the network and what was pulled in is free.
        Some(sandbox) => {
            sandbox.advance(Duration::days(7))?;
            for transfer in transfers {
                let status = client.api().get_outgoing_ach(transfer).await?.status.clone();
                expect("ACH transfer", &status, &OutgoingAchStatus::Complete)?;
            }
            500_00 - 120_00 + 250_00 - 80_00
        }
        None => 500_00 - 120_00,
    };
    println!("\naccount      balance after each entry            reported");
    agree(&client, "checking", checking, Money::usd(in_checking)).await?;
    agree(&client, "saving", saving, Money::usd(120_00)).await?;
    if let Some(sandbox) = &sandbox {
        let audit = sandbox.audit()?;
        println!("\nthe sandbox's ledger: {} postings, sum {}", audit.postings, audit.sum);
    }
    println!("took {} ms", begun.elapsed().as_millis());
    println!("journey complete: {steps} steps, balances agree");
    Ok(())
}

/// The program's own account that a sandbox is funded from.
async fn funding_account(client: &Synctera) -> Result<InternalAccountId> {
    let account = InternalAccountBase {
        description: Some("Funding".to_owned()),
        ..InternalAccountBase::new(Currency::USD, InternalAccountStatus::Active)
    };
    let account = client.api().create_internal_account(&account).await?;
    Ok(account.id.ok_or("the internal account has no id")?)
}

/// Adds up the entries of an account, prints the running balance, and compares the end with what
/// the platform reports and with what the journey was to come to.
async fn agree(client: &Synctera, name: &str, id: AccountId, expected: Money) -> Result<()> {
    let query = ListPostedTransactionsQuery { account_id: vec![id], ..Default::default() };
    let mut posted = client.api().list_posted_transactions(&query).await?.into_inner().result;
    posted.sort_by_key(|transaction| transaction.id);
    let mut running = Money::usd(0);
    for transaction in &posted {
        for line in &transaction.data.lines {
            if line.account_id != id {
                continue;
            }
            let amount = Money::usd(line.amount);
            let sum = match line.dc_sign {
                DcSign::Credit => running.checked_add(amount),
                _ => running.checked_sub(amount),
            };
            running = sum.ok_or("more money than there is")?;
            let memo = &transaction.data.memo;
            println!("{name:<12} {memo:<20} {:>14}", running.to_string());
        }
    }
    let query = ListPendingTransactionsQuery { account_id: vec![id], ..Default::default() };
    let pending = client.api().list_pending_transactions(&query).await?.into_inner().result;
    let account = client.api().get_account(id).await?.into_inner();
    for balance in &account.balances {
        let reported = Money::usd(balance.balance);
        match balance.type_ {
            BalanceType::AccountBalance => {
                println!(
                    "{name:<12} {:<20} {:>14} {:>14}",
                    "balance",
                    running.to_string(),
                    reported.to_string()
                );
                expect("posted balance", &reported, &running)?;
                expect("posted balance", &reported, &expected)?;
            }
            BalanceType::AvailableBalance if pending.is_empty() => {
                expect("available balance", &reported, &running)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, should_be: &T) -> Result<()> {
    if is == should_be {
        return Ok(());
    }
    Err(format!("{what} is {is:?}, and should be {should_be:?}").into())
}
