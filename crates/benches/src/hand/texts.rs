//! The enums: closed ones, as a derive gives them.

use serde::Deserialize;

macro_rules! texts {
    ($($case:literal $name:ident { $($variant:ident,)* })*) => {
        $(
            #[derive(Deserialize)]
            #[serde(rename_all = $case)]
            pub enum $name { $($variant,)* }
        )*
    };
}

texts! {
    "SCREAMING_SNAKE_CASE" AccountAccessStatus { Active, Frozen, }
    "SCREAMING_SNAKE_CASE" AccountStatus {
        AccountNeverActive, AccountNotDesired, ActivatedNotDisbursed, ActiveOrDisbursed,
        ApplicationSubmitted, AwaitingFixing, ChargedOff, Closed, Delinquent, FailedKyc, InClosing,
        Restricted, Suspended,
    }
    "SCREAMING_SNAKE_CASE" AccountType {
        ChargeSecured, ChargeUnsecured, Checking, GeneralLedger, LineOfCredit, Prepaid,
        RevolvingCreditSecured, RevolvingCreditUnsecured, Saving,
    }
    "SCREAMING_SNAKE_CASE" AddressType { Billing, Legal, Operating, Other, Shipping, }
    "SCREAMING_SNAKE_CASE" BalanceType {
        AccountBalance, AccruedInterestMtd, AvailableBalance, PaymentsReceivedMtd,
    }
    "SCREAMING_SNAKE_CASE" BanStatus { Allowed, Banned, Suspended, }
    "SCREAMING_SNAKE_CASE" BillingFrequency {
        Annually, BiWeekly, Daily, Monthly, SemiMonthly, Weekly,
    }
    "SCREAMING_SNAKE_CASE" CardBrand { Mastercard, Visa, }
    "SCREAMING_SNAKE_CASE" CardFulfillmentStatus {
        DigitallyPresented, Issued, Ordered, Reissued, Rejected, Reordered, Shipped,
    }
    "SCREAMING_SNAKE_CASE" CardStatus {
        Active, Pending, Rejected, Suspended, Terminated, Unactivated,
    }
    "SCREAMING_SNAKE_CASE" CardStatusReasonCode {
        Act, Add, Aux, Clo, Com, Dob, Eml, Exp, Frd, Ful, Ina, Inf, Iss, Kyc, Los, Mat, Nam, Neg,
        New, Oth, Out, Pho, Pin, Prc, Req, Rev, Ssn, Sto, Sus, Tmp, Unk,
    }
    "SCREAMING_SNAKE_CASE" Classification {
        AuthorizedUser, BankCustomer, InactiveBankCustomer, Prospect,
    }
    "SCREAMING_SNAKE_CASE" CustomerType { Business, Personal, }
    "lowercase" DcSign { Credit, Debit, }
    "SCREAMING_SNAKE_CASE" FundsOwnership { Bank, Fintech, Platform, }
    "SCREAMING_SNAKE_CASE" GeneralLedgerCategory {
        Core, ProfitAndLoss, Reserve, Settlement, Suspense, Treasury,
    }
    "SCREAMING_SNAKE_CASE" GeneralLedgerType {
        AchSettlement, AchSuspense, AllocatedSuspense, BankDraft, BillingExpense, BillingRevenue,
        CardAftPrefunding, CardOctSettlement, CardSettlement, CashSettlement, CashSuspense,
        CheckSettlement, DisputeWriteOffPnl, EftCaSettlement, EftCaSuspense,
        ExternalCardAftSettlement, ExternalCardOctSettlement, FednowSettlement, Fees, FraudLosses,
        FundingAccounts, GeneralPnl, InterestPayout, InternationalWireSettlement,
        InStoreCashSettlement, LocInterestIncome, LocInvestorPortfolio, LocRepurchase,
        MoneyInAndOut, NegativeBalance, NetworkAdjustment, NetworkChargeback, NewFundingAccount,
        ProvisionalCreditPnl, Reserve, Rewards, ScInvestorPortfolio, ScRepurchase,
        SyncteraPaySuspense, UscInterestIncome, UscInvestorPortfolio, UscRepurchase, WireSettlement,
        WireSuspense, WriteOff,
    }
    "SCREAMING_SNAKE_CASE" PersonStatus {
        Active, Deceased, Denied, Dormant, Escheat, Frozen, Inactive, Prospect, Sanction,
    }
    "SCREAMING_SNAKE_CASE" PersonalIdType {
        CitizenshipCard, DriverLicense, Itin, NationalId, PassportNumber, ProvincialId, PrCard,
        SecureStatusCard, Sin, Ssn, StateId, TaxId,
    }
    "SCREAMING_SNAKE_CASE" PhysicalCardFormat { Chip, Contactless, MagneticStripe, PhysicalCombo, }
    "SCREAMING_SNAKE_CASE" ShippingMethod {
        International, InternationalGround, InternationalPriority, LocalMail, LocalPriority,
        Overnight, TwoDay,
    }
    "SCREAMING_SNAKE_CASE" SsnSource { Manual, Prefill, }
    "SCREAMING_SNAKE_CASE" TransactionDisputeStatus {
        Arbitration, CaseLost, CaseOpen, CaseWon, ChargebackInitiated, NetworkRejected,
        Prearbitration, Representment,
    }
    "SCREAMING_SNAKE_CASE" VerificationStatus {
        Accepted, Pending, Provisional, Rejected, Review, Unverified,
    }
    "SCREAMING_SNAKE_CASE" ReissueReason {
        Appearance, BankMigration, Damaged, Expiration, Lost, ProductChange, ProgramChange, Stolen,
    }
}
