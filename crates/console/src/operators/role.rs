//! Roles of operators, and what each may do: one table, which the console asks and shows.

use serde::{Deserialize, Serialize};

use crate::texts::operators;

/// The role of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Sees pages.
    View,
    /// Does what support and compliance do, too.
    Act,
    /// Does everything.
    Administer,
}

/// What an operator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    See,
    Reveal,
    Act,
    SendAgain,
    Administer,
    ManageOperators,
}

/// A row of the table: a permission, in words, and whether the roles view, act and administer have it.
pub(crate) struct Row {
    pub(crate) permission: Permission,
    pub(crate) label: &'static str,
    pub(crate) roles: [bool; 3],
}

const fn row(permission: Permission, label: &'static str, roles: [bool; 3]) -> Row {
    Row { permission, label, roles }
}

/// What each role may do.
pub(crate) const TABLE: [Row; 6] = [
    row(Permission::See, operators::MAY_SEE, [true, true, true]),
    row(Permission::Reveal, operators::MAY_REVEAL, [false, true, true]),
    row(Permission::Act, operators::MAY_ACT, [false, true, true]),
    row(Permission::SendAgain, operators::MAY_SEND_AGAIN, [false, true, true]),
    row(Permission::Administer, operators::MAY_ADMINISTER, [false, false, true]),
    row(Permission::ManageOperators, operators::MAY_MANAGE_OPERATORS, [false, false, true]),
];

impl Role {
    /// In the order of the table's columns.
    pub(crate) const ALL: [Self; 3] = [Self::View, Self::Act, Self::Administer];

    /// The name, as in the table and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Act => "act",
            Self::Administer => "administer",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the table gives it a permission.
    pub(crate) fn may(self, permission: Permission) -> bool {
        let column = match self {
            Self::View => 0,
            Self::Act => 1,
            Self::Administer => 2,
        };
        TABLE.iter().any(|row| row.permission == permission && row.roles[column])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_what_the_one_before_has() {
        for row in &TABLE {
            assert!(row.roles.is_sorted(), "{}", row.label);
        }
        assert!(Role::View.may(Permission::See) && !Role::View.may(Permission::Reveal));
        assert!(Role::Act.may(Permission::Reveal) && !Role::Act.may(Permission::Administer));
        assert!(TABLE.iter().all(|row| Role::Administer.may(row.permission)));
        assert!(Role::ALL.iter().all(|role| Role::named(role.name()) == Some(*role)));
    }
}
