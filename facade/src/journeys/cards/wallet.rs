//! Cards in the digital wallets of phones and watches.

use synctera_api::Error;
use synctera_api::runtime::{CardId, DigitalWalletTokenId};

use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    AppleDigitalWalletProvisionRequest, AppleDigitalWalletProvisionResponse, DeviceType,
    DigitalWalletToken, DigitalWalletTokenPatch, DigitalWalletTokenPatchStatus,
    GoogleDigitalWalletProvisionRequest, GoogleDigitalWalletProvisionResponse,
};

impl Synctera {
    /// Puts a card into Apple Pay: what comes back goes to the wallet on the device, as it is.
    ///
    /// The token that comes of it is `REQUESTED` until the wallet took it up; the event
    /// `CARD.DIGITALWALLETTOKEN.CREATED` tells. Needs the feature `digital_wallets`.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// use synctera::AddToApplePay;
    /// use synctera::types::DeviceType;
    ///
    /// let request = AddToApplePay::new(card, DeviceType::MobilePhone, "1.4.0")
    ///     .certificates(["leaf", "sub-CA"])
    ///     .nonce("9c02", "a4f1");
    /// let pass = client.add_to_apple_pay(&request).await?;
    /// println!("{}", pass.encrypted_pass_data.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when something of the device's is missing;
    /// `INVALID_STATUS` for a card that is not active.
    pub fn add_to_apple_pay(&self, request: &AddToApplePay) -> Run<'static, AddToApplePay> {
        Run::new(self, request)
    }

    /// Puts a card into Google Pay; as [`add_to_apple_pay`](Synctera::add_to_apple_pay).
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// use synctera::AddToGooglePay;
    /// use synctera::types::DeviceType;
    ///
    /// let request =
    ///     AddToGooglePay::new(card, DeviceType::MobilePhone, "1.4.0", "device-1", "wallet-1");
    /// let answer = client.add_to_google_pay(&request).await?;
    /// println!("{}", answer.push_tokenize_request_data.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`add_to_apple_pay`](Synctera::add_to_apple_pay).
    pub fn add_to_google_pay(&self, request: &AddToGooglePay) -> Run<'static, AddToGooglePay> {
        Run::new(self, request)
    }

    /// Suspends a card's token in a wallet, resumes it, or ends it for ever.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// # use synctera::types::{DeviceType, ListDigitalWalletTokensQuery};
    /// # let phone = synctera::AddToApplePay::new(card, DeviceType::MobilePhone, "1.4.0");
    /// # let phone = phone.certificates(["leaf", "sub-CA"]).nonce("9c02", "a4f1");
    /// # client.add_to_apple_pay(&phone).await?;
    /// # sandbox.advance(chrono::Duration::minutes(1))?;
    /// # let mut tokens = client.list(ListDigitalWalletTokensQuery::default());
    /// # let token = tokens.try_next().await?.and_then(|token| token.id).ok_or("no token")?;
    /// use synctera::ChangeWalletToken;
    ///
    /// client.change_wallet_token(&ChangeWalletToken::suspend(token)).await?;
    /// client.change_wallet_token(&ChangeWalletToken::resume(token)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `INVALID_STATUS` for a token that was not taken up yet, or has ended.
    pub fn change_wallet_token(
        &self,
        request: &ChangeWalletToken,
    ) -> Run<'static, ChangeWalletToken> {
        Run::new(self, request)
    }
}

/// Asks for a card in Apple Pay; see [`Synctera::add_to_apple_pay`].
#[derive(Clone, Debug)]
pub struct AddToApplePay {
    card: CardId,
    body: AppleDigitalWalletProvisionRequest,
}

impl AddToApplePay {
    /// A card on a kind of device, from a version of the integrator's app.
    pub fn new(card: CardId, device: DeviceType, app_version: impl Into<String>) -> Self {
        let body = AppleDigitalWalletProvisionRequest::new(Vec::new(), device, "", "", app_version);
        Self { card, body }
    }

