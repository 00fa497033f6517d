//! Fields: which members of an answer a page shows, and in which form.

use maud::{Markup, html};
use serde_json::Value;

use crate::context::{Context, encoded};
use crate::format::{moment, money, plain, reason, short_id, words};
use crate::mask::{MASK, is_masked};
use crate::names::{ACCOUNTS, PARTIES, TRANSACTIONS};
use crate::operators::Permission;
use crate::texts;

/// The form of a page that reveals a masked member.
pub(crate) const REVEAL: &str = "reveal";

/// A member that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// What it is called.
    pub(crate) label: &'static str,
    /// Where it is: a JSON pointer; several with a blank between them are shown one after the other.
    pub(crate) at: &'static str,
    pub(crate) shown: Shown,
    /// When it is shown: where a member is, and its values.
    when: Option<(&'static str, &'static [&'static str])>,
}

/// The form of a member.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    Text,
    /// A name of the platform, with a color that stands for it.
    Status,
    /// A flag, a number, or a list of texts.
    Plain,
    /// A number that is no amount.
    Number,
    /// An amount in minor units; where its currency is.
    Money(&'static str),
    /// A moment.
    Moment,
    /// An id of a resource that has a page.
    Id(&'static str),
    /// The id of a person or a business.
    Party,
    /// The id of an account: of a customer, of the bank, or at another bank.
    Account,
    /// The id of a transaction, posted or pending.
    Transaction,
    /// Of the lines of a transaction, the account on this side.
    AccountOf(&'static str),
    /// Why something was declined: a code of the platform.
    Reason,
    /// An id without a page.
    Copied,
}

pub(crate) const fn field(label: &'static str, at: &'static str, shown: Shown) -> Field {
    Field { label, at, shown, when: None }
}

pub(crate) const fn text(label: &'static str, at: &'static str) -> Field {
    field(label, at, Shown::Text)
}

impl Shown {
    /// The resources that an id of this form may be of, if they have names.
    pub(crate) fn named(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Party => Some(PARTIES),
            Self::Account | Self::AccountOf(_) => Some(ACCOUNTS),
            Self::Transaction => Some(TRANSACTIONS),
            Self::Id("cards") => Some(&["cards"]),
            _ => None,
        }
    }
}

impl Field {
    /// The same, only for resources whose member has one of these values.
    pub(crate) const fn when(mut self, at: &'static str, values: &'static [&'static str]) -> Self {
        self.when = Some((at, values));
        self
    }

    /// Whether it stands at the right, as numbers do.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.shown, Shown::Money(_) | Shown::Number)
    }

    /// Whether the resource has it.
    pub(crate) fn is_there(&self, of: &Value) -> bool {
        self.values(of).next().is_some()
    }

    /// The members that the resource has, and where they are.
    pub(crate) fn values<'v>(
        &self,
        of: &'v Value,
    ) -> impl Iterator<Item = (&'static str, &'v Value)> {
        let is_shown = self.when.is_none_or(|(at, values)| {
            of.pointer(at).and_then(Value::as_str).is_some_and(|value| values.contains(&value))
        });
        let places = self.at.split(' ').filter(move |_| is_shown);
        let found = places.filter_map(|at| Some((at, self.value(of.pointer(at)?)?)));
        found.filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
    }

    fn value<'v>(&self, member: &'v Value) -> Option<&'v Value> {
        let Shown::AccountOf(side) = self.shown else { return Some(member) };
        let has_side = |line: &&Value| line.get("dc_sign").and_then(Value::as_str) == Some(side);
        member.as_array()?.iter().find(has_side)?.get("account_id")
    }

    /// The member of a resource.
    pub(crate) fn show(&self, context: &Context, of: &Value) -> Markup {
        let values: Vec<(&str, &Value)> = self.values(of).collect();
        if values.is_empty() {
            return html! { span .none { "\u{2014}" } };
        }
        html! {
            @for (place, (at, value)) in values.iter().enumerate() {
                @if place > 0 { " " }
                (self.show_one(context, of, at, value))
            }
        }
    }

    /// The same on the page of the resource, where a masked member can be revealed.
    pub(crate) fn show_revealable(&self, context: &Context, of: &Value) -> Markup {
        let masked = self.values(of).map(|(at, _)| at).find(|at| is_masked(at));
        let at = masked.filter(|at| context.revealed.as_deref() != Some(at));
        html! {
            (self.show(context, of))
            @if let Some(at) = at.filter(|_| context.may(Permission::Reveal)) {
                " " button .reveal form=(REVEAL) name="at" value=(at) aria-label={ (texts::REVEAL) ": " (self.label) } { (texts::REVEAL) }
            }
        }
    }

    fn show_one(&self, context: &Context, of: &Value, at: &str, value: &Value) -> Markup {
        if is_masked(at) && context.revealed.as_deref() != Some(at) {
            return html! { span .masked title=(texts::MASKED) { (MASK) } };
        }
        match self.shown {
            // A mark that changes the direction of writing has no effect after the text.
            Shown::Text | Shown::Plain | Shown::Number => html! { bdi { (plain(value)) } },
            Shown::Status => status(&plain(value)),
            Shown::Money(currency) => {
                let currency = of.pointer(currency).and_then(Value::as_str).unwrap_or("USD");
                amount(value.as_i64().unwrap_or_default(), currency)
            }
            Shown::Moment => time(&plain(value)),
            Shown::Id(resource) if resource != "cards" => id(context, resource, &plain(value)),
            Shown::Party
            | Shown::Account
            | Shown::AccountOf(_)
            | Shown::Transaction
            | Shown::Id(_) => named(context, &plain(value)),
            Shown::Reason => html! { (reason(&plain(value))) },
            Shown::Copied => html! { (copied(&plain(value))) },
        }
    }
}

