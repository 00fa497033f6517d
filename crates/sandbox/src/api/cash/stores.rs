//! Stores at which cash is paid in, in the sandbox: they stand in rows all around the earth, a few
//! miles apart, so that there are some wherever a test takes place. A store's id says where it is.
//! Their names and addresses are made up.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    BarcodeRetailerMapUrlResponse, BarcodeSimulationStore, BarcodeSimulationStoreResponse,
};

use crate::model::{ApiError, Ctx, Outcome, Problem, Reply, build};
use crate::spec::FieldErrors;

const EARTH_RADIUS_MILES: f64 = 3958.8;
const MILES_PER_DEGREE: f64 = 69.0;
/// Rows are this far apart, and so are the stores of a row: about three and a half miles.
const STEP_DEGREES: f64 = 0.05;
const ROWS: u32 = 3600;
/// The stores of a row on the equator.
const COLUMNS_MAX: f64 = 7200.0;
/// The radius and the number of stores that are asked for if the query does not say.
const RADIUS_MILES: f64 = 5.0;
const LIMIT: usize = 50;

const NAMES: [&str; 3] = ["Corner Market", "Village Pharmacy", "Family Grocer"];

/// A place on the earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

impl Place {
    /// How far another place is, in miles.
    pub(super) fn miles_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let north = (to - from) / 2.0;
        let east = (other.longitude - self.longitude).to_radians() / 2.0;
        let square = north.sin().powi(2) + from.cos() * to.cos() * east.sin().powi(2);
        2.0 * EARTH_RADIUS_MILES * square.sqrt().min(1.0).asin()
    }
}

/// A store, by its place in the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Store {
    row: u32,
    column: u32,
}

impl Store {
    /// The store of an id, if there is one.
    pub(super) fn find(id: &str) -> Option<Self> {
        let (row, column) = id.strip_prefix("store-")?.split_once('-')?;
        let store = Self { row: row.parse().ok()?, column: column.parse().ok()? };
        (store.row < ROWS && store.column < columns(store.row) && store.id() == id).then_some(store)
    }

    fn id(self) -> String {
        format!("store-{}-{}", self.row, self.column)
    }

    pub(super) fn place(self) -> Place {
        let longitude = (f64::from(self.column) + 0.5) * 360.0 / f64::from(columns(self.row));
        Place { latitude: latitude(self.row), longitude: longitude - 180.0 }
    }

    fn shown(self, miles: f64) -> Result<BarcodeSimulationStore, ApiError> {
        let Place { latitude, longitude } = self.place();
        let number = self.row + self.column;
        build(json!({
            "id": self.id(), "business_name": NAMES[number as usize % NAMES.len()],
            "distance": (miles * 100.0).round() / 100.0,
            "coordinates": { "latitude": latitude, "longitude": longitude },
            "address": {
                "address1": format!("{} Main St", 100 + number % 900), "city": "Sandbox City",
                "state": "CA", "zip_code": format!("{:05}", 90000 + number % 6000),
                "country": "US",
            },
        }))
    }
}

fn latitude(row: u32) -> f64 {
    (f64::from(row) + 0.5) * STEP_DEGREES - 90.0
}

/// How many stores a row has: fewer toward the poles.
fn columns(row: u32) -> u32 {
    (COLUMNS_MAX * latitude(row).to_radians().cos()).round().max(1.0) as u32
}

