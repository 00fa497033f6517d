//! Resources as data: which operations list and read them, which fields their pages show, and what can be
//! done with one. A page for another resource is a row here, and no code.

use serde_json::Value;

use crate::field::Field;
use crate::mask::is_masked;

/// A resource that has a list and a page.
pub(crate) struct Resource {
    /// The name in paths of the console.
    pub(crate) name: &'static str,
    pub(crate) one: &'static str,
    pub(crate) many: &'static str,
    /// The operation that lists it.
    pub(crate) list: &'static str,
    /// The operation that reads one: `{id}` stands for the id. Empty if there is none, and so no page.
    pub(crate) item: &'static str,
    /// The member of a row that is its id.
    pub(crate) id: &'static str,
    pub(crate) filters: &'static [Filter],
    pub(crate) columns: &'static [Field],
    pub(crate) groups: &'static [Group],
    pub(crate) related: &'static [Related],
    pub(crate) actions: &'static [Action],
    /// What makes the first one, for a list that is empty: a command that works.
    pub(crate) first: &'static str,
}

/// A filter of a list: a parameter of the operation.
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// What it takes; anything if there are none.
    pub(crate) values: &'static [&'static str],
    /// Without it the bank lists nothing: the resource that is chosen from then. Empty for all others.
    pub(crate) of: &'static str,
}

impl Filter {
    pub(crate) const fn is_required(&self) -> bool {
        !self.of.is_empty()
    }
}

/// Fields under a heading.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) fields: &'static [Field],
}

/// Resources that belong to one: a list of theirs, filtered by it.
pub(crate) struct Related {
    pub(crate) title: &'static str,
    /// The resource that is listed; its columns are shown.
    pub(crate) resource: &'static str,
    /// The query of the list: `{id}` stands for the id of the one.
    pub(crate) query: &'static str,
}

/// Resources that belong to one, as they were read.
pub(crate) struct Listed {
    pub(crate) title: &'static str,
    pub(crate) resource: &'static Resource,
    pub(crate) rows: Vec<Value>,
    /// The query of the list, if it has more rows than these.
    pub(crate) more: Option<String>,
}

/// What can be done with a resource: a call of an operation.
pub(crate) struct Action {
    /// The name in paths of the console.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// What the page says afterward.
    pub(crate) done: &'static str,
    pub(crate) method: &'static str,
    /// The operation: `{id}` stands for the id, `{/pointer}` for a member of the resource.
    pub(crate) path: &'static str,
    /// The members of the body that are always the same, as JSON; strings may have the same
    /// places, and `{now}`.
    pub(crate) fixed: &'static str,
    /// The members that the operator gives.
    pub(crate) inputs: &'static [Input],
    /// When it is offered: where members are, and the values of each.
    pub(crate) when: &'static [(&'static str, &'static [&'static str])],
    /// It cannot be undone.
    pub(crate) is_final: bool,
}

/// A member of a body that an operator gives.
pub(crate) struct Input {
    /// Where it goes in the body: a JSON pointer; several with blanks between them for several members that are
    /// chosen together.
    pub(crate) at: &'static str,
    pub(crate) label: &'static str,
    /// What it takes; a text if there are none.
    pub(crate) values: &'static [&'static str],
    /// Where the resource has a list of what it takes. Empty for all others.
    pub(crate) choices: &'static str,
    /// What stands for a text in a call that is shown.
    pub(crate) example: &'static str,
    pub(crate) is_required: bool,
}

impl Input {
    /// What the resource has there now, to be changed.
    pub(crate) fn current<'v>(&self, action: &Action, of: &'v Value) -> Option<&'v str> {
        let is_change = action.method == "PATCH" && self.values.is_empty() && !is_masked(self.at);
        of.pointer(self.at).and_then(Value::as_str).filter(|_| is_change)
    }

    /// What can be chosen: the members of each item of the resource's list, with blanks between them.
    pub(crate) fn choices(&self, of: &Value) -> Vec<String> {
        let items = of.pointer(self.choices).and_then(Value::as_array).filter(|_| self.is_chosen());
        let members = |item: &Value| {
            let member = |at| item.pointer(at).and_then(Value::as_str).map(str::to_owned);
            let members: Option<Vec<String>> = self.at.split(' ').map(member).collect();
            Some(members?.join(" "))
        };
        items.into_iter().flatten().filter_map(members).collect()
    }

    /// Whether it is one of what the resource has.
    pub(crate) fn is_chosen(&self) -> bool {
        !self.choices.is_empty()
    }

    /// What stands for the input in a call that is shown before it is given.
    pub(crate) fn example(&self, of: &Value) -> String {
        let chosen = self.choices(of).into_iter().next();
        chosen.unwrap_or_else(|| self.values.first().copied().unwrap_or(self.example).to_owned())
    }
}

impl Action {
    /// Whether it is offered for a resource.
    pub(crate) fn is_offered(&self, of: &Value) -> bool {
        let holds = self.when.iter().all(|(at, values)| {
            let value = of.pointer(at).and_then(Value::as_str).unwrap_or_default();
            values.contains(&value)
        });
        holds && self.inputs.iter().all(|it| !it.is_chosen() || !it.choices(of).is_empty())
    }
}

impl Resource {
    /// The operation that reads one.
    pub(crate) fn target(&self, id: &str) -> String {
        self.item.replace("{id}", &crate::context::encoded(id))
    }

    pub(crate) fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
    }
}
