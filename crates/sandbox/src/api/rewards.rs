//! Rewards: paid to an account by a template, from an internal account of the program.
//!
//! A reward is posted at once, and needs no rail. A reversal is a reward of its own, with the subtype
//! of the reward and `_REVERSAL`.

use synctera_api::v2::types;

use crate::domain::charges::{self, ChargeFacts, ChargeKind};
use crate::domain::listing::{List, as_stored};
use crate::domain::side::Side;
use crate::model::{Ctx, Kind, Outcome, Reply, Resource, Served};

const TEMPLATE: Kind = Kind { name: "reward template", id: "id", keys: &[("subtype", "/subtype")] };

/// What rewards are made from.
enum RewardTemplate {}

impl Resource for RewardTemplate {
    const KIND: &'static Kind = &TEMPLATE;
    type Wire = types::RewardTemplate;
    type Facts = ();
}

const REWARD: Kind = Kind {
    name: "reward",
    id: "id",
    keys: &[("account", "/account_id"), ("template", "/template_id"), ("subtype", "/subtype")],
};

/// A reward that an account was paid, or the reversal of one.
enum Reward {}

impl Resource for Reward {
    const KIND: &'static Kind = &REWARD;
    type Wire = types::Reward;
    type Facts = ChargeFacts;
}

/// A reward comes into the customer's account.
const CHARGE: ChargeKind = ChargeKind { name: "reward", side: Side::Credited };

const ON_ONE: &[(&str, &Kind)] = &[("reward_id", &REWARD)];
const ON_TEMPLATE: &[(&str, &Kind)] = &[("reward_template_id", &TEMPLATE)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_reward_templates", list_templates),
    Served::new(
        "create_reward_template",
        charges::create_template::<types::NewRewardTemplate, RewardTemplate>,
    )
    .ruled(charges::errors_of_amount),
    Served::on("get_reward_template", ON_TEMPLATE, |ctx| {
        Reply::json(200, &ctx.find_in_url::<RewardTemplate>("reward_template_id")?.wire)
    }),
    Served::on("update_reward_template", ON_TEMPLATE, |ctx| {
        charges::update_template::<types::RewardTemplatePatch, RewardTemplate>(
            ctx,
            "reward_template_id",
        )
    })
    .ruled(charges::errors_of_amount),
    Served::new("list_rewards", list),
    Served::new("create_reward", |ctx| {
        charges::create::<types::NewReward, RewardTemplate, Reward>(ctx, &CHARGE)
    })
    .ruled(charges::errors_of_amount),
    Served::on("get_reward", ON_ONE, |ctx| {
        Reply::json(200, &ctx.find_in_url::<Reward>("reward_id")?.wire)
    }),
    Served::on("reverse_reward", ON_ONE, |ctx| {
        charges::reverse::<types::RewardReversal, Reward>(ctx, &CHARGE, "reward_id")
    })
    .ruled(charges::errors_of_reversal),
];

fn list_templates(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &TEMPLATE,
        items: "reward_templates",
        filters: charges::TEMPLATE_FILTERS,
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::RewardTemplateList>(ctx)
}

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &REWARD,
        items: "rewards",
        filters: &charges::filters("reward_template_id"),
        always: Vec::new(),
        view: &as_stored,
    }
    .reply::<types::RewardList>(ctx)
}