    /// The certificates that the device gave: leaf and sub-CA, in base64.
    #[must_use]
    pub fn certificates(
        mut self,
        certificates: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.body.certificates = certificates.into_iter().map(Into::into).collect();
        self
    }

    /// The nonce that the device gave, and its signature.
    #[must_use]
    pub fn nonce(mut self, nonce: impl Into<String>, signature: impl Into<String>) -> Self {
        self.body.nonce = nonce.into();
        self.body.nonce_signature = signature.into();
        self
    }
}

impl Sealed for AddToApplePay {}

impl Journey for AddToApplePay {
    type Outcome = AppleDigitalWalletProvisionResponse;

    const NAME: &'static str = "add_to_apple_pay";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Self::Outcome, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.given(!self.body.certificates.is_empty(), "certificates");
        checks.text(&self.body.nonce, "nonce");
        checks.text(&self.body.nonce_signature, "nonce_signature");
        checks.text(&self.body.provisioning_app_version, "provisioning_app_version");
        checks.finish()?;
        let (card, body) = (self.card, self.body.clone());
        steps
            .write("", |api| api.create_digital_wallet_apple(card, &body), |_| card.to_string())
            .await
    }
}

/// Asks for a card in Google Pay; see [`Synctera::add_to_google_pay`].
#[derive(Clone, Debug)]
pub struct AddToGooglePay {
    card: CardId,
    body: GoogleDigitalWalletProvisionRequest,
}

impl AddToGooglePay {
    /// A card on a device, from a version of the integrator's app, for a wallet account.
    pub fn new(
        card: CardId,
        device: DeviceType,
        app_version: impl Into<String>,
        device_id: impl Into<String>,
        wallet_account_id: impl Into<String>,
    ) -> Self {
        let body = GoogleDigitalWalletProvisionRequest::new(
            device_id,
            device,
            app_version,
            wallet_account_id,
        );
        Self { card, body }
    }
}

impl Sealed for AddToGooglePay {}

impl Journey for AddToGooglePay {
    type Outcome = GoogleDigitalWalletProvisionResponse;

    const NAME: &'static str = "add_to_google_pay";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<Self::Outcome, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.text(&self.body.device_id, "device_id");
        checks.text(&self.body.wallet_account_id, "wallet_account_id");
        checks.text(&self.body.provisioning_app_version, "provisioning_app_version");
        checks.finish()?;
        let (card, body) = (self.card, self.body.clone());
        steps
            .write("", |api| api.create_digital_wallet_google(card, &body), |_| card.to_string())
            .await
    }
}

/// Asks for another state of a wallet's token; see [`Synctera::change_wallet_token`].
#[derive(Clone, Debug)]
pub struct ChangeWalletToken {
    token: DigitalWalletTokenId,
    to: DigitalWalletTokenPatchStatus,
}

impl ChangeWalletToken {
    /// It pays nothing until it is resumed.
    pub fn suspend(token: DigitalWalletTokenId) -> Self {
        Self { token, to: DigitalWalletTokenPatchStatus::Suspended }
    }

    /// It pays again.
    pub fn resume(token: DigitalWalletTokenId) -> Self {
        Self { token, to: DigitalWalletTokenPatchStatus::Active }
    }

    /// It is gone.
    pub fn terminate(token: DigitalWalletTokenId) -> Self {
        Self { token, to: DigitalWalletTokenPatchStatus::Terminated }
    }
}

impl Sealed for ChangeWalletToken {}

impl Journey for ChangeWalletToken {
    type Outcome = DigitalWalletToken;

    const NAME: &'static str = "change_wallet_token";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DigitalWalletToken, Error> {
        let (token, body) = (self.token, DigitalWalletTokenPatch::new(self.to.clone()));
        steps
            .write(
                "",
                |api| api.update_digital_wallet_token_status(token, &body),
                |_| token.to_string(),
            )
            .await
    }
}