/// An amount in minor units.
pub(crate) fn amount(amount: i64, currency: &str) -> Markup {
    html! { data .amount value=(amount) { (money(amount, currency)) } }
}

/// A moment, with the exact one where the pointer rests.
pub(crate) fn time(exact: &str) -> Markup {
    html! { time datetime=(exact) title=(exact) { (moment(exact)) } }
}

/// A status, with a color for what it means to the reader. The words say it, too.
pub(crate) fn status(name: &str) -> Markup {
    html! { span .status data-tone=(tone(name)) title=(name) { (words(name)) } }
}

fn tone(name: &str) -> &'static str {
    const GOOD: [&str; 15] = [
        "ACCEPTED",
        "ACTIVE",
        "ACTIVE_OR_DISBURSED",
        "APPROVED",
        "CLEARED",
        "COMPLETE",
        "COMPLETED",
        "DELIVERED",
        "OPEN",
        "POSTED",
        "SUCCESS",
        "SUCCEEDED",
        "SETTLED",
        "VERIFIED",
        "WON",
    ];
    const BAD: [&str; 14] = [
        "CANCELED",
        "CHARGED_OFF",
        "CLOSED",
        "DECLINED",
        "DENIED",
        "DELETED",
        "ERROR",
        "FAILED",
        "LOST",
        "REJECTED",
        "RETURNED",
        "TERMINATED",
        "VIOLATION",
        "DECEASED",
    ];
    const CARE: [&str; 12] = [
        "BLOCKED",
        "DELINQUENT",
        "FROZEN",
        "HOLD",
        "IN_CLOSING",
        "PENDING",
        "PROVISIONAL",
        "RESTRICTED",
        "RETRYING",
        "REVIEW",
        "SUSPENDED",
        "UNACTIVATED",
    ];
    match name {
        name if GOOD.contains(&name) => "good",
        name if BAD.contains(&name) => "bad",
        name if CARE.contains(&name) => "care",
        _ => "plain",
    }
}

/// An id that leads to its page, and can be copied.
pub(crate) fn id(context: &Context, resource: &str, id: &str) -> Markup {
    html! {
        span .id {
            a href=(context.page(&format!("{resource}/{id}"))) title=(id) { (short_id(id)) }
            (copy_button(id))
        }
    }
}

/// An id by what it stands for; without a link if nothing is known of it.
pub(crate) fn named(context: &Context, id: &str) -> Markup {
    let Some(known) = context.names.get(id) else { return copied(id) };
    let path = format!("{}/{}", known.resource, encoded(id));
    html! {
        span .id {
            a href=(context.page(&path)) title=(id) {
                @match &known.name { Some(name) => bdi { (name) }, None => (short_id(id)) }
            }
            (copy_button(id))
        }
    }
}

/// A text that can be copied.
pub(crate) fn copied(text: &str) -> Markup {
    html! { span .id { code { (text) } (copy_button(text)) } }
}

fn copy_button(text: &str) -> Markup {
    html! {
        button .copy type="button" data-copy=(text) hidden aria-label=(texts::copy(text)) { (texts::COPY) }
    }
}
