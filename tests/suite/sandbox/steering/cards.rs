//! Cards: those of other banks, and those that are issued here.

use serde_json::{Value, json};

use super::super::{Answer, Caller};
use super::Seen;
use super::money::Customer;

impl Caller {
    async fn external_card(&self, holder: &str, name: &str, token: &str) -> Answer {
        let body = json!({ "customer_id": holder, "name": name, "token": token });
        self.post("/v2/external_cards/tokens", body).await
    }

    /// A transfer between a card of another bank and the account.
    async fn transfer(&self, customer: &Customer, card: &str, kind: &str) -> Answer {
        let body = json!({
            "type": kind, "amount": 10_00, "currency": "USD", "external_card_id": card,
            "originating_account_id": customer.account,
        });
        self.post("/v2/external_cards/transfers", body).await
    }

    async fn looked_up(&self, card: &str) -> Value {
        let body = json!({ "external_card_id": card, "amount": 10_00, "currency": "USD" });
        let begun = self.post("/v2/external_cards/initialize_3ds", body).await.with(200);
        let body = json!({
            "id": begun["id"], "authentication_indicator": "PAYMENT", "device_channel": "SDK",
            "transaction_mode": "MOBILE_DEVICE",
        });
        self.post("/v2/external_cards/lookup_3ds", body).await.with(200)
    }
}

/// What came of a transfer: why it is refused, or what becomes of it.
async fn transferred(caller: &Caller, answer: Answer) -> Seen {
    if answer.status >= 400 {
        return Seen::of(&answer, "");
    }
    Seen::at(caller, format!("/v2/external_cards/transfers/{}", answer.id()), "/status").await
}

pub(super) async fn external(caller: &Caller, set: &str, value: &str) -> Seen {
    const NAME: &str = "Ada Byron";
    let customer = caller.funded().await;
    let card = async |token: &str| caller.external_card(&customer.id, NAME, token).await;
    match set {
        "`token`" if value == "of another card" => {
            card("good-1").await.with(201);
            Seen::of(&card("good-1").await, "")
        }
        "`token`" => Seen::of(&card(value).await, "/verifications/address_verification_result"),
        "`name`" => {
            let card = caller.external_card(&customer.id, value, "good-1").await;
            Seen::of(&card, "/verifications/name_verification_result")
        }
        "`token`, for a pull" | "`token`, for a push" => {
            let kind = if set.ends_with("pull") { "PULL" } else { "PUSH" };
            let card = card(value).await.id();
            transferred(caller, caller.transfer(&customer, &card, kind).await).await
        }
        "`token`, for a pull or a push" => {
            let card = card(value).await.id();
            let pulled = transferred(caller, caller.transfer(&customer, &card, "PULL").await).await;
            let pushed = transferred(caller, caller.transfer(&customer, &card, "PUSH").await).await;
            assert_eq!(pulled.first, pushed.first);
            // That of a push has money set aside meanwhile.
            pushed
        }
        "`token`, for 3-D Secure" => {
            let card = card(value).await.id();
            Seen::now(super::shown(&caller.looked_up(&card).await["status"]))
        }
        "`challenge_jwt`" => {
            let card = card("challenge-1").await.id();
            let asked = caller.looked_up(&card).await;
            let body = json!({ "id": asked["id"], "challenge_jwt": value });
            Seen::of(&caller.post("/v2/external_cards/authenticate_3ds", body).await, "/status")
        }
        "setting `external_card_pulls_need_three_ds`" => {
            caller.sandbox.set_setting("external_card_pulls_need_three_ds", true).unwrap();
            let card = card("good-1").await.id();
            transferred(caller, caller.transfer(&customer, &card, "PULL").await).await
        }
        set => wallet(caller, &customer, set, value).await,
    }
}

async fn wallet(caller: &Caller, customer: &Customer, set: &str, token: &str) -> Seen {
    let mut body = json!({
        "amount": 25_00, "originating_account_id": customer.account, "customer_id": customer.id,
    });
    let path = match set {
        "`transaction_identifier` of Apple Pay" => {
            body["apple_pay_payment"] = json!({ "token": {
                "transaction_identifier": token, "payment_method": {},
                "payment_data": {
                    "data": "b64", "signature": "b64", "version": "EC_v1", "header": {
                        "ephemeral_public_key": "b64", "public_key_hash": "b64",
                        "transaction_id": "01",
                    },
                },
            } });
            "applepay"
        }
        "`token` of Google Pay" => {
            let info =
                json!({ "assurance_details": {}, "card_details": "1234", "card_network": "VISA" });
            body["google_pay_payment_data"] = json!({
                "api_version": 2, "api_version_minor": 0, "payment_method_data": {
                    "type": "CARD", "description": "a card", "info": info,
                    "tokenization_data": { "type": "PAYMENT_GATEWAY", "token": token },
                },
            });
            "googlepay"
        }
        set => panic!("nothing sets {set}"),
    };
    let path = format!("/v2/external_cards/transfers/{path}");
    transferred(caller, caller.post(&path, body).await).await
}

