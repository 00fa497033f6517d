//! The codes with which a bank returns an ACH entry.

use crate::open_enum;

macro_rules! return_codes {
    ($($code:ident = $text:literal => $reason:literal,)*) => {
        open_enum! {
            /// The code with which a bank returns an ACH entry, as the rules of the network
            /// (Nacha) define it: `R01` and so on.
            ///
            /// ```
            /// use synctera_runtime::AchReturnCode;
            ///
            /// let code = AchReturnCode::from("R01");
            /// assert_eq!(code, AchReturnCode::R01);
            /// assert_eq!(code.reason(), Some("insufficient funds"));
            /// assert_eq!(AchReturnCode::from("R99").as_str(), "R99");
            /// ```
            AchReturnCode {
                $(#[doc = concat!("`", $text, "`: ", $reason, ".")] $code = $text,)*
            }
        }

        impl AchReturnCode {
            /// A short description of the code; `None` for a code that this version does not know.
            pub fn reason(&self) -> Option<&'static str> {
                match self {
                    $(Self::$code => Some($reason),)*
                    Self::Unknown(_) => None,
                }
            }
        }
    };
}

return_codes! {
    R01 = "R01" => "insufficient funds",
    R02 = "R02" => "account closed",
    R03 = "R03" => "no account, or account not found",
    R04 = "R04" => "invalid account number",
    R05 = "R05" => "unauthorized corporate debit to a consumer account",
    R06 = "R06" => "returned at the request of the originating bank",
    R07 = "R07" => "authorization revoked by the customer",
    R08 = "R08" => "payment stopped",
    R09 = "R09" => "uncollected funds",
    R10 = "R10" => "debit not authorized by the customer",
    R11 = "R11" => "debit not in accordance with the authorization",
    R12 = "R12" => "account moved to another bank",
    R13 = "R13" => "invalid routing number",
    R14 = "R14" => "representative payee deceased or unable to act",
    R15 = "R15" => "account holder or beneficiary deceased",
    R16 = "R16" => "account frozen, or entry blocked by sanctions rules",
    R17 = "R17" => "entry cannot be processed as received",
    R18 = "R18" => "improper effective date",
    R19 = "R19" => "error in the amount",
    R20 = "R20" => "account does not allow this kind of transaction",
    R21 = "R21" => "invalid company identification",
    R22 = "R22" => "invalid receiver identification",
    R23 = "R23" => "credit refused by the receiver",
    R24 = "R24" => "duplicate entry",
    R25 = "R25" => "error in the addenda",
    R26 = "R26" => "error in a mandatory field",
    R27 = "R27" => "error in the trace number",
    R28 = "R28" => "wrong check digit of the routing number",
    R29 = "R29" => "debit not authorized by the corporate customer",
    R30 = "R30" => "bank does not take part in check truncation",
    R31 = "R31" => "late return that the originating bank agreed to",
    R32 = "R32" => "bank cannot settle the entry",
    R33 = "R33" => "return of a destroyed check entry",
    R34 = "R34" => "bank's participation is limited",
    R35 = "R35" => "improper debit entry",
    R36 = "R36" => "improper credit entry",
    R37 = "R37" => "source document presented for payment",
    R38 = "R38" => "payment of the source document stopped",
    R39 = "R39" => "improper source document",
    R40 = "R40" => "enrollment returned by a federal agency",
    R41 = "R41" => "enrollment with an invalid transaction code",
    R42 = "R42" => "enrollment with an error in the routing number",
    R43 = "R43" => "enrollment with an invalid account number",
    R44 = "R44" => "enrollment with an invalid identification number",
    R45 = "R45" => "enrollment with an invalid name",
    R46 = "R46" => "enrollment with an invalid representative payee indicator",
    R47 = "R47" => "duplicate enrollment",
    R50 = "R50" => "state law forbids the represented check",
    R51 = "R51" => "represented check is ineligible or improper",
    R52 = "R52" => "payment of the represented check stopped",
    R53 = "R53" => "check and its entry both presented for payment",
    R61 = "R61" => "misrouted return",
    R62 = "R62" => "return of an erroneous or reversing debit",
    R67 = "R67" => "duplicate return",
    R68 = "R68" => "late return",
    R69 = "R69" => "errors in the fields of the return",
    R70 = "R70" => "late return that the originating bank does not accept",
    R71 = "R71" => "misrouted dishonored return",
    R72 = "R72" => "late dishonored return",
    R73 = "R73" => "original return was in time",
    R74 = "R74" => "corrected return",
    R75 = "R75" => "original return was not a duplicate",
    R76 = "R76" => "no errors found in the return",
    R77 = "R77" => "dishonored return not accepted",
    R80 = "R80" => "coding error in an international entry",
    R81 = "R81" => "bank does not take part in international entries",
    R82 = "R82" => "invalid identification of the foreign bank",
    R83 = "R83" => "foreign bank cannot settle the entry",
    R84 = "R84" => "entry not processed by the gateway",
    R85 = "R85" => "international payment coded as a domestic one",
}
