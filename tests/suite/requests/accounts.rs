//! Requests about accounts.

use synctera::types::{AccountClosureReason, AccountType};
use synctera::{
    AccountId, AddAccountParty, BankAccount, BasisPoints, CloseAccount, DefineProduct,
    DefineTemplate, LinkExternalAccount, Money, OpenAccount, PersonId, Rail, RemoveAccountParty,
};
use synctera_tests::World;

async fn product(world: &World) -> synctera::AccountProductId {
    let product = DefineProduct::compounded_daily()
        .rate(BasisPoints::new(400), "2026-01-01".parse().unwrap());
    world.client.define_product(&product).await.unwrap().id
}

requests! {
    open_account: OpenAccount, async |world| {
        let (holder, joint) = (world.customer().await, world.customer().await);
        let user = world.prospect_with_address().await;
        let (pool, product) = (world.checking(holder).await, product(world).await);
        ids! { holder, joint, user, pool, product }
    }, |ids| OpenAccount::new(AccountType::Checking, ids.get::<PersonId>("holder"))
        .joint(ids.get::<PersonId>("joint"))
        .authorized_user(ids.get::<PersonId>("user"))
        .rail(Rail::Ach, true)
        .rail(Rail::Wire, false)
        .interest_product(ids.get::<synctera::AccountProductId>("product"))
        .floor_from(Money::usd(0), ids.get::<AccountId>("pool"))
        .ceiling(Money::usd(1_000_00))
        .nickname("Household")
        .metadata("branch", "west");

    add_account_party: AddAccountParty, async |world| {
        let (holder, joint) = (world.customer().await, world.customer().await);
        let account = world.checking(holder).await;
        ids! { account, joint }
    }, |ids| AddAccountParty::joint(ids.get("account"), ids.get::<PersonId>("joint"));

    remove_account_party: RemoveAccountParty, async |world| {
        let (holder, joint) = (world.customer().await, world.customer().await);
        let account = world.checking(holder).await;
        let add = AddAccountParty::joint(account, joint);
        world.client.add_account_party(&add).await.unwrap();
        ids! { account, joint }
    }, |ids| RemoveAccountParty::new(ids.get("account"), ids.get::<PersonId>("joint"));

    link_external_account: LinkExternalAccount, async |world| {
        let holder = world.customer().await;
        ids! { holder }
    }, |ids| LinkExternalAccount::by_numbers(
        ids.get::<PersonId>("holder"),
        BankAccount::savings("Ada Byron", "Community Bank", "021000021", "0012345678")
            .owner("William King")
            .wires("021000021")
            .nickname("Old bank"),
    );

    define_product: DefineProduct, async |_world| ids! {}, |_ids| DefineProduct::compounded_monthly()
        .rate_until(BasisPoints::new(425), "2026-11-01".parse().unwrap(), "2027-07-01".parse().unwrap())
        .rate(BasisPoints::new(400), "2027-07-01".parse().unwrap())
        .never_paid()
        .description("Saver");

    define_template: DefineTemplate, async |world| {
        let product = product(world).await;
        let holder = world.customer().await;
        let pool = world.checking(holder).await;
        ids! { product, pool }
    }, |ids| DefineTemplate::saving("Saver")
        .description("Earns interest")
        .currency(synctera::Currency::USD, synctera::CountryCode::US)
        .rails([Rail::Ach, Rail::InternalTransfer])
        .interest_product(ids.get::<synctera::AccountProductId>("product"))
        .floor(Money::usd(0))
        .ceiling_to(Money::usd(1_000_00), ids.get::<AccountId>("pool"))
        .disabled();

    close_account: CloseAccount, async |world| {
        let holder = world.customer().await;
        let (account, saving) =
            (world.checking(holder).await, world.account(AccountType::Saving, holder).await);
        world.fund(account, Money::usd(10_00)).await;
        ids! { account, saving }
    }, |ids| CloseAccount::new(
        ids.get("account"),
        AccountClosureReason::CustomerRequestTransfer,
        "Moved to a saving account",
    )
    .to_account(ids.get("saving"))
    .fail_if_blocked();
}