/// Plays a message of the network.
async fn simulated(caller: &Caller, card: &str, what: &str, members: Value) -> Value {
    let mut body = json!({ "card_id": card, "amount": 30_00, "mid": "123456789012345" });
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    let path = format!("/v2/cards/transaction_simulations/{what}");
    caller.post(&path, body).await.with(201)["transaction"].clone()
}

/// A value at the end of a path of names, such as `a.b`.
fn nested(path: &str, value: &str) -> Value {
    path.rsplit('.').fold(json!(value), |inner, name| json!({ name: inner }))
}

pub(super) async fn issued(caller: &Caller, set: &str, value: &str) -> Seen {
    let customer = caller.funded().await;
    let card = caller.virtual_card(&customer.account, &customer.id).await;
    let card = card.as_str().unwrap();
    let authorized = async |members: Value| simulated(caller, card, "authorization", members).await;
    let said = |transaction: Value| Seen::now(transaction["response"]["memo"].as_str().unwrap());
    let field = super::codes(set).first().copied().unwrap_or_default();
    match set {
        "`amount`" => said(authorized(json!({ "amount": value.parse::<i64>().unwrap() })).await),
        "`amount`, with `partial_approval_capable`" => {
            let approved = authorized(json!({
                "amount": value.parse::<i64>().unwrap(),
                "card_acceptor": { "partial_approval_capable": true },
            }));
            Seen::now(approved.await["amount"].to_string())
        }
        "`pin`" | "`pin`, three times" => {
            let path = format!("/v2/cards/{card}/pin");
            caller.post(&path, json!({ "pin": "1234" })).await.with(204);
            if set == "`pin`" {
                return said(authorized(json!({ "pin": value })).await);
            }
            for _ in 0..3 {
                authorized(json!({ "pin": value })).await;
            }
            Seen::at(caller, format!("/v2/cards/{card}"), "/card_details/card_status").await
        }
        "`card_options.expiration`"
        | "`card_options.billing_address.zip`"
        | "`card_acceptor.country`" => said(authorized(nested(field, value)).await),
        "`account_type` of a withdrawal" => {
            let members = json!({ "account_type": value });
            said(simulated(caller, card, "financial/withdrawal", members).await)
        }
        "`card_status` of the card" => {
            let body = json!({ "card_status": value, "reason": "SUS", "memo": "odd" });
            caller.change(&format!("/v2/cards/{card}"), body).await.with(200);
            said(authorized(json!({})).await)
        }
        "`access_status` of the account" | "`is_card_enabled` of the account" => {
            let value = value.parse::<bool>().map_or(json!(value), Value::from);
            let path = format!("/v2/accounts/{}", customer.account);
            caller.change(&path, json!({ field: value })).await.with(200);
            said(authorized(json!({})).await)
        }
        "clearing" => {
            authorized(json!({})).await;
            let holds = caller.get(&format!("/v2/transactions/pending?card_id={card}")).await;
            let hold = super::shown(&holds.with(200)["result"][0]["uuid"]);
            Seen::at(caller, format!("/v2/transactions/pending/{hold}"), "/data/status").await
        }
        "a token of Google's or Apple's wallet" => {
            let body = json!({
                "device_id": "phone", "device_type": "MOBILE_PHONE",
                "provisioning_app_version": "1", "wallet_account_id": "wallet",
            });
            let path = format!("/v2/cards/{card}/digital_wallet_tokens/googlepay");
            caller.post(&path, body).await.with(201);
            let path = format!("/v2/cards/digital_wallet_tokens?card_id={card}");
            Seen::at(caller, path, "/digital_wallet_tokens/0/state").await
        }
        "`disputed_amount` of a chargeback" | "the network's answer to a chargeback" => {
            let bought = authorized(json!({})).await;
            let cleared = json!({ "original_transaction_id": bought["token"], "amount": 30_00 });
            simulated(caller, card, "clearing", cleared).await;
            let path = format!("/v2/transactions/posted?card_id={card}");
            let posted = caller.get(&path).await.with(200)["result"][0]["uuid"].clone();
            let amount = value.parse::<i64>().unwrap_or(30_00);
            let body = json!({
                "payment_rail": "CARD", "transaction_id": posted, "disputed_amount": amount,
                "date_customer_reported": "2026-11-24T13:00:00Z", "memo": "never came",
                "reason_code": "GOODS_OR_SERVICES_NOT_PROVIDED",
            });
            let dispute = caller.post("/v2/disputes", body).await.id();
            let path = format!("/v2/disputes/{dispute}");
            let body = json!({ "payment_rail": "CARD", "action": "CHARGEBACK", "state": "CREATE" });
            let charged_back = caller.post(&format!("{path}/actions"), body).await;
            if charged_back.status != 201 {
                return Seen::of(&charged_back, "");
            }
            let is_begun = set.starts_with('`');
            let member = if is_begun { "/lifecycle_state" } else { "/decision" };
            Seen::at(caller, path, member).await
        }
        set => panic!("nothing sets {set}"),
    }
}
