//! Statements come by the clock, with the ledger's figures.

use chrono::Duration;
use synctera::types::{
    AccountType, CashTransferDcSign, ListStatementTransactionsQuery, ListStatementsQuery,
    Statement, StatementSummary,
};
use synctera::{AccountId, Money, OpenAccount, Transfer};
use synctera_tests::World;

async fn statements(world: &World, account: AccountId) -> Vec<StatementSummary> {
    let query = ListStatementsQuery { account_id: account, limit: None, page_token: None };
    world.client.api().list_statements(&query).await.unwrap().into_inner().statements
}

#[tokio::test]
async fn a_month_with_activity_ends_in_a_statement() {
    let world = World::new().await;
    let (holder, joint) = (world.customer().await, world.customer().await);
    let request = OpenAccount::new(AccountType::Checking, holder).joint(joint);
    let checking = world.client.open_account(&request).await.unwrap().id;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(100_00)).await;
    let saved = Transfer::new(checking, saving, Money::usd(40_00)).memo("Rainy days");
    world.client.transfer(&saved).await.unwrap();
    assert!(statements(&world, checking).await.is_empty(), "before the month is over");

    world.sandbox.advance(Duration::days(10)).unwrap();
    let made = statements(&world, checking).await;
    assert_eq!(made.len(), 1);
    let days = [made[0].start_date, made[0].end_date, made[0].issue_date]
        .map(|day| day.map(|day| day.to_string()).unwrap_or_default());
    assert_eq!(days, ["2026-11-24", "2026-11-30", "2026-12-01"]);
    let id = made[0].id.unwrap();
    let Statement::Deposit(statement) =
        world.client.api().get_statement(id).await.unwrap().into_inner()
    else {
        panic!("not the statement of a deposit account");
    };
    assert_eq!((statement.opening_balance, statement.closing_balance), (Some(0), Some(60_00)));
    assert_eq!(statement.total_transactions, Some(2));
    let primary = statement.primary_account_holder_personal.unwrap();
    assert_eq!(primary.id.unwrap(), holder);
    assert_eq!(statement.joint_account_holders.len(), 1);

    let mut query = ListStatementTransactionsQuery { limit: Some(1), page_token: None };
    let mut rows = Vec::new();
    loop {
        let page = world.client.api().list_statement_transactions(id, &query).await.unwrap();
        let page = page.into_inner();
        rows.extend(page.transactions);
        let Some(token) = page.next_page_token else { break };
        query.page_token = Some(token);
    }
    let rows: Vec<_> = rows.iter().map(|row| (&row.dc_sign, row.amount)).collect();
    let expected = [(&CashTransferDcSign::Credit, 100_00), (&CashTransferDcSign::Debit, 40_00)];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn a_quiet_month_gives_a_statement_to_savings_alone() {
    let world = World::new().await;
    let holder = world.customer().await;
    let checking = world.checking(holder).await;
    let saving = world.account(AccountType::Saving, holder).await;
    world.fund(checking, Money::usd(10_00)).await;
    world.sandbox.advance(Duration::days(40)).unwrap();
    assert_eq!(statements(&world, checking).await.len(), 1, "November alone had activity");
    let of_saving = statements(&world, saving).await;
    assert_eq!(of_saving.len(), 2);
    assert_eq!(of_saving[1].start_date.unwrap().to_string(), "2026-12-01");
}

#[tokio::test]
async fn what_is_posted_after_the_month_counts_for_the_next_one() {
    let world = World::new().await;
    let holder = world.customer().await;
    let saving = world.account(AccountType::Saving, holder).await;
    // The last day of January 2027 is a Sunday: its postings count for Monday, the 1st.
    world.sandbox.advance(Duration::days(68)).unwrap();
    assert_eq!(world.sandbox.now().date_naive().to_string(), "2027-01-31");
    world.fund(saving, Money::usd(25_00)).await;
    world.sandbox.advance(Duration::days(30)).unwrap();
    let mut balances = Vec::new();
    for summary in statements(&world, saving).await {
        match world.client.api().get_statement(summary.id.unwrap()).await.unwrap().into_inner() {
            Statement::Deposit(it) => balances.push((it.opening_balance, it.closing_balance)),
            other => panic!("{other:?}"),
        }
    }
    let (zero, in_february) = (Some(0), Some(25_00));
    assert_eq!(balances, [(zero, zero), (zero, zero), (zero, zero), (zero, in_february)]);
}
