//! A row of either side, as it is sorted and stored on disk.

use std::cmp::Ordering;
use std::io::{self, Read, Write};

use iso_currency::Currency;
use synctera_api::runtime::{PlatformAccountId, TransactionId};
use uuid::Uuid;

use super::{LedgerEntry, PostedLine};
use crate::Money;

/// The maximum length of a key, so that a damaged file cannot cause a large allocation.
pub(super) const KEY_BYTES_MAX: usize = 4096;

/// A row. They are ordered by key, account, currency, amount and side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) account: Uuid,
    pub(super) currency: Currency,
    pub(super) minor: i64,
    pub(super) side: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Ours,
    /// A line of this transaction.
    Theirs(Uuid),
    /// A line of this transaction, which has no key.
    Unkeyed(Uuid),
}

impl Row {
    pub(super) fn ours(entry: LedgerEntry) -> Self {
        Self {
            key: entry.key,
            account: entry.account.as_uuid(),
            currency: entry.amount.currency(),
            minor: entry.amount.minor(),
            side: Side::Ours,
        }
    }

    pub(super) fn theirs(line: PostedLine) -> Self {
        let transaction = line.transaction.as_uuid();
        Self {
            side: match line.key {
                Some(_) => Side::Theirs(transaction),
                None => Side::Unkeyed(transaction),
            },
            key: line.key.unwrap_or_default(),
            account: line.account.as_uuid(),
            currency: line.amount.currency(),
            minor: line.amount.minor(),
        }
    }

    pub(super) fn entry(&self) -> LedgerEntry {
        let amount = Money::new(self.minor, self.currency);
        LedgerEntry::new(self.key.clone(), PlatformAccountId::from(self.account), amount)
    }

    pub(super) fn line(&self, transaction: TransactionId) -> PostedLine {
        PostedLine {
            key: (!matches!(self.side, Side::Unkeyed(_))).then(|| self.key.clone()),
            account: self.account.into(),
            amount: Money::new(self.minor, self.currency),
            transaction,
        }
    }

    /// Whether two rows can be of one payment, except for the amount.
    pub(super) fn is_of_one(&self, other: &Self) -> bool {
        self.key == other.key && self.account == other.account && self.currency == other.currency
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key
            .cmp(&other.key)
            .then_with(|| self.account.cmp(&other.account))
            .then_with(|| self.currency.code().cmp(other.currency.code()))
            .then_with(|| self.minor.cmp(&other.minor))
            .then_with(|| self.side.cmp(&other.side))
    }
}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Row {
    pub(super) fn encode(&self, writer: &mut impl Write) -> io::Result<()> {
        let length = u32::try_from(self.key.len()).map_err(io::Error::other)?;
        writer.write_all(&length.to_le_bytes())?;
        writer.write_all(self.key.as_bytes())?;
        writer.write_all(self.account.as_bytes())?;
        writer.write_all(self.currency.code().as_bytes())?;
        writer.write_all(&self.minor.to_le_bytes())?;
        let (side, transaction) = match self.side {
            Side::Ours => (0, Uuid::nil()),
            Side::Theirs(transaction) => (1, transaction),
            Side::Unkeyed(transaction) => (2, transaction),
        };
        writer.write_all(&[side])?;
        writer.write_all(transaction.as_bytes())
    }

    pub(super) fn decode(reader: &mut impl Read) -> io::Result<Self> {
        let length = u32::from_le_bytes(bytes(reader)?) as usize;
        if length > KEY_BYTES_MAX {
            return Err(damaged());
        }
        let mut key = vec![0; length];
        reader.read_exact(&mut key)?;
        let key = String::from_utf8(key).map_err(|_| damaged())?;
        let account = Uuid::from_bytes(bytes(reader)?);
        let code: [u8; 3] = bytes(reader)?;
        let currency =
            std::str::from_utf8(&code).ok().and_then(Currency::from_code).ok_or_else(damaged)?;
        let minor = i64::from_le_bytes(bytes(reader)?);
        let [side] = bytes(reader)?;
        let transaction = Uuid::from_bytes(bytes(reader)?);
        let side = match side {
            0 => Side::Ours,
            1 => Side::Theirs(transaction),
            2 => Side::Unkeyed(transaction),
            _ => return Err(damaged()),
        };
        Ok(Self { key, account, currency, minor, side })
    }
}

fn bytes<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "another program wrote to the temporary file")
}
