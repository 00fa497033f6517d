//! Card images: uploading and reviewing a customer's own image.

use std::fmt;

use bytes::Bytes;
use synctera_api::Error;
use synctera_api::runtime::{CardImageId, CardProductId, CustomerId, Patch};

use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{
    CardImage, CardImagePatch, CardImageRejectionReason, CardImageStatus, NewCardImage,
};
use crate::{IntoOption, Synctera};

/// The first bytes of a JPEG file.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

impl Synctera {
    /// Uploads an image for a customer's card of a product: creates the card image, then uploads
    /// its data.
    ///
    /// The image is `UNREVIEWED` until [`review_card_image`](Synctera::review_card_image), or the
    /// platform, approves or rejects it, which raises the event `CARD.IMAGE.UPDATED`. The data of
    /// an image cannot be replaced: upload another image instead.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let account = checking;
    /// # let ada = customer;
    /// # use synctera::types::{Form, ListCardProductsQuery};
    /// # let mut products = client.list(ListCardProductsQuery::default());
    /// # let product = loop {
    /// #     let product = products.try_next().await?.ok_or("no product")?;
    /// #     if product.form == Form::Physical { break product.id; }
    /// # };
    /// # let jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    /// use synctera::{IssueCard, ReviewCardImage, UploadCardImage};
    ///
    /// let upload = UploadCardImage::new(ada, product, jpeg);
    /// let image = client.upload_card_image(&upload).key("picture-3").await?;
    /// client.review_card_image(&ReviewCardImage::approve(image.id)).key("picture-3").await?;
    ///
    /// let card = IssueCard::physical_debit(account, ada).product(product).image(image.id);
    /// client.issue_card(&card).key("picture-3").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for another format than JPEG, before
    /// anything is sent; otherwise the error of the step that failed.
    pub fn upload_card_image(&self, request: &UploadCardImage) -> Run<'static, UploadCardImage> {
        Run::new(self, request)
    }

    /// Approves or rejects a card image. An approved image can still be rejected. A daily job of
    /// the platform then issues or rejects the cards that wait for it.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # use synctera::types::{Form, ListCardProductsQuery};
    /// # let mut products = client.list(ListCardProductsQuery::default());
    /// # let product = loop {
    /// #     let product = products.try_next().await?.ok_or("no product")?;
    /// #     if product.form == Form::Physical { break product.id; }
    /// # };
    /// # let jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    /// # let upload = synctera::UploadCardImage::new(customer, product, jpeg);
    /// # let image = client.upload_card_image(&upload).await?.id;
    /// use synctera::ReviewCardImage;
    /// use synctera::types::CardImageRejectionReason;
    ///
    /// let reject = ReviewCardImage::reject(image, CardImageRejectionReason::Trademark);
    /// let image = client.review_card_image(&reject.memo("a team's logo")).await?;
    /// assert_eq!(image.status.as_str(), "REJECTED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The platform's errors: `INVALID_STATUS` for an image without data, or one that was rejected.
    pub fn review_card_image(&self, request: &ReviewCardImage) -> Run<'static, ReviewCardImage> {
        Run::new(self, request)
    }
}

/// A request to upload a card image; see [`Synctera::upload_card_image`].
#[derive(Clone)]
pub struct UploadCardImage {
    customer: CustomerId,
    product: CardProductId,
    jpeg: Bytes,
}

impl UploadCardImage {
    /// A JPEG image for the customer's card of this product: its bytes, or an
    /// [`Upload`](crate::Upload).
    pub fn new(
        customer: impl Into<CustomerId>,
        product: CardProductId,
        jpeg: impl Into<Bytes>,
    ) -> Self {
        Self { customer: customer.into(), product, jpeg: jpeg.into() }
    }
}

impl fmt::Debug for UploadCardImage {
    // An image can show a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadCardImage")
            .field("customer", &self.customer)
            .field("product", &self.product)
            .field("bytes", &self.jpeg.len())
            .finish()
    }
}

impl Sealed for UploadCardImage {}

impl Journey for UploadCardImage {
    type Outcome = CardImage;

    const NAME: &'static str = "upload_card_image";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<CardImage, Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.ensure(self.jpeg.starts_with(&JPEG), "data", "must be a JPEG image");
        checks.finish()?;
        let body = NewCardImage::new(self.product, self.customer);
        let image = steps
            .write("", |api| api.create_card_image(&body), |image| image.id.to_string())
            .await?;
        let (id, jpeg) = (image.id, self.jpeg.clone());
        steps
            .write(
                "",
                |api| api.upload_card_image_data(id, jpeg.clone()),
                |image| image.id.to_string(),
            )
            .await
    }
}

/// A request to approve or reject a card image; see [`Synctera::review_card_image`].
#[derive(Clone, Debug)]
pub struct ReviewCardImage {
    image: CardImageId,
    rejected: Option<(CardImageRejectionReason, Option<String>)>,
}

impl ReviewCardImage {
    /// Approves the image.
    pub fn approve(image: CardImageId) -> Self {
        Self { image, rejected: None }
    }

    /// Rejects the image.
    pub fn reject(image: CardImageId, reason: CardImageRejectionReason) -> Self {
        Self { image, rejected: Some((reason, None)) }
    }

    /// An explanation of the rejection. Has no effect on an approval.
    #[must_use]
    pub fn memo(mut self, memo: impl IntoOption<String>) -> Self {
        if let Some((_, note)) = &mut self.rejected {
            *note = memo.into_option();
        }
        self
    }
}

impl Sealed for ReviewCardImage {}

impl Journey for ReviewCardImage {
    type Outcome = CardImage;

    const NAME: &'static str = "review_card_image";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<CardImage, Error> {
        let body = match &self.rejected {
            None => CardImagePatch::new(CardImageStatus::Approved),
            Some((reason, memo)) => CardImagePatch {
                rejection_reason: Patch::Set(reason.clone()),
                rejection_memo: memo.clone().into(),
                ..CardImagePatch::new(CardImageStatus::Rejected)
            },
        };
        let id = self.image;
        steps
            .write("", |api| api.update_card_image_details(id, &body), |image| image.id.to_string())
            .await
    }
}
