//! Cash: deposits at stores by barcode, and orders of cash from a vendor that delivers it.

mod barcodes;
mod orders;
mod stores;
mod transfer;
mod transfers;

use crate::model::{Kind, Served};

pub(crate) use orders::{BRING_BACK, DELIVER, EXPIRE, SHIP, bring_back, deliver, expire, ship};

const ON_BARCODE: &[(&str, &Kind)] = &[("barcode_id", &barcodes::BARCODE)];
const ON_TRANSFER: &[(&str, &Kind)] = &[("id", &transfer::TRANSFER)];
const ON_ORDER: &[(&str, &Kind)] = &[("id", &orders::ORDER)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_barcodes", barcodes::list),
    Served::new("create_barcode", barcodes::create),
    Served::on("get_barcode", ON_BARCODE, barcodes::get),
    Served::on("update_barcode", ON_BARCODE, barcodes::update),
    Served::new("get_retailer_map_url", stores::map_url),
    Served::new("list_barcode_simulation_stores", stores::list),
    Served::new("simulate_barcode_deposit", barcodes::simulate_deposit),
    Served::new("list_cash_transfers", transfers::list),
    Served::on("get_cash_transfer", ON_TRANSFER, transfers::get),
    Served::on("update_cash_transfer", ON_TRANSFER, transfers::update),
    Served::new("list_cash_authorizations", orders::list),
    Served::new("create_cash_authorization", orders::create)
        .ruled(|ctx| Ok(orders::errors_of(ctx))),
    Served::on("get_cash_order_authorization", ON_ORDER, orders::get),
    Served::on("update_cash_order_authorization", ON_ORDER, orders::update),
];
