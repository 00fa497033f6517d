//! Cards in digital wallets.

use synctera_api::Error;
use synctera_api::runtime::{CardId, DigitalWalletTokenId};

use crate::Synctera;
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    AppleDigitalWalletProvisionRequest, AppleDigitalWalletProvisionResponse, DeviceType,
    DigitalWalletToken, DigitalWalletTokenPatch, DigitalWalletTokenPatchStatus,
    GoogleDigitalWalletProvisionRequest, GoogleDigitalWalletProvisionResponse,
};

impl Synctera {
    /// Provisions a card for Apple Pay. Pass the answer to the wallet on the device unchanged. With
    /// the feature `digital_wallets`.
    ///
    /// The token of the card is `REQUESTED` until the wallet accepts it. The platform raises the
    /// event `CARD.DIGITALWALLETTOKEN.CREATED` for it.
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when data of the device is missing;
    /// otherwise the platform's errors: `INVALID_STATUS` for a card that is not active.
    pub fn add_to_apple_pay(&self, request: &AddToApplePay) -> Run<'static, AddToApplePay> {
        Run::new(self, request)
    }

    /// Provisions a card for Google Pay; see [`add_to_apple_pay`](Synctera::add_to_apple_pay).
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

    /// Suspends, resumes or terminates the token of a card in a wallet. With the feature
    /// `digital_wallets`.
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
    /// The platform's errors: `INVALID_STATUS` for a token that the wallet did not accept yet, or a
    /// terminated one.
    pub fn change_wallet_token(
        &self,
        request: &ChangeWalletToken,
    ) -> Run<'static, ChangeWalletToken> {
        Run::new(self, request)
    }
}

/// A request to provision a card for Apple Pay; see [`Synctera::add_to_apple_pay`].
#[derive(Clone, Debug)]
pub struct AddToApplePay {
    card: CardId,
    body: AppleDigitalWalletProvisionRequest,
}

impl AddToApplePay {
    /// A card, the type of the device, and the version of your app. The
    /// [`certificates`](Self::certificates) and the [`nonce`](Self::nonce) are required too.
    pub fn new(card: CardId, device: DeviceType, app_version: impl Into<String>) -> Self {
        let body = AppleDigitalWalletProvisionRequest::new(Vec::new(), device, "", "", app_version);
        Self { card, body }
    }

    /// The certificates from the device, in base64: leaf and sub-CA. Replaces those set before.
    #[must_use]
    pub fn certificates(
        mut self,
        certificates: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.body.certificates = certificates.into_iter().map(Into::into).collect();
        self
    }

    /// The nonce from the device, and its signature.
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

/// A request to provision a card for Google Pay; see [`Synctera::add_to_google_pay`].
#[derive(Clone, Debug)]
pub struct AddToGooglePay {
    card: CardId,
    body: GoogleDigitalWalletProvisionRequest,
}

impl AddToGooglePay {
    /// A card, the type of the device, the version of your app, and the ids of the device and of
    /// the wallet account.
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

/// A request to change the status of a wallet token; see [`Synctera::change_wallet_token`].
#[derive(Clone, Debug)]
pub struct ChangeWalletToken {
    token: DigitalWalletTokenId,
    to: DigitalWalletTokenPatchStatus,
}

impl ChangeWalletToken {
    /// Suspends the token: its payments are declined until it is resumed.
    pub fn suspend(token: DigitalWalletTokenId) -> Self {
        Self { token, to: DigitalWalletTokenPatchStatus::Suspended }
    }

    /// Resumes the token.
    pub fn resume(token: DigitalWalletTokenId) -> Self {
        Self { token, to: DigitalWalletTokenPatchStatus::Active }
    }

    /// Terminates the token. This cannot be undone.
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