/// The stores around a place, the nearest first.
fn around(place: Place, radius: f64) -> Vec<(f64, Store)> {
    let rows = (radius / MILES_PER_DEGREE / STEP_DEGREES).ceil() as u32 + 1;
    let middle = ((place.latitude + 90.0) / STEP_DEGREES) as u32;
    let mut found = Vec::new();
    for row in middle.saturating_sub(rows)..(middle + rows + 1).min(ROWS) {
        let count = columns(row);
        // So many to the west and to the east, around the whole row at most.
        let span = (rows + 1).min(count / 2);
        let own = ((place.longitude + 180.0) / 360.0 * f64::from(count)) as u32 % count;
        // The last one is the first one again where that is the whole row.
        for offset in 0..(2 * span + 1).min(count) {
            let store = Store { row, column: (own + count + offset - span) % count };
            let miles = place.miles_to(store.place());
            if miles <= radius {
                found.push((miles, store));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found
}

/// A coordinate of the query, if it is there.
fn coordinate(ctx: &Ctx<'_>, name: &str, most: f64) -> Result<Option<f64>, ApiError> {
    let Some(value) = ctx.request.query.get(name).and_then(Value::as_f64) else {
        return Ok(None);
    };
    if (-most..=most).contains(&value) {
        return Ok(Some(value));
    }
    Err(refused(FieldErrors::invalid(name, format!("must be from -{most} to {most}"))))
}

fn refused(errors: FieldErrors) -> ApiError {
    let mut problem =
        Problem::new(ErrorCode::BadQueryParameter, "the query breaks the rules of its parameters");
    problem.errors = errors;
    problem.into()
}

/// The place of the query, if it has one.
fn asked(ctx: &Ctx<'_>) -> Result<Option<Place>, ApiError> {
    match (coordinate(ctx, "lat", 90.0)?, coordinate(ctx, "lng", 180.0)?) {
        (Some(latitude), Some(longitude)) => Ok(Some(Place { latitude, longitude })),
        (None, None) => Ok(None),
        (None, _) => Err(refused(FieldErrors::invalid("lng", "must not be given without lat"))),
        (_, None) => Err(refused(FieldErrors::invalid("lat", "must not be given without lng"))),
    }
}

/// Where cash can be paid in, as a simulation names it.
pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let Some(place) = asked(ctx)? else {
        return Err(refused(FieldErrors::missing("lat")));
    };
    let query = &ctx.request.query;
    let radius = query.get("radius").and_then(Value::as_f64).unwrap_or(RADIUS_MILES);
    let limit = query.get("limit").and_then(Value::as_u64);
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(LIMIT);
    let stores = around(place, radius).into_iter().take(limit);
    let stores = stores.map(|(miles, store)| store.shown(miles)).collect::<Result<Vec<_>, _>>()?;
    Reply::json(200, &build::<BarcodeSimulationStoreResponse>(json!({ "stores": stores }))?)
}

/// The vendor's map of stores; its host does not exist.
pub(super) fn map_url(ctx: &Ctx<'_>) -> Outcome {
    let url = match asked(ctx)? {
        Some(Place { latitude, longitude }) => {
            format!("https://retailers.example/map?lat={latitude}&lng={longitude}")
        }
        None => "https://retailers.example/map".to_owned(),
    };
    Reply::json(200, &build::<BarcodeRetailerMapUrlResponse>(json!({ "url": url }))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAN_FRANCISCO: Place = Place { latitude: 37.7749, longitude: -122.4194 };

    #[test]
    fn miles_are_those_of_the_earth() {
        let oakland = Place { latitude: 37.8044, longitude: -122.2712 };
        let miles = SAN_FRANCISCO.miles_to(oakland);
        assert!((8.0..9.0).contains(&miles), "{miles}");
        assert!(SAN_FRANCISCO.miles_to(SAN_FRANCISCO) < 0.001);
    }

    #[test]
    fn there_are_stores_everywhere_and_an_id_finds_each() {
        for (latitude, longitude) in [
            (37.7749, -122.4194),
            (0.0, 180.0),
            (0.0, -180.0),
            (-89.99, 5.0),
            (90.0, 0.0),
            (64.1, 0.0),
        ] {
            let place = Place { latitude, longitude };
            let found = around(place, 25.0);
            assert!(!found.is_empty(), "{place:?}");
            for (miles, store) in &found {
                assert!(*miles <= 25.0);
                assert_eq!(Store::find(&store.id()), Some(*store));
            }
            assert!(found.is_sorted_by(|(a, _), (b, _)| a <= b));
        }
        let near = around(SAN_FRANCISCO, 25.0).len();
        assert!((120..200).contains(&near), "{near}");
        for id in ["store-3600-0", "store-0-7200", "store-00-0", "store-1", "shop-1-1", ""] {
            assert_eq!(Store::find(id), None, "{id}");
        }
    }
}
