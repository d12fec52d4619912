//! Stations: where they are, and their constants.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Metres;

/// Amplitude and phase of one constituent.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Constant {
    pub amplitude: Metres,
    /// Degrees, Greenwich.
    pub phase: f64,
}

/// One port.
#[derive(Debug, Clone, Deserialize)]
pub struct Station {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
    pub zone: String,
    #[serde(default)]
    pub mean: Metres,
    /// Chart datum, metres from mean sea level.
    pub chart: Option<Metres>,
    pub constants: BTreeMap<String, Constant>,
}

/// All stations by id.
#[derive(Debug, Default, Deserialize)]
pub struct Stations(BTreeMap<String, Station>);

impl Stations {
    pub fn load(path: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(toml::from_str(&std::fs::read_to_string(path)?)?)
    }

    pub fn get(&self, id: &str) -> Option<&Station> {
        self.0.get(id)
    }

    /// The id that is spelled most like this one, for a hint.
    pub fn nearest_spelling(&self, id: &str) -> Option<&str> {
        self.0.keys().map(String::as_str).min_by_key(|known| distance(known, id))
    }

    /// What is wrong with a station file, a line for each problem.
    pub fn problems(path: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let stations = Self::load(path)?;
        let missing = |(id, station): (&String, &Station)| {
            station.chart.is_none().then(|| format!("{id}: no chart datum"))
        };
        Ok(stations.0.iter().filter_map(missing).collect())
    }
}

fn distance(left: &str, right: &str) -> usize {
    let same = left.chars().zip(right.chars()).take_while(|(a, b)| a == b).count();
    left.len().max(right.len()) - same
}
