//! The public station list.

use tide_core::Stations;

#[test]
fn the_public_list_loads() {
    let stations = Stations::load("data/stations.toml".as_ref()).unwrap();
    assert!(stations.get("brest").is_some());
}

#[test]
fn a_misspelt_name_gets_a_hint() {
    let stations = Stations::load("data/stations.toml".as_ref()).unwrap();
    assert_eq!(stations.nearest_spelling("brst"), Some("brest"));
}

#[test]
fn every_station_has_a_chart_datum() {
    assert!(Stations::problems("data/stations.toml".as_ref()).unwrap().is_empty());
}
