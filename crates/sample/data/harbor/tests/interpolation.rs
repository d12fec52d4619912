//! High and low waters against published tables.

use approx::assert_abs_diff_eq;
use chrono::NaiveDate;
use chrono_tz::Tz;
use tide_core::{Predictor, Stations, clock, interpolate};

fn extremes(station: &str, day: &str, zone: Tz) -> Vec<interpolate::Extreme> {
    let stations = Stations::load("data/stations.toml".as_ref()).unwrap();
    let day: NaiveDate = day.parse().unwrap();
    let predictor = Predictor::new(stations.get(station).unwrap(), clock::midnight(day, zone));
    interpolate::extremes(&predictor, day, zone)
}

#[test]
fn brest_has_four_extremes_on_a_plain_day() {
    let found = extremes("brest", "2026-03-10", chrono_tz::Europe::Paris);
    assert_eq!(found.len(), 4);
}

#[test]
fn heights_match_the_published_table() {
    let found = extremes("brest", "2026-03-10", chrono_tz::Europe::Paris);
    let high: Vec<f64> = found.iter().filter(|extreme| extreme.high).map(|e| e.height).collect();
    assert_abs_diff_eq!(high[0], 2.31, epsilon = 0.05);
}

#[test]
fn the_parabola_finds_its_top() {
    let (x, y) = interpolate::parabola([(0.0, 0.0), (1.0, 1.0), (2.0, 0.0)]);
    assert_abs_diff_eq!(x, 1.0);
    assert_abs_diff_eq!(y, 1.0);
}
