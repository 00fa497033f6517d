//! Account numbers and routing numbers of an account at another bank.

use synctera_api::Sensitive;
use synctera_api::runtime::CountryCode;

use crate::IntoOption;
use crate::checks::Checks;
use crate::journeys::Party;
use crate::normalize;
use crate::types::{
    NewAccountIdentifiers, NewExternalAccount, NewExternalAccountType, NewRoutingIdentifiers,
};

/// An account at another bank, by its account number and routing number.
#[derive(Clone, Debug)]
pub struct BankAccount {
    kind: NewExternalAccountType,
    owner_names: Vec<String>,
    bank_name: String,
    routing_number: Sensitive<String>,
    number: Sensitive<String>,
    nickname: Option<String>,
    wire_routing_number: Option<Sensitive<String>>,
}

impl BankAccount {
    /// A checking account in the United States: the owner's name, the bank's name, the ACH routing
    /// number (nine digits with a check digit) and the account number.
    pub fn checking(
        owner_name: impl Into<String>,
        bank_name: impl Into<String>,
        routing_number: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        Self {
            kind: NewExternalAccountType::Checking,
            owner_names: vec![owner_name.into()],
            bank_name: bank_name.into(),
            routing_number: Sensitive::new(routing_number.into()),
            number: Sensitive::new(number.into()),
            nickname: None,
            wire_routing_number: None,
        }
    }

    /// A savings account; see [`checking`](Self::checking).
    pub fn savings(
        owner_name: impl Into<String>,
        bank_name: impl Into<String>,
        routing_number: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        Self {
            kind: NewExternalAccountType::Savings,
            ..Self::checking(owner_name, bank_name, routing_number, number)
        }
    }

    /// Adds the name of another owner. May be repeated.
    #[must_use]
    pub fn owner(mut self, name: impl Into<String>) -> Self {
        self.owner_names.push(name.into());
        self
    }

    /// A display name.
    #[must_use]
    pub fn nickname(mut self, nickname: impl IntoOption<String>) -> Self {
        self.nickname = nickname.into_option();
        self
    }

    /// The bank's routing number for wires: nine digits. It can differ from the one for ACH. Wires
    /// to the account require it.
    #[must_use]
    pub fn wires(mut self, routing_number: impl IntoOption<String>) -> Self {
        self.wire_routing_number = routing_number.into_option().map(Sensitive::new);
        self
    }

    pub(super) fn normalize(&self, checks: &mut Checks) -> Self {
        let number =
            checks.normalize(self.number.expose(), "account_identifiers.number", normalize::text);
        let routing_number = checks.normalize(
            self.routing_number.expose(),
            "routing_identifiers.ach_routing_number",
            normalize::routing_number,
        );
        let wire_routing_number = self.wire_routing_number.as_ref().map(|number| {
            checks.normalize(
                number.expose(),
                "routing_identifiers.wire_routing_number",
                normalize::routing_number,
            )
        });
        let owner_names = self.owner_names.iter().enumerate();
        Self {
            owner_names: owner_names
                .map(|(index, name)| {
                    checks.normalize(
                        name,
                        &format!("account_owner_names[{index}]"),
                        normalize::text,
                    )
                })
                .collect(),
            bank_name: checks.normalize(
                &self.bank_name,
                "routing_identifiers.bank_name",
                normalize::text,
            ),
            routing_number: Sensitive::new(routing_number),
            wire_routing_number: wire_routing_number.map(Sensitive::new),
            number: Sensitive::new(number),
            ..self.clone()
        }
    }

    pub(super) fn to_new(&self, holder: Party) -> NewExternalAccount {
        let identifiers = NewAccountIdentifiers {
            number: Some(self.number.clone()),
            ..NewAccountIdentifiers::default()
        };
        let routing = NewRoutingIdentifiers {
            ach_routing_number: Some(self.routing_number.clone()),
            wire_routing_number: self.wire_routing_number.clone(),
            ..NewRoutingIdentifiers::new(vec![CountryCode::US], self.bank_name.clone())
        };
        NewExternalAccount {
            customer_id: holder.customer_id(),
            business_id: holder.business_id(),
            nickname: self.nickname.clone(),
            ..NewExternalAccount::new(
                identifiers,
                self.owner_names.clone(),
                holder.customer_type(),
                routing,
                self.kind.clone(),
            )
        }
    }
}
