//! Accounts, from their terms to their end.

use synctera::types::{AccountClosureReason, AccountType};
use synctera::{
    AddAccountParty, BankAccount, BasisPoints, CloseAccount, DefineProduct, DefineTemplate,
    LinkExternalAccount, Money, OpenAccount, RemoveAccountParty,
};
use synctera_tests::World;

use super::{About, How, Walk, Walked, continued, in_production, killed, shown, taken_up_late};

journeys! {
    open_account, found: |world| {
        let holder = world.customer().await;
        // Another of the kind, so that it must be told apart.
        world.checking(holder).await;
        OpenAccount::new(AccountType::Checking, holder).nickname("Everyday")
    } => |client, asked| client.open_account(asked);
    define_product, refused: |_world| DefineProduct::compounded_monthly()
        .rate(BasisPoints::new(400), "2027-07-01".parse().unwrap())
        .description("Saver") => |client, asked| client.define_product(asked);
    define_template, found: |_world| DefineTemplate::saving("Saver")
        => |client, asked| client.define_template(asked);
    add_account_party, found: |world| {
        let (holder, joint) = (world.customer().await, world.customer().await);
        AddAccountParty::joint(world.checking(holder).await, joint)
    } => |client, asked| client.add_account_party(asked);
    remove_account_party, found, reads_first: |world| {
        let (holder, joint) = (world.customer().await, world.customer().await);
        let account = world.checking(holder).await;
        world.client.add_account_party(&AddAccountParty::joint(account, joint)).await.unwrap();
        RemoveAccountParty::new(account, joint)
    } => |client, asked| client.remove_account_party(asked);
    close_account, found, reads_first: |world| {
        let holder = world.customer().await;
        let account = world.checking(holder).await;
        let saving = world.account(AccountType::Saving, holder).await;
        world.fund(account, Money::usd(10_00)).await;
        let reason = AccountClosureReason::CustomerRequestTransfer;
        CloseAccount::new(account, reason, "Moved elsewhere").to_account(saving)
    } => |client, asked| client.close_account(asked);
    link_by_numbers, found: |world| {
        let account = BankAccount::checking("Ada", "Community Bank", "021000021", "1234567890");
        LinkExternalAccount::by_numbers(world.customer().await, account)
    } => |client, asked| client.link_external_account(asked);
    link_through_plaid, refused: |world| {
        LinkExternalAccount::plaid(world.customer().await, "public-sandbox-1", "ins_1")
    } => |client, asked| client.link_external_account(asked);
    link_through_finicity, refused: |world| {
        LinkExternalAccount::finicity(world.customer().await, "5011648377")
    } => |client, asked| client.link_external_account(asked);
}
