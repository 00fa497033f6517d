//! A ledger as small as the rules allow, to hold the real one against. It shares nothing with it.

use std::collections::BTreeMap;

use super::bank;

/// How long a manual transfer waits for somebody to complete it, and an authorization to be
/// cleared.
const EXPIRY_HOURS: i64 = 7 * 24;

#[derive(Clone, Default)]
struct Account {
    posted: i64,
    /// What may be owed; nothing, where money is kept.
    credit: Option<i64>,
    /// What must be left, and where more comes from.
    floor: Option<(i64, Option<usize>)>,
    /// What may be there, and where the rest goes.
    ceiling: Option<(i64, Option<usize>)>,
}

/// Money set aside: what of it is held on which account.
#[derive(Clone)]
struct Hold {
    parts: Vec<(usize, i64)>,
    from: usize,
    to: usize,
    amount: i64,
    expires_at: i64,
}

#[derive(Clone)]
pub(super) struct Ledger {
    accounts: Vec<Account>,
    holds: BTreeMap<String, Hold>,
    hour: i64,
}

pub(super) type Outcome = Result<(), &'static str>;

impl Ledger {
    pub(super) fn new() -> Self {
        let mut accounts = vec![Account::default(); bank::ACCOUNTS];
        accounts[bank::SWEPT].floor = Some((0, Some(bank::SAVING)));
        accounts[bank::CAPPED].ceiling = Some((bank::CEILING, Some(bank::SAVING)));
        accounts[bank::FLOORED].floor = Some((bank::FLOOR, None));
        accounts[bank::LINE].credit = Some(bank::CREDIT);
        Self { accounts, holds: BTreeMap::new(), hour: 0 }
    }

    fn available(&self, at: usize) -> i64 {
        let held: i64 = self
            .holds
            .values()
            .flat_map(|hold| &hold.parts)
            .filter(|(account, _)| *account == at)
            .map(|(_, amount)| amount)
            .sum();
        self.accounts[at].posted + self.accounts[at].credit.unwrap_or(0) - held
    }

    /// What an account can give, with what it gets from the one behind it.
    fn reach(&self, at: usize) -> i64 {
        let (floor, behind) = self.accounts[at].floor.unwrap_or((0, None));
        (self.available(at) - floor + behind.map_or(0, |behind| self.reach(behind))).max(0)
    }

    fn check_debit(&self, at: usize, amount: i64) -> Outcome {
        let after = self.available(at) - amount;
        match self.accounts[at].floor {
            _ if at == bank::PROGRAM => Ok(()),
            None if after >= 0 => Ok(()),
            None => Err("INSUFFICIENT_FUNDS"),
            Some((floor, _)) if after >= floor => Ok(()),
            Some((_, None)) => Err("BALANCE_VIOLATION"),
            Some((floor, Some(behind))) if self.reach(behind) >= floor - after => Ok(()),
            Some(_) => Err("INSUFFICIENT_FUNDS"),
        }
    }

    fn check_credit(&self, at: usize, amount: i64) -> Outcome {
        match self.accounts[at].ceiling {
            Some((ceiling, above)) if self.available(at) + amount > ceiling => match above {
                None => Err("BALANCE_VIOLATION"),
                Some(above) => self.check_credit(above, self.available(at) + amount - ceiling),
            },
            _ => Ok(()),
        }
    }

    /// What the account behind has to add so that an amount can leave.
    fn lack(&self, at: usize, amount: i64) -> Option<(usize, i64)> {
        let (floor, behind) = self.accounts[at].floor?;
        let lack = floor - (self.available(at) - amount);
        behind.filter(|_| lack > 0).map(|behind| (behind, lack))
    }

    fn post(&mut self, from: usize, to: usize, amount: i64) {
        if let Some((behind, lack)) = self.lack(from, amount) {
            self.post(behind, from, lack);
        }
        self.accounts[from].posted -= amount;
        self.accounts[to].posted += amount;
        if let Some((ceiling, Some(above))) = self.accounts[to].ceiling {
            let excess = self.available(to) - ceiling;
            if excess > 0 {
                self.accounts[to].posted -= excess;
                self.accounts[above].posted += excess;
            }
        }
    }

    fn check(&self, from: usize, to: usize, amount: i64) -> Outcome {
        if from == to {
            return Err("BAD_REQUEST_BODY");
        }
        self.check_debit(from, amount)?;
        self.check_credit(to, amount)
    }

    pub(super) fn transfer(&mut self, from: usize, to: usize, amount: i64) -> Outcome {
        self.check(from, to, amount)?;
        self.post(from, to, amount);
        Ok(())
    }

    /// Sets money aside, to be posted or released under a name.
    pub(super) fn hold(
        &mut self,
        from: usize,
        to: usize,
        amount: i64,
    ) -> Result<Held, &'static str> {
        self.check(from, to, amount)?;
        let behind = self.lack(from, amount);
        let mut parts = vec![(from, amount - behind.map_or(0, |(_, lack)| lack))];
        parts.extend(behind);
        Ok(Held(Hold { parts, from, to, amount, expires_at: self.hour + EXPIRY_HOURS }))
    }

    pub(super) fn name(&mut self, name: &str, held: Held) {
        self.holds.insert(name.to_owned(), held.0);
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.holds.keys()
    }

    /// What is still to be posted.
    pub(super) fn amount(&self, name: &str) -> i64 {
        self.holds[name].amount
    }

    pub(super) fn complete(&mut self, name: &str) {
        if let Some(hold) = self.holds.remove(name) {
            self.post(hold.from, hold.to, hold.amount);
        }
    }

    pub(super) fn release(&mut self, name: &str) {
        self.holds.remove(name);
    }

    pub(super) fn wait(&mut self, hours: i64) {
        self.hour += hours;
        let hour = self.hour;
        self.holds.retain(|_, hold| hold.expires_at > hour);
    }

    /// Both balances of every account of the customer, as the platform shows them.
    pub(super) fn balances(&self) -> Vec<(i64, i64)> {
        let shown = |at: usize| {
            let account = &self.accounts[at];
            let sign = if account.credit.is_some() { -1 } else { 1 };
            (sign * account.posted, self.available(at))
        };
        (0..bank::PROGRAM).map(shown).collect()
    }

    /// All money there is.
    pub(super) fn sum(&self) -> i64 {
        self.accounts.iter().map(|account| account.posted).sum()
    }
}

/// Money that is about to be set aside.
pub(super) struct Held(Hold);
